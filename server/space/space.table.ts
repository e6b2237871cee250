import type { Bytes } from "#crypto/base/bytes"

export interface SpaceTables {
  spaces: {
    id: Bytes
    host_pub: Bytes
    card: Bytes
    /** SHA-256 of the message that made the space: the same message again changes nothing. */
    create_hash: Bytes
    /** Random name of the room at the SFU. */
    sfu_room: string
    /** End of the policy in force, ms. */
    not_after: number
    /** With `step`, what the compare-and-swap of Heads and Steps compares. */
    head_id: Bytes | null
    step: number
  }
}
