import { toHex, type Bytes } from "#crypto/base/bytes"
import type { SignedInvite } from "#crypto/link/invite"
import type { Row } from "#crypto/room/seats"
import { requireMayLead, roomOf, type Handler } from "./handler.ts"

const rowsPerMessage = 400
const countersPerMessage = 4096

/** All rows and counters for a leader that has to know them again. */
export const rows: Handler<"rows"> = async (_service, connection, { ref }) => {
  const room = roomOf(connection)
  const { seats, chain } = await room.run(async () => {
    requireMayLead(room, connection)
    return room.state
  })
  const all = [...seats.rows.values()]
  const counters = [...seats.counters.values()].slice(0, countersPerMessage)
  const shown = new Set<string>()
  for (let at = 0; at === 0 || at < all.length; at += rowsPerMessage) {
    const more = at + rowsPerMessage < all.length
    const chunk = all.slice(at, at + rowsPerMessage)
    const invites = invitesOfRows(chunk, chain.invites, shown)
    await connection.sendInTurn({
      TAG: "rows",
      data: { ref, more, rows: chunk, counters: more ? [] : counters, invites },
    })
  }
  return undefined
}

/** The invites that rows name, each once over several calls with the same `shown`. */
export function invitesOfRows(
  rows: readonly Row[],
  invites: ReadonlyMap<string, SignedInvite>,
  shown: Set<string>,
): readonly Bytes[] {
  const ids = new Set(rows.map((row) => toHex(row.inviteId)))
  return [...ids].flatMap((id) => {
    const invite = shown.has(id) ? undefined : invites.get(id)
    shown.add(id)
    return invite === undefined ? [] : [invite.bytes]
  })
}
