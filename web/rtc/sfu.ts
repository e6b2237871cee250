import type { Bytes } from "#crypto/base/bytes"
import type { Trust } from "../media/messages.ts"

/** Why the connection to the SFU is over. Only `left` is by our own `disconnect`. */
export type DisconnectReason =
  | "left"
  /** The same seat connected from elsewhere. */
  | "replaced"
  /** The SFU removed this identity. */
  | "removed"
  /** The SFU's room was closed. */
  | "room-closed"
  /** The SFU is being shut down. */
  | "shutdown"
  /** The connection was lost and did not come back. */
  | "sfu-unreachable"
  /** What the SFU negotiated would have told it more than ciphertext. */
  | "sdp-refused"

/** What a listener knows of one sender, from the sound after decryption and from inside its cells. */
export interface Voice {
  /** Loudness of the decoded sound, 0…1. */
  readonly level: number
  /** The muted bit of the newest cell. */
  readonly muted: boolean
  /** Whether what is heard is known to be its sender's own. */
  readonly trust: Trust
}

export type SfuEvent =
  | { readonly kind: "state"; readonly state: "connecting" | "connected" | "reconnecting" }
  | { readonly kind: "disconnected"; readonly reason: DisconnectReason }
  /**
   * `checking`: silence is sent and counted; `open`: every packet sent was sealed, the source goes through;
   * `off`: nothing is published.
   */
  | { readonly kind: "sending"; readonly state: "off" | "checking" | "open" }
  /** Packets left that the media worker had not sealed, or it does not answer: the track was taken down. */
  | { readonly kind: "leak-suspected" }
  /** The browser wants another tap before it plays anything (`blocked`), or plays now. */
  | { readonly kind: "sound"; readonly blocked: boolean }
  /** The microphone ended by itself (unplugged, taken back): silence goes out in its place. */
  | { readonly kind: "source-ended" }
  /** Some times a second while connected: others by sender index, and the level of our own source, 0…1. */
  | { readonly kind: "voices"; readonly voices: ReadonlyMap<number, Voice>; readonly mine: number }
  /** What may be a signed Head or policy came in a data packet: its sender is whoever signed it. */
  | { readonly kind: "notice"; readonly bytes: Bytes }

/** The way of sealed cells to the SFU and back. It holds no key. */
export interface Sfu {
  /** To be called inside a tap: makes the players, for browsers that let only a tap make them. */
  prepareSound(): void
  /** To be called inside a tap, after `sound` said blocked. */
  playSound(): Promise<void>
  /**
   * Joins with a token for one join and listens. May be called again after `disconnected`.
   * @throws SfuError `sfu-unreachable` after at most 25 s, `browser-too-old`, `sdp-refused`
   */
  connect(url: string, token: string): Promise<void>
  /** Goes on air with sealed silence; the source goes through once every packet sent is known to be sealed. @throws SfuError */
  publish(): Promise<void>
  unpublish(): Promise<void>
  /** What is sent from now on: a microphone track, or silence (blind mute). Cells keep flowing either way. */
  setSource(track: MediaStreamTrack | undefined): Promise<void>
  /** Sends a signed Head or policy to everybody; lost where nothing is connected. */
  sendNotice(bytes: Bytes): void
  disconnect(): Promise<void>
}

export type SfuErrorCode = "sfu-unreachable" | "browser-too-old" | "sdp-refused" | "not-connected"

/** A failed call of {@link Sfu}. Callers test `code`. */
export class SfuError extends Error {
  readonly code: SfuErrorCode
  constructor(code: SfuErrorCode) {
    super(`The SFU connection failed: ${code}.`)
    this.name = "SfuError"
    this.code = code
  }
}
