import type { Bytes } from "#crypto/base/bytes"

export interface HeadTables {
  policies: { space: Bytes; id: Bytes; serial: number; bytes: Bytes }
  rosters: { space: Bytes; hash: Bytes; bytes: Bytes }
  heads: {
    space: Bytes
    seq: number
    id: Bytes
    policy: Bytes
    roster: Bytes
    bytes: Bytes
    /** 1 once the leader has sent the last wrap of the epoch this Head opened. */
    wraps_complete: number
  }
  /** The newest Step only. */
  steps: { space: Bytes; bytes: Bytes }
  wraps: { space: Bytes; epoch: number; serial: number; wrap: Bytes }
}
