/** An RTP packet as one vantage saw it, padding removed. */
export interface Packet {
  /** Milliseconds since 1970, the auditor's clock. */
  readonly at: number
  readonly ssrc: number
  readonly sequence: number
  readonly timestamp: number
  readonly extensions: readonly { readonly id: number; readonly bytes: Uint8Array }[]
  readonly payload: Uint8Array
}

/** What the auditor's speaker did in a span of time. */
export interface Phase {
  readonly name: "speaking" | "muted"
  readonly from: number
  readonly to: number
}

/** A session description in effect at one end of a peer connection. */
export interface Description {
  readonly side: "local" | "remote"
  readonly sdp: string
}

/** Something a browser sent over HTTP or a WebSocket. */
export interface Outgoing {
  readonly kind: "request" | "socket"
  readonly method: string
  readonly url: string
  readonly headers: string
  readonly body: Uint8Array
}

/** A secret of one epoch, as the frame worker of a member received it: it opens that epoch from `step` on. */
export interface EpochSecret {
  readonly at: number
  readonly epoch: number
  readonly step: number
  readonly view: Uint8Array
  readonly secret: Uint8Array
}

export interface Removal {
  /** The removal was asked for. */
  readonly askedAt: number
  /** The first answer of the service to that: the Head with the removal was taken. */
  readonly headAt: number
}

/** What was sent besides the product's own traffic, to prove that the capture sees. */
export interface Joining {
  /** The secret of the invite link, as its bytes and as the link spells it. */
  readonly seed: Uint8Array
  readonly spelled: string
  /** Random words that the auditor itself sent: one in a URL, one in a header, one in a body. */
  readonly planted: readonly string[]
  readonly sent: readonly Outgoing[]
  /** URLs in the address bar, the history and the title after the page has loaded. */
  readonly visible: readonly string[]
}

/** Everything gathered; each part is absent if it could not be gathered. */
export interface Parts {
  /** Packets that the media server forwarded to a subscriber without keys. */
  readonly frames: readonly Packet[]
  /** Packets that the speaker's browser handed to SRTP. */
  readonly wire: readonly Packet[]
  /** Opus packets of the speaker before they were sealed. */
  readonly spoken: readonly Uint8Array[]
  readonly phases: readonly Phase[]
  readonly descriptions: readonly Description[]
  readonly joining: Joining
  /** What a listener's frame worker was given before that listener was removed, and after. */
  readonly secrets: readonly EpochSecret[]
  readonly removal: Removal
}

export interface Evidence extends Partial<Parts> {
  /** Address of the deployment, or the name of a control. */
  readonly subject: string
  readonly gatheredAt: string
  readonly versions: Readonly<Record<string, string>>
  /** What could not be gathered, and why; shown first in the report. */
  readonly missing: readonly string[]
}
