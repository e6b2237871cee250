import { equal } from "#crypto/base/bytes"
import { VerifyError } from "#crypto/base/errors"
import type { SignedAppMessage } from "#crypto/message/app-message"
import type { Row } from "#crypto/room/seats"
import { Refusal } from "../errors.ts"
import type { RoomState } from "../room/room-state.ts"

/**
 * What is public about a message, before its signature: of this space, of the newest epoch (and a step that was
 * announced) or of the one before, of a row whose key the socket has shown, and newer than the last of that row.
 * @param rows - the rows whose seat keys the socket has shown.
 * @returns the sender's row
 * @throws VerifyError `wrong-space`; Refusal `not-allowed`, `stale`, `replayed`
 */
export function checkMessage({ chain, said }: RoomState, rows: readonly Row[], { fields }: SignedAppMessage): Row {
  if (!equal(fields.space, chain.space)) throw new VerifyError("wrong-space", "This message is of another space.")
  const row = rows.find((own) => own.serial === fields.serial)
  if (row === undefined) throw new Refusal("not-allowed")
  const newest = chain.head?.fields.epoch ?? 0
  const current = fields.epoch === newest && fields.step <= chain.step
  if (!current && (fields.epoch === 0 || fields.epoch !== newest - 1)) throw new Refusal("stale")
  if (fields.n <= (said.get(row.serial) ?? 0)) throw new Refusal("replayed")
  return row
}
