import { equal } from "#crypto/base/bytes"
import { VerifyError } from "#crypto/base/errors"
import { leaveKind } from "#crypto/seat/leave"
import { Refusal } from "../errors.ts"
import { putLeave } from "../seat/seat.store.ts"
import { ok, roomOf, type Handler } from "./handler.ts"

/** Somebody gives up a seat: kept until a Head has dropped the row. */
export const leave: Handler<"leave"> = async ({ p, db }, connection, { ref, leave: bytes }) => {
  const room = roomOf(connection)
  return room.run(async () => {
    const signed = leaveKind.decode(p, bytes)
    const { space } = room.state
    if (!equal(signed.fields.space, space)) throw new VerifyError("wrong-space", "This leave is of another space.")
    const row = room.rowsOf(connection).find((own) => own.serial === signed.fields.serial)
    if (row === undefined) throw new Refusal("not-allowed")
    await leaveKind.verify(p, signed, row.seatPub)
    await putLeave(db, space, row.serial, signed.bytes)
    room.toLeaders({ TAG: "leave", data: { leave: signed.bytes } })
    return ok(ref)
  })
}
