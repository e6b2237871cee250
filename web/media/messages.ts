/**
 * The media worker's two borders. Keys arrive only over the MessagePort shared with the keys worker, which the page
 * creates, hands to both workers and keeps no end of.
 */

/** Keys worker → media worker. */
export type KeysToMedia =
  /** A secret(epoch, step) is known: frames of this epoch can be opened from `step` on. `view` is V, 32 B. */
  | {
      readonly kind: "epoch"
      readonly space: Uint8Array<ArrayBuffer>
      readonly view: Uint8Array<ArrayBuffer>
      readonly epoch: number
      readonly step: number
      readonly secret: Uint8Array<ArrayBuffer>
      /** Sender indices of the epoch's roster. */
      readonly indices: readonly number[]
      /** The seat keys of the epoch's roster: whose signature a checkpoint of each index needs. */
      readonly seats: readonly { readonly index: number; readonly seatPub: Uint8Array<ArrayBuffer> }[]
      /** Plaintext bytes of every cell (policy.cell). */
      readonly cell: number
    }
  /** Seal with (epoch, step) as `index` from the next frame on; older epochs are forgotten for sending. */
  | { readonly kind: "send"; readonly epoch: number; readonly step: number; readonly index: number }
  /** Seal silence under a key nobody has, until the next `send`. */
  | { readonly kind: "stall" }
  /** Indices still seated by the newest Head: frames of all others are dropped at once, in every epoch. */
  | { readonly kind: "seated"; readonly indices: readonly number[] }
  /** Wipe this epoch's secrets and keys. */
  | { readonly kind: "retire"; readonly epoch: number }
  /** Wipe everything (leave, end). */
  | { readonly kind: "wipe" }
  /** The answer to `endorse`; undefined: the keys worker does not sign that. */
  | {
      readonly kind: "endorsed"
      readonly id: number
      readonly endorsement:
        { readonly head: Uint8Array<ArrayBuffer>; readonly signature: Uint8Array<ArrayBuffer> } | undefined
    }

/** What the keys worker is asked to sign with the seat key: frames of our own, and the number of their checkpoint. */
export interface EndorseRequest {
  readonly kind: "endorse"
  readonly id: number
  readonly space: Uint8Array<ArrayBuffer>
  readonly epoch: number
  readonly index: number
  readonly seq: number
  readonly frames: Uint8Array<ArrayBuffer>
}

/** Media worker → keys worker. */
export type MediaToKeys =
  /** The counter of (epoch, step) is used up: rotate. */
  | { readonly kind: "counter-limit"; readonly epoch: number }
  | EndorseRequest
  /** A sender's verified checkpoint names another Head than its last: the first 16 bytes of its id. */
  | { readonly kind: "head-seen"; readonly index: number; readonly head: Uint8Array<ArrayBuffer> }

/** Why a frame did not come through; one counter each, no payload ever logged. */
export type DropReason =
  | "malformed" // not cell + header + 16 bytes, or a header that is not minimal
  | "sfu-silence" // the SFU's own 80-byte clear silence
  | "unknown-epoch"
  | "not-seated"
  | "other-sender" // this track is bound to another sender index
  | "old-step"
  | "replayed"
  | "bad-tag"
  | "unvouched" // its sender's checkpoints do not name it
  | "bad-cell"
  | "lost-cell" // the sender's packet did not fit

/** Page → media worker. */
export type PageToMedia =
  | { readonly kind: "start"; readonly keysPort: MessagePort }
  /** Sets the muted bit inside the cells; the page feeds a silent source at the same time. */
  | {
      readonly kind: "muted"
      readonly muted: boolean
      /** Comes back with the counters that answer this message. */
      readonly ask?: number
    }
  /** What may be a checkpoint came over the media server; `source` numbers who brought it, as far as that one says. */
  | { readonly kind: "checkpoint"; readonly source: number; readonly bytes: Uint8Array<ArrayBuffer> }

/** What a listener knows of one sender's voice: see crypto/media/standing. */
export type Trust = "unverified" | "verified" | "doubtful" | "tampered"

/** Options of `new RTCRtpScriptTransform(mediaWorker, options)`. */
export type TransformOptions =
  { readonly direction: "seal"; readonly id: string } | { readonly direction: "open"; readonly id: string }

export interface SealStats {
  readonly id: string
  readonly sealed: number
  /** Frames that could not be sealed: dropped, never sent. */
  readonly dropped: number
  /** Packets that did not fit their cell. */
  readonly lost: number
}

export interface OpenStats {
  readonly id: string
  readonly opened: number
  /** Sender index this track is bound to, if an authentic frame came. */
  readonly index: number | undefined
  /** The muted bit of the newest cell. */
  readonly muted: boolean
  readonly drops: Readonly<Record<DropReason, number>>
}

/** Media worker → page. */
export type MediaToPage =
  /** The transform with this id runs. */
  | { readonly kind: "attached"; readonly id: string }
  /** First authentic frame of a track since it was bound to `index`. */
  | { readonly kind: "authentic"; readonly id: string; readonly index: number }
  /** To be sent to everybody, reliably and at once. */
  | { readonly kind: "checkpoint"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** All senders heard of, whenever something changed. */
  | { readonly kind: "trust"; readonly senders: readonly (readonly [index: number, trust: Trust])[] }
  /** Once a second, and in answer to each message. */
  | {
      readonly kind: "stats"
      /** The `ask` of the message that this answers; none where nobody asked. */
      readonly answers?: number
      readonly sealing: readonly SealStats[]
      readonly opening: readonly OpenStats[]
    }
