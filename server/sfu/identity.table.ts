import type { Bytes } from "#crypto/base/bytes"

export interface IdentityTables {
  identities: {
    /** Random name of one participant at the SFU. */
    identity: string
    space: Bytes
    serial: number
    minted_at: number
    /** When its ticket was used; a ticket is good for one join. */
    joined_at: number | null
    denied_at: number | null
  }
}
