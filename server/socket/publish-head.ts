import { equal, toHex } from "#crypto/base/bytes"
import { viewOf, type Chain } from "#crypto/room/head"
import { encodeRoster, onStage } from "#crypto/room/roster"
import type { Row, SeatChanges, Seats } from "#crypto/room/seats"
import { helloKinds, type ServiceMessage } from "#crypto/wire/wire"
import { invitesNamed } from "../head/bundles.ts"
import type { SeatWrap } from "../head/wrap.store.ts"
import type { Room } from "../room/room.ts"
import type { Service } from "../service.ts"
import { followStage } from "../sfu/admission.ts"
import type { Connection } from "./connection.ts"
import { invitesOfRows } from "./rows.ts"

export interface PublishedHead {
  readonly before: Chain
  readonly rowsBefore: Seats["rows"]
  readonly chain: Chain
  readonly seats: Seats
  readonly wraps: readonly SeatWrap[]
  readonly changes: SeatChanges
  /** The socket of whoever made the Head. */
  readonly leader: Connection
  /** SFU identities of the removed seats. */
  readonly denied: readonly string[]
}

/** What an accepted Head makes everybody hear, in order: the Head, the own wrap, and whoever is out, that it is out. */
export function publishHead(service: Service, room: Room, published: PublishedHead): void {
  const { before, chain, seats, wraps, rowsBefore } = published
  const { removed } = published.changes
  const newest = chain.head
  if (newest === undefined) return
  const sameRoster = before.head !== undefined && equal(before.head.fields.roster, newest.fields.roster)
  const keys = removed.flatMap((serial) => rowsBefore.get(serial)?.seatPub ?? []).map(toHex)
  const out = room.seatedOn(new Set(keys))
  const head: ServiceMessage = {
    TAG: "head",
    data: {
      head: newest.bytes,
      policy: before.policy === chain.policy ? [] : [chain.policy.bytes],
      roster: sameRoster ? [] : [encodeRoster(chain.roster)],
      invites: sameRoster ? [] : invitesNamed(chain.roster, before.roster, chain.invites),
    },
  }
  if (published.changes.upserted.length + removed.length + published.changes.counters.length > 0)
    room.toLeaders(
      {
        TAG: "changes",
        data: {
          of: newest.id,
          changes: published.changes,
          invites: invitesOfRows(published.changes.upserted, chain.invites, new Set()),
          answered: [],
        },
      },
      published.leader,
    )
  // Those who are out show keys that the room does not know any more; the Head tells them why they are.
  const listening = new Set(room.listeners())
  const passedOver = out.filter((connection) => connection.synced && !listening.has(connection))
  room.toAll(head)
  for (const connection of passedOver) connection.send(head)
  pushWraps(room, chain, wraps)
  for (const connection of out) {
    connection.send({ TAG: "removed", data: {} })
    connection.close()
    room.leave(connection)
  }
  room.forgetShown()
  room.showLeaders()
  for (const identity of published.denied) service.sfuOrders.remove(room.state.sfuRoom, identity)
  followStage(service, room, changedPlaces(rowsBefore, seats.rows))
}

/** Each seat gets its own wrap and no other. */
export function pushWraps(room: Room, chain: Chain, wraps: readonly SeatWrap[]): void {
  if (chain.head === undefined) return
  const view = viewOf(chain.head)
  for (const { serial, wrap } of wraps)
    for (const connection of holdersOf(room, room.state.seats.rows.get(serial)))
      if (connection.synced) connection.send({ TAG: "wrap", data: { head: view, wrap } })
}

function holdersOf(room: Room, row: Row | undefined): readonly Connection[] {
  return row === undefined ? [] : [...room.holders(helloKinds.seat, toHex(row.seatPub))]
}

/** Rows that have come on stage or left it, and stay. */
function changedPlaces(before: Seats["rows"], after: Seats["rows"]): readonly Row[] {
  return [...after.values()].filter((row) => {
    const old = before.get(row.serial)
    return old !== undefined && onStage(old.index) !== onStage(row.index)
  })
}
