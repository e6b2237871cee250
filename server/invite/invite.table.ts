import type { Bytes } from "#crypto/base/bytes"

export interface InviteTables {
  invites: { space: Bytes; id: Bytes; bytes: Bytes }
}
