import { equal, toHex } from "#crypto/base/bytes"
import { VerifyError } from "#crypto/base/errors"
import { lastDeputyRank, leaderRank } from "#crypto/room/leaders"
import { seatKind } from "#crypto/seat/seat-object"
import { Refusal } from "../errors.ts"
import { ok, requireMayLead, roomOf, type Handler } from "./handler.ts"

/**
 * Seats of the deputy that stands by, handed on to the rows they are for. Nothing of them is stored: whoever misses one
 * renews when that deputy leads.
 */
export const standby: Handler<"standby"> = async ({ p }, connection, { ref, seats }) => {
  const room = roomOf(connection)
  return room.run(async () => {
    requireMayLead(room, connection)
    const { space, chain, seats: rows } = room.state
    const own = room.rowsOf(connection)[0]
    const rank = own && leaderRank(chain.policy.fields, chain.roster, own.index)
    if (own === undefined || rank === undefined || rank > lastDeputyRank) throw new Refusal("not-leader")
    for (const bytes of seats) {
      const seat = seatKind.decode(p, bytes)
      const { fields } = seat
      if (!equal(fields.space, space)) throw new VerifyError("wrong-space", "This Seat is of another space.")
      const row = rows.rows.get(fields.serial)
      if (row === undefined || fields.signer !== own.index) throw new Refusal("unknown-seat")
      await seatKind.verify(p, seat, own.seatPub)
      for (const requester of room.requesters(toHex(fields.request), toHex(row.seatPub)))
        requester.send({ TAG: "seat", data: { seat: seat.bytes } })
    }
    return ok(ref)
  })
}
