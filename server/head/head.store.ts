import { equal, toHex, type Bytes } from "#crypto/base/bytes"
import type { ObjectId, SpaceId } from "#crypto/base/ids"
import { inviteIdOf, type SignedInvite } from "#crypto/link/invite"
import type { Primitives } from "#crypto/base/primitives"
import type { SignedPolicy } from "#crypto/link/policy"
import { codePeriod, type Chain } from "#crypto/room/head"
import { encodeRoster } from "#crypto/room/roster"
import { Refusal } from "../errors.ts"
import type { Reader } from "../db/schema.ts"

/** Heads kept per space; whoever missed more comes back as a joiner. */
export const keptHeads = 256

/** What the compare-and-swap compares: the newest Head and the newest step. */
export interface ChainPosition {
  readonly head: ObjectId | null
  readonly step: number
}

export const positionOf = (chain: Chain): ChainPosition => ({ head: chain.head?.id ?? null, step: chain.step })

/** Moves the space from one position to the next, if it still stands there. @throws Refusal `conflict` */
export async function moveChain(tx: Reader, space: SpaceId, from: ChainPosition, to: ChainPosition): Promise<void> {
  const moved = await tx
    .updateTable("spaces")
    .set({ head_id: to.head, step: to.step })
    .where("id", "=", space)
    .where("head_id", from.head === null ? "is" : "=", from.head)
    .where("step", "=", from.step)
    .executeTakeFirst()
  if (moved.numUpdatedRows !== 1n) throw new Refusal("conflict")
}

/** Stores the newest Head of `chain` with its policy, its roster and the invites that came with it. */
export async function insertHead(tx: Reader, p: Primitives, chain: Chain, newInvites: readonly SignedInvite[]) {
  const { space, head, policy, roster } = chain
  if (head === undefined) return
  const { fields } = head
  await insertPolicy(tx, space, policy)
  await tx
    .insertInto("rosters")
    .values({ space, hash: fields.roster, bytes: encodeRoster(roster) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  for (const invite of newInvites)
    await tx
      .insertInto("invites")
      .values({ space, id: inviteIdOf(p, invite.fields.invitePub), bytes: invite.bytes })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  await tx
    .insertInto("heads")
    .values({
      space,
      seq: fields.seq,
      id: head.id,
      policy: policy.id,
      roster: fields.roster,
      bytes: head.bytes,
      wraps_complete: 0,
    })
    .execute()
  await pruneHeads(tx, space, fields.seq, fields.epoch)
}

async function insertPolicy(tx: Reader, space: SpaceId, policy: SignedPolicy): Promise<void> {
  const { id, fields, bytes } = policy
  await tx
    .insertInto("policies")
    .values({ space, id, serial: fields.serial, bytes })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await tx.updateTable("spaces").set({ not_after: fields.notAfter }).where("id", "=", space).execute()
}

async function pruneHeads(tx: Reader, space: SpaceId, seq: number, epoch: number): Promise<void> {
  await tx
    .deleteFrom("heads")
    .where("space", "=", space)
    .where("seq", "<=", seq - keptHeads)
    .execute()
  const kept = tx.selectFrom("heads").where("space", "=", space)
  await tx.deleteFrom("rosters").where("space", "=", space).where("hash", "not in", kept.select("roster")).execute()
  await tx.deleteFrom("policies").where("space", "=", space).where("id", "not in", kept.select("policy")).execute()
  await tx
    .deleteFrom("wraps")
    .where("space", "=", space)
    .where("epoch", "<", epoch - 1)
    .execute()
}

/** A stored Head with what it names. */
export interface StoredHead {
  readonly seq: number
  readonly id: Bytes
  readonly bytes: Bytes
  readonly policyId: Bytes
  readonly policy: Bytes
  readonly rosterHash: Bytes
  readonly roster: Bytes
}

/** Heads from `from` on, in order. */
export async function headsFrom(db: Reader, space: SpaceId, from: number): Promise<readonly StoredHead[]> {
  return storedHeads(db, space).where("heads.seq", ">=", from).orderBy("heads.seq").execute()
}

export async function newestHead(db: Reader, space: SpaceId): Promise<StoredHead | undefined> {
  return storedHeads(db, space).orderBy("heads.seq", "desc").limit(1).executeTakeFirst()
}

function storedHeads(db: Reader, space: SpaceId) {
  return db
    .selectFrom("heads")
    .innerJoin("policies", (join) =>
      join.onRef("policies.space", "=", "heads.space").onRef("policies.id", "=", "heads.policy"),
    )
    .innerJoin("rosters", (join) =>
      join.onRef("rosters.space", "=", "heads.space").onRef("rosters.hash", "=", "heads.roster"),
    )
    .select([
      "heads.seq",
      "heads.id",
      "heads.bytes",
      "policies.id as policyId",
      "policies.bytes as policy",
      "rosters.hash as rosterHash",
      "rosters.bytes as roster",
    ])
    .where("heads.space", "=", space)
}

/** The seq of the newest Head that the safety code covers. */
export const codeSeq = (seq: number): number => seq - (seq % codePeriod)

/** Ids of the newest Heads, newest last, in hex. */
export async function newestHeadIds(db: Reader, space: SpaceId, count: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("heads")
    .select("id")
    .where("space", "=", space)
    .orderBy("seq", "desc")
    .limit(count)
    .execute()
  return rows.map((row) => toHex(row.id)).reverse()
}

/** Whether this very Head is stored. */
export async function hasHead(db: Reader, space: SpaceId, seq: number, id: Bytes): Promise<boolean> {
  const row = await db
    .selectFrom("heads")
    .select("id")
    .where("space", "=", space)
    .where("seq", "=", seq)
    .executeTakeFirst()
  return row !== undefined && equal(row.id, id)
}

export async function newestPolicy(db: Reader, space: SpaceId): Promise<Bytes | undefined> {
  const row = await db
    .selectFrom("policies")
    .select("bytes")
    .where("space", "=", space)
    .orderBy("serial", "desc")
    .executeTakeFirst()
  return row?.bytes
}
