import { toBase64Url } from "#crypto/base/bytes"
import type { EpochMs, SeatSerial, SpaceId } from "#crypto/base/ids"
import { onStage } from "#crypto/room/roster"
import type { Row } from "#crypto/room/seats"
import type { Reader } from "../db/schema.ts"
import { Refusal } from "../errors.ts"
import type { Room } from "../room/room.ts"
import type { Service } from "../service.ts"
import { denyIdentities, identitiesOf, insertIdentity } from "./identity.store.ts"
import type { SfuRole } from "./sfu.ts"

const roleOf = (row: Row): SfuRole => (onStage(row.index) ? "stage" : "audience")

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
    return { identity, token: await sfu.token(sfuRoom, identity, roleOf(current)) }
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

/** Tells the SFU who may publish now, after rows have come on stage or left it. */
export function followStage(service: Service, room: Room, rows: readonly Row[]): void {
  const roles = new Map(rows.map((row) => [row.serial as number, roleOf(row)]))
  if (roles.size === 0) return
  const { space, sfuRoom } = room.state
  const serials = rows.map((row) => row.serial)
  void identitiesOf(service.db, space, serials).then(
    (identities) => {
      for (const { identity, serial } of identities) {
        const role = roles.get(serial)
        if (role !== undefined) service.sfuOrders.setRole(sfuRoom, identity, role)
      }
    },
    () => service.log.error("fault", { action: "follow-stage" }),
  )
}
