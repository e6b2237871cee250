import { requireLeader, roomOf, type Handler } from "./handler.ts"

const rowsPerMessage = 400
const countersPerMessage = 4096

/** All rows and counters for a leader that has to know them again. */
export const rows: Handler<"rows"> = async (_service, connection, { ref }) => {
  const room = roomOf(connection)
  const seats = await room.run(async () => {
    requireLeader(room, connection)
    return room.state.seats
  })
  const all = [...seats.rows.values()]
  const counters = [...seats.counters.values()].slice(0, countersPerMessage)
  for (let at = 0; at === 0 || at < all.length; at += rowsPerMessage) {
    const more = at + rowsPerMessage < all.length
    const chunk = all.slice(at, at + rowsPerMessage)
    await connection.sendInTurn({ TAG: "rows", data: { ref, more, rows: chunk, counters: more ? [] : counters } })
  }
  return undefined
}
