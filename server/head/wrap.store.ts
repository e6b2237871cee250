import { toHex, type Bytes } from "#crypto/base/bytes"
import type { ObjectId, SeatSerial, SpaceId } from "#crypto/base/ids"
import type { Reader } from "../db/schema.ts"

/** One seat's wrap of an epoch's secret, 48 B. */
export interface SeatWrap {
  readonly serial: SeatSerial
  readonly wrap: Bytes
}

export async function putWraps(tx: Reader, space: SpaceId, epoch: number, wraps: readonly SeatWrap[]): Promise<void> {
  if (wraps.length === 0) return
  await tx
    .insertInto("wraps")
    .values(wraps.map(({ serial, wrap }) => ({ space, epoch, serial, wrap })))
    .onConflict((conflict) =>
      conflict.columns(["space", "epoch", "serial"]).doUpdateSet((eb) => ({ wrap: eb.ref("excluded.wrap") })),
    )
    .execute()
}

export async function ownWrap(db: Reader, space: SpaceId, epoch: number, serial: number): Promise<Bytes | undefined> {
  const row = await db
    .selectFrom("wraps")
    .select("wrap")
    .where("space", "=", space)
    .where("epoch", "=", epoch)
    .where("serial", "=", serial)
    .executeTakeFirst()
  return row?.wrap
}

/** Notes that the last wrap of the epoch which Head `view` opened has come. */
export async function completeWraps(tx: Reader, space: SpaceId, view: ObjectId): Promise<void> {
  await tx.updateTable("heads").set({ wraps_complete: 1 }).where("space", "=", space).where("id", "=", view).execute()
}

/** Whether the last wrap of the epoch which Head `view` opened has come. */
export async function isComplete(db: Reader, space: SpaceId, view: ObjectId): Promise<boolean> {
  const rows = await db
    .selectFrom("heads")
    .select("id")
    .where("space", "=", space)
    .where("wraps_complete", "=", 1)
    .execute()
  return rows.some((row) => toHex(row.id) === toHex(view))
}
