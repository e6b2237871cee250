import type { Bytes } from "#crypto/base/bytes"
import type { SpaceId } from "#crypto/base/ids"
import type { Reader } from "../db/schema.ts"

export async function putStep(tx: Reader, space: SpaceId, bytes: Bytes): Promise<void> {
  await tx
    .insertInto("steps")
    .values({ space, bytes })
    .onConflict((conflict) => conflict.column("space").doUpdateSet({ bytes }))
    .execute()
}

export async function dropStep(tx: Reader, space: SpaceId): Promise<void> {
  await tx.deleteFrom("steps").where("space", "=", space).execute()
}

export async function newestStep(db: Reader, space: SpaceId): Promise<Bytes | undefined> {
  const row = await db.selectFrom("steps").select("bytes").where("space", "=", space).executeTakeFirst()
  return row?.bytes
}
