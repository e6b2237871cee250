import { viewOf } from "#crypto/room/head"
import { bundlesAfter } from "../head/bundles.ts"
import { isComplete, ownWrap } from "../head/wrap.store.ts"
import { tailFor } from "../message/tail.ts"
import type { Room } from "../room/room.ts"
import { sealedSeatsOf, requestBytes } from "../seat/request.store.ts"
import { waitingLeaves } from "../seat/seat.store.ts"
import type { Service } from "../service.ts"
import type { Connection } from "./connection.ts"
import { faultOf } from "../log.ts"
import { roomOf, type Handler } from "./handler.ts"
import { shownRequest } from "./shown-request.ts"

const keptSeats = 4

/** Answers with all that the socket may know since Head `since`; what happens from here on is pushed. */
export const sync: Handler<"sync"> = async (service, connection, { ref, since }) => {
  const room = roomOf(connection)
  await room.run(async () => {
    const { chain, step } = room.state
    const view = chain.head === undefined ? undefined : viewOf(chain.head)
    const { wrap, seats } = await ownThings(service, room, connection)
    const { db } = service
    connection.send({
      TAG: "state",
      data: {
        ref,
        policy: chain.policy.bytes,
        heads: await bundlesAfter(db, service.p, chain, since),
        step: step === undefined ? [] : [step],
        wrap: wrap === undefined ? [] : [wrap],
        wrapsComplete: view !== undefined && (await isComplete(db, chain.space, view)),
        seats,
        leader: room.leaderHere,
        tail: await tailFor(db, room, connection),
      },
    })
    connection.synced = true
    // Whoever stands by begins anew with this answer; what comes before the rest is read again must not count as shown.
    connection.forgetShown()
    room.showLeaders()
  })
  if ([...room.leaders()].includes(connection)) pushWaiting(service, room, connection).catch(report(service))
  return undefined
}

/** The wrap and the Seats of the row whose key the socket has shown. */
async function ownThings({ db }: Service, room: Room, connection: Connection) {
  const { chain, space } = room.state
  const row = room.rowsOf(connection)[0]
  if (row === undefined) return { wrap: undefined, seats: [] }
  const wrap = chain.head && (await ownWrap(db, space, chain.head.fields.epoch, row.serial))
  const seats = await sealedSeatsOf(db, space, row.serial, keptSeats)
  return { wrap: wrap && Uint8Array.from(wrap), seats: seats.map((seat) => Uint8Array.from(seat.bytes)) }
}

/** A leader that comes (back) finds all that waits for it; the room does not wait until it has read it. */
export async function pushWaiting({ db }: Service, room: Room, connection: Connection): Promise<void> {
  const { space, waiting } = room.state
  for (const leave of await waitingLeaves(db, space))
    await connection.sendInTurn({ TAG: "leave", data: { leave: Uint8Array.from(leave) } })
  for (const request of waiting.all()) {
    const bytes = connection.open ? await requestBytes(db, space, request.id) : undefined
    // Answered while it was read: whoever came to know of that already would keep it for ever.
    if (bytes === undefined || waiting.get(request.id) === undefined) continue
    await Promise.all(shownRequest(room, connection, request, bytes).map((message) => connection.sendInTurn(message)))
  }
}

const report = (service: Service) => (error: unknown) => service.log.error("fault", { fault: faultOf(error) })
