import type { Bytes } from "#crypto/base/bytes"
import type { Generated } from "kysely"

export interface MessageTables {
  /** Sealed messages of the newest epoch, in the order they came. */
  messages: { id: Generated<number>; space: Bytes; serial: number; n: number; bytes: Bytes }
  /** A leader's signed word for a row. */
  certs: { space: Bytes; serial: number; bytes: Bytes }
}
