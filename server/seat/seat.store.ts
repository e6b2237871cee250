import { toHex, type Bytes } from "#crypto/base/bytes"
import type { InviteId, SeatSerial, SenderIndex, SpaceId } from "#crypto/base/ids"
import type { Role } from "#crypto/room/roles"
import type { CounterState, SeatChanges, Seats } from "#crypto/room/seats"
import type { Reader } from "../db/schema.ts"

/** Applies what a Head or a Step changed, in the transaction that stores it. */
export async function writeSeatChanges(tx: Reader, space: SpaceId, changes: SeatChanges): Promise<void> {
  for (let at = 0; at < changes.removed.length; at += 500)
    await tx
      .deleteFrom("seats")
      .where("space", "=", space)
      .where("serial", "in", changes.removed.slice(at, at + 500))
      .execute()
  for (const row of changes.upserted) {
    const moving = { role: row.role, place: row.index }
    await tx
      .insertInto("seats")
      .values({
        space,
        serial: row.serial,
        seat_pub: row.seatPub,
        invite_id: row.inviteId,
        proof: row.proof,
        n: 0,
        ...moving,
      })
      .onConflict((conflict) => conflict.columns(["space", "serial"]).doUpdateSet(moving))
      .execute()
  }
  for (const { inviteId, used, state } of changes.counters)
    await tx
      .insertInto("counters")
      .values({ space, invite_id: inviteId, used, state })
      .onConflict((conflict) => conflict.columns(["space", "invite_id"]).doUpdateSet({ used, state }))
      .execute()
}

/** All rows and counters of a space, and the number of each seat's last answered request. */
export async function readSeats(
  db: Reader,
  space: SpaceId,
): Promise<{ readonly seats: Seats; readonly answered: Map<SeatSerial, number> }> {
  const stored = await db.selectFrom("seats").selectAll().where("space", "=", space).orderBy("serial").execute()
  const counted = await db.selectFrom("counters").selectAll().where("space", "=", space).execute()
  const rows: Seats["rows"] = new Map(
    stored.map((row) => [
      row.serial as SeatSerial,
      {
        serial: row.serial as SeatSerial,
        seatPub: Uint8Array.from(row.seat_pub),
        inviteId: Uint8Array.from(row.invite_id) as InviteId,
        proof: Uint8Array.from(row.proof),
        role: row.role as Role,
        index: row.place as SenderIndex,
      },
    ]),
  )
  const counters: Seats["counters"] = new Map(
    counted.map((row) => [
      toHex(row.invite_id),
      {
        inviteId: Uint8Array.from(row.invite_id) as InviteId,
        used: row.used,
        state: row.state as CounterState,
      },
    ]),
  )
  return {
    seats: { rows, counters },
    answered: new Map(stored.map((row) => [row.serial as SeatSerial, row.n])),
  }
}

/** Notes the number of the request that a seat was last answered. */
export async function setAnswered(tx: Reader, space: SpaceId, serial: SeatSerial, n: number): Promise<void> {
  await tx.updateTable("seats").set({ n }).where("space", "=", space).where("serial", "=", serial).execute()
}

/** Whoever gets a Seat or signs a Head is here again: an older goodbye of theirs is shown to nobody any more. */
export async function dropLeaves(tx: Reader, space: SpaceId, serials: readonly SeatSerial[]): Promise<void> {
  if (serials.length === 0) return
  await tx.deleteFrom("leaves").where("space", "=", space).where("serial", "in", serials).execute()
}

export async function putLeave(tx: Reader, space: SpaceId, serial: SeatSerial, bytes: Bytes): Promise<void> {
  await tx
    .insertInto("leaves")
    .values({ space, serial, bytes })
    .onConflict((conflict) => conflict.columns(["space", "serial"]).doUpdateSet({ bytes }))
    .execute()
}

export async function waitingLeaves(db: Reader, space: SpaceId): Promise<readonly Bytes[]> {
  const rows = await db.selectFrom("leaves").select("bytes").where("space", "=", space).execute()
  return rows.map((row) => row.bytes)
}
