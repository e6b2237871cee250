import type { Bytes } from "#crypto/base/bytes"
import type { InviteId, SpaceId } from "#crypto/base/ids"
import type { Reader } from "../db/schema.ts"

export async function insertInvite(db: Reader, space: SpaceId, id: InviteId, bytes: Bytes): Promise<void> {
  await db.insertInto("invites").values({ space, id, bytes }).execute()
}

export async function allInvites(db: Reader, space: SpaceId): Promise<readonly Bytes[]> {
  const rows = await db.selectFrom("invites").select("bytes").where("space", "=", space).execute()
  return rows.map((row) => row.bytes)
}
