/** Why a frame did not come through. One counter each; nothing about the frame itself is kept. */
export const dropReasons = [
  /** Not cell + header + 16 bytes, or a header that is not minimal. */
  "malformed",
  /** The SFU's own 80-byte clear silence. */
  "sfu-silence",
  /** No secret for this epoch came in time. */
  "unknown-epoch",
  "not-seated",
  /** This track is bound to another sender, or this sender to another track. */
  "other-sender",
  /** Older than what its sender moved on from, or than what this seat may open. */
  "old-step",
  "replayed",
  "bad-tag",
  /** Its sender's checkpoints do not vouch for it, or have not for too long. */
  "unvouched",
  "bad-cell",
  /** The sender's packet did not fit. */
  "lost-cell",
] as const

export type DropReason = (typeof dropReasons)[number]
