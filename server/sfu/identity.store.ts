import type { EpochMs, SeatSerial, SenderIndex, SpaceId } from "#crypto/base/ids"
import type { Reader } from "../db/schema.ts"
import { roleAt, type SfuRole } from "./sfu.ts"

/** LiveKit renews tokens for ten minutes: an identity that is denied is remembered longer than that, in ms. */
export const identityMemoryMs = 11 * 60_000

export async function insertIdentity(
  db: Reader,
  made: { readonly identity: string; readonly space: SpaceId; readonly serial: SeatSerial; readonly mintedAt: EpochMs },
): Promise<void> {
  const { identity, space, serial, mintedAt } = made
  await db
    .insertInto("identities")
    .values({ identity, space, serial, minted_at: mintedAt, joined_at: null, denied_at: null })
    .execute()
}

/** An identity that lives: minted by us, its seat still there, not denied. */
export async function livingIdentity(db: Reader, identity: string) {
  return db
    .selectFrom("identities")
    .innerJoin("seats", (join) =>
      join.onRef("seats.space", "=", "identities.space").onRef("seats.serial", "=", "identities.serial"),
    )
    .select(["identities.space", "identities.serial", "identities.joined_at", "seats.place"])
    .where("identity", "=", identity)
    .where("denied_at", "is", null)
    .executeTakeFirst()
}

/** What a living identity may do now, by where its seat is. */
export async function roleNow(db: Reader, identity: string): Promise<SfuRole | undefined> {
  const living = await livingIdentity(db, identity)
  return living && roleAt(living.place as SenderIndex)
}

/** Uses up an identity's ticket; false if somebody did so before. */
export async function takeTicket(db: Reader, identity: string, now: EpochMs): Promise<boolean> {
  const taken = await db
    .updateTable("identities")
    .set({ joined_at: now })
    .where("identity", "=", identity)
    .where("joined_at", "is", null)
    .where("denied_at", "is", null)
    .executeTakeFirst()
  return taken.numUpdatedRows === 1n
}

/** The join did not happen: the ticket is good again. */
export async function returnTicket(db: Reader, identity: string): Promise<void> {
  await db.updateTable("identities").set({ joined_at: null }).where("identity", "=", identity).execute()
}

/** The identities of some seats that are not denied yet. */
export async function identitiesOf(db: Reader, space: SpaceId, serials: readonly SeatSerial[]) {
  if (serials.length === 0) return []
  return db
    .selectFrom("identities")
    .select(["identity", "serial", "joined_at"])
    .where("space", "=", space)
    .where("serial", "in", serials)
    .where("denied_at", "is", null)
    .execute()
}

export async function denyIdentities(db: Reader, identities: readonly string[], now: EpochMs): Promise<void> {
  if (identities.length === 0) return
  await db.updateTable("identities").set({ denied_at: now }).where("identity", "in", identities).execute()
}

/** Identities that were denied lately, with their rooms: after a restart they are removed again. */
export async function deniedIdentities(db: Reader) {
  return db
    .selectFrom("identities")
    .innerJoin("spaces", "spaces.id", "identities.space")
    .select(["identity", "spaces.sfu_room as room"])
    .where("denied_at", "is not", null)
    .execute()
}

/** Forgets denied identities, and tickets nobody used, once no token of theirs can be good any more. */
export async function forgetIdentities(db: Reader, now: EpochMs): Promise<void> {
  const before: number = now - identityMemoryMs
  await db.deleteFrom("identities").where("denied_at", "<", before).execute()
  await db.deleteFrom("identities").where("joined_at", "is", null).where("minted_at", "<", before).execute()
}
