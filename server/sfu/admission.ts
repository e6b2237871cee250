import { toBase64Url } from "#crypto/base/bytes"
import type { EpochMs, SeatSerial, SpaceId } from "#crypto/base/ids"
import type { Row } from "#crypto/room/seats"
import type { Reader } from "../db/schema.ts"
import { Refusal } from "../errors.ts"
import type { Room } from "../room/room.ts"
import type { Service } from "../service.ts"
import { denyIdentities, identitiesOf, insertIdentity, roleNow } from "./identity.store.ts"
import { roleAt } from "./sfu.ts"

/**
 * A ticket for one join at the SFU: a random identity that stands for the row, and a token that is good for a minute.
 * @throws Refusal `sfu-unreachable`
 */
export async function admit({ p, db, clock, sfu, openRooms }: Service, room: Room, row: Row) {
  const { space, sfuRoom } = room.state
  const identity = toBase64Url(p.random(16))
  try {
    await openRooms.open(sfuRoom)
  } catch {
    throw new Refusal("sfu-unreachable")
  }
  return room.run(async () => {
    const current = room.state.seats.rows.get(row.serial)
    if (current === undefined) throw new Refusal("not-allowed")
    await insertIdentity(db, { identity, space, serial: row.serial, mintedAt: clock() })
    return { identity, token: await sfu.token(sfuRoom, identity, roleAt(current.index)) }
  })
}

/** Shuts the identities of seats that go out of the gate, in the transaction that removes the rows. */
export async function denySeats(
  tx: Reader,
  space: SpaceId,
  serials: readonly SeatSerial[],
  now: EpochMs,
): Promise<readonly string[]> {
  const identities: string[] = []
  for (let at = 0; at < serials.length; at += 500)
    for (const { identity } of await identitiesOf(tx, space, serials.slice(at, at + 500))) identities.push(identity)
  for (let at = 0; at < identities.length; at += 500) await denyIdentities(tx, identities.slice(at, at + 500), now)
  return identities
}

/** Tells the SFU who may publish now, after rows have come on stage or left it. Whoever joins later is looked at then. */
export function followStage(service: Service, room: Room, rows: readonly Row[]): void {
  const { space, sfuRoom } = room.state
  const serials = rows.map((row) => row.serial)
  void identitiesOf(service.db, space, serials).then(
    (identities) => {
      for (const { identity, joined_at } of identities)
        if (joined_at !== null) service.sfuOrders.setRole(sfuRoom, identity, () => roleNow(service.db, identity))
    },
    () => service.log.error("fault", { action: "follow-stage" }),
  )
}
