import type { EpochMs, SpaceId } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import type { Database, Reader } from "../db/schema.ts"
import { insertInvite } from "../invite/invite.store.ts"
import { inviteIdOf } from "#crypto/link/invite"
import type { NewSpace } from "./space.rules.ts"
import { clockSlackMs } from "./space.rules.ts"

/**
 * Stores a new space, all of it or nothing.
 * @returns whether the space is now the one asked for: it is new, or the very same message made it before.
 */
export async function createSpace(db: Database, p: Primitives, made: NewSpace, sfuRoom: string): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const old = await tx.selectFrom("spaces").select("create_hash").where("id", "=", made.space).executeTakeFirst()
    if (old !== undefined) return Buffer.compare(old.create_hash, made.hash) === 0
    await tx
      .insertInto("spaces")
      .values({
        id: made.space,
        host_pub: made.hostPub,
        card: made.card,
        create_hash: made.hash,
        sfu_room: sfuRoom,
        not_after: made.policy.fields.notAfter,
        head_id: null,
        step: 0,
      })
      .execute()
    const { id, fields, bytes } = made.policy
    await tx.insertInto("policies").values({ space: made.space, id, serial: fields.serial, bytes }).execute()
    for (const invite of made.invites)
      await insertInvite(tx, made.space, inviteIdOf(p, invite.fields.invitePub), invite.bytes)
    return true
  })
}

export async function findSpace(db: Reader, space: SpaceId) {
  return db.selectFrom("spaces").selectAll().where("id", "=", space).executeTakeFirst()
}

/** Deletes a space; every other table hangs on it and follows. */
export async function deleteSpace(db: Reader, space: SpaceId): Promise<void> {
  await db.deleteFrom("spaces").where("id", "=", space).execute()
}

/** Spaces whose policy has run out, with an hour for clocks that differ. */
export async function expiredSpaces(db: Reader, now: EpochMs): Promise<readonly SpaceId[]> {
  const rows = await db
    .selectFrom("spaces")
    .select("id")
    .where("not_after", "<", now - clockSlackMs)
    .limit(100)
    .execute()
  return rows.map((row) => Uint8Array.from(row.id) as SpaceId)
}
