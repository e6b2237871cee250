import { equal, fromHex, toHex, type Bytes } from "../base/bytes.ts"
import { InternalError } from "../base/errors.ts"
import { noIndex, type Epoch, type InviteId, type SeatSerial, type SenderIndex, type Step } from "../base/ids.ts"
import { hostInviteId, isRevoked, memberStatement } from "../link/invite.ts"
import { noObject, policyFlags, type SignedPolicy } from "../link/policy.ts"
import { commit, rootSecret } from "../media/key-schedule.ts"
import { headKind, reasons, viewOf, type Head, type HeadBundle, type Reason } from "../room/head.ts"
import { lastDeputyRank, leaderRank } from "../room/leaders.ts"
import { encodeRoster, rosterHash, type Roster } from "../room/roster.ts"
import { roles } from "../room/roles.ts"
import {
  applySeatChanges,
  counterStates,
  rosterOf,
  seatsHash,
  type Counter,
  type CounterState,
  type Row,
  type SeatChanges,
  type Seats,
} from "../room/seats.ts"
import { joinWraps, stepKek, wrapSecret } from "../seat/wrap.ts"
import { hostSerial } from "./start.ts"
import { noPending } from "./pending.ts"
import { ask, chainOf, copyOf, leading, ownEntry, ownRank, patchLead, persist, type Turn } from "./turn.ts"
import type { HeadPost, PendingChanges, SecretAt } from "./leadership.ts"

/** Makes the next Head, stores what it needs, and posts it with the wraps of the stage. */
export async function makeHead(turn: Turn, reason: Exclude<Reason, typeof reasons.takeover>): Promise<void> {
  const beat = reason === reasons.beat
  await sealHead(turn, reason, beat ? noPending : leading(turn).pending, beat ? currentSecret(turn) : freshSecret(turn))
}

/**
 * Makes the Head with which another one leads: nothing changes but its signer.
 * @param known - secret of the newest epoch and step; undefined for a host that goes on without anybody to get it from.
 */
export async function makeTakeover(turn: Turn, known: SecretAt | undefined): Promise<void> {
  const secret = known === undefined ? freshSecret(turn) : { ...known, secret: copyOf(turn, known.secret) }
  patchLead(turn, { secret: known === undefined ? undefined : secret })
  await sealHead(turn, reasons.takeover, noPending, secret)
}

async function sealHead(turn: Turn, reason: Reason, made: PendingChanges, secret: SecretAt): Promise<void> {
  const { p } = turn.world
  const { seats, pending } = leading(turn)
  if (seats === undefined) throw new InternalError("no-rows", "A leader without rows makes no Head.")
  const chain = chainOf(turn)
  const same = secret.epoch === chain.head?.fields.epoch
  const changes =
    same || reason === reasons.takeover
      ? { upserted: [], removed: [], counters: [] }
      : await seatChanges(turn, seats, made)
  const next = applySeatChanges(seats, changes)
  const roster = rosterOf(next.rows.values())
  const policy = made.policy ?? chain.policy
  const head = await headKind.sign(p, seatSeed(turn), {
    ...place(turn, secret, reason),
    policy: policy.id,
    roster: rosterHash(p, roster),
    count: next.rows.size,
    seats: seatsHash(p, next.rows.values(), next.counters.values()),
  })
  const post: HeadPost = {
    kind: "head",
    id: head.id,
    bundle: bundleOf(turn, head.bytes, policy, roster),
    changes,
    secret,
    reason,
    made,
  }
  patchLead(turn, {
    inflight: post,
    pending: made === pending ? noPending : pending,
    unnoticedSince: turn.world.monotonic,
  })
  if (!same) patchLead(turn, { lastRotationAt: turn.world.monotonic })
  persist(turn)
  postHead(turn, post)
}

/** Sends a Head: made now, or found unechoed after a reload. */
export function postHead(turn: Turn, post: HeadPost): void {
  const { bundle, changes } = post
  const same = post.secret.epoch === chainOf(turn).head?.fields.epoch
  const wraps = same ? new Uint8Array() : stageWraps(turn, post)
  ask(turn, { kind: "post", post }, (ref) => ({
    TAG: "head",
    data: {
      ref,
      bundle: {
        head: bundle.head,
        policy: bundle.policy ? [bundle.policy] : [],
        roster: bundle.roster ? [bundle.roster] : [],
        invites: [...bundle.invites],
      },
      changes,
      wraps,
    },
  }))
}

/** The wraps of everybody on stage but the leader, for the Head that is posted. */
function stageWraps(turn: Turn, post: HeadPost): Bytes {
  const { p } = turn.world
  const { seats, keks } = leading(turn)
  const rows = seats === undefined ? [] : [...applySeatChanges(seats, post.changes).rows.values()]
  const wraps = rows
    .filter((row) => row.index !== noIndex && row.serial !== turn.state.serial)
    .flatMap((row) => {
      const kek = keks.get(row.serial)
      const stepped = kek && stepKek(p, kek, post.secret.epoch)
      if (stepped === undefined) return []
      turn.consumed.push(stepped.key)
      return [
        {
          serial: row.serial,
          wrap: wrapSecret(p, stepped.key, turn.state.space, post.id, row.serial, post.secret.secret),
        },
      ]
    })
  return joinWraps(wraps)
}

/** Where a Head stands in the chain and in the key schedule. */
function place(turn: Turn, secret: SecretAt, reason: Reason): Omit<Head, "policy" | "roster" | "count" | "seats"> {
  const { p, now } = turn.world
  const chain = chainOf(turn)
  const last = chain.head
  const same = secret.epoch === last?.fields.epoch
  return {
    space: chain.space,
    seq: last === undefined ? 0 : last.fields.seq + 1,
    prev: last?.id ?? noObject,
    epoch: secret.epoch as Epoch,
    step: secret.step as Step,
    epochHead: same ? viewOf(last) : noObject,
    commit: same ? chain.commit : commit(p, chain.space, secret.epoch, secret.step, secret.secret),
    reason,
    time: now,
    signer: ownEntry(turn)?.index ?? hostIndex,
  }
}

function freshSecret(turn: Turn): SecretAt {
  const { p } = turn.world
  const epoch = (chainOf(turn).head?.fields.epoch ?? 0) + 1
  const fresh = p.random(32)
  turn.consumed.push(fresh)
  return { epoch, step: 0, secret: rootSecret(p, leading(turn).secret?.secret, fresh) }
}

function currentSecret(turn: Turn): SecretAt {
  const { secret } = leading(turn)
  if (secret === undefined) throw new InternalError("no-secret", "A beat needs the secret of its epoch.")
  return secret
}

/** What the pending changes do to the rows. */
async function seatChanges(turn: Turn, seats: Seats, pending: PendingChanges): Promise<SeatChanges> {
  const policy = pending.policy ?? chainOf(turn).policy
  const leaving = new Set([...pending.remove, ...revokedRows(turn, policy)])
  const removed = [...leaving].filter((serial) => mayRemove(turn, seats.rows.get(serial), policy))
  const staying = [...seats.rows.values()].filter((row) => !removed.includes(row.serial))
  const taken = new Set(staying.filter((row) => !pending.demote.includes(row.serial)).map((row) => row.index))
  const stage = chainOf(turn).policy.fields.stage
  const freeIndex = (): SenderIndex => {
    for (let index = 0; index < stage; index++) {
      if (taken.has(index as SenderIndex)) continue
      taken.add(index as SenderIndex)
      return index as SenderIndex
    }
    return noIndex
  }
  const upserted: Row[] = []
  for (const row of staying) {
    const moved = pending.demote.includes(row.serial)
      ? { ...row, role: roles.listener, index: noIndex }
      : pending.promote.includes(row.serial) && row.role === roles.listener
        ? { ...row, role: roles.speaker }
        : row
    const placed = moved.role > roles.listener && moved.index === noIndex ? { ...moved, index: freeIndex() } : moved
    // A full stage: the seat stays a listener until there is room.
    const fits =
      placed.role === roles.listener || placed.index !== noIndex ? placed : { ...placed, role: roles.listener }
    if (fits.role !== row.role || fits.index !== row.index) upserted.push(fits)
  }
  if (seats.rows.size === 0) upserted.push(await hostRow(turn))
  const counters = pending.burn.map((id): Counter => {
    const old = seats.counters.get(id)
    const state = old?.state === counterStates.burnt ? old.state : stateAfterKick(turn, id)
    return { inviteId: fromHex(id) as InviteId, used: old?.used ?? 0, state }
  })
  return { upserted, removed, counters }
}

/**
 * Rows whose invite a policy revokes and that we may remove: whoever came between the revocation and the Head that says
 * so, and a leader that has named the policy against itself.
 */
export function revokedRows(turn: Turn, policy: SignedPolicy): readonly SeatSerial[] {
  const { fields } = policy
  const { seats, invites } = leading(turn)
  if (fields.revoked.length === 0 && fields.minInvite === 0) return []
  const ids = new Set(fields.revoked.map(toHex))
  const isOut = ({ inviteId }: Row): boolean => {
    const invite = invites.get(toHex(inviteId)) ?? chainOf(turn).invites.get(toHex(inviteId))
    return ids.has(toHex(inviteId)) || (invite !== undefined && isRevoked(invite, inviteId, fields))
  }
  const rows = [...(seats?.rows.values() ?? [])].filter(isOut)
  return rows.filter((row) => mayRemove(turn, row, policy)).map(({ serial }) => serial)
}

/** Nobody removes itself, the host, or whoever outranks it: such rows only get no wrap any more. */
export function mayRemove(turn: Turn, row: Row | undefined, policy = chainOf(turn).policy): boolean {
  if (row === undefined || row.role === roles.host || row.serial === turn.state.serial) return false
  const { roster } = chainOf(turn)
  const rank = leaderRank(policy.fields, roster, row.index)
  return rank === undefined || rank > lastDeputyRank || rank > (ownRank(turn) ?? Infinity)
}

/** A personal invite has had its day; behind a group's there are others, whom a human may let in. */
function stateAfterKick(turn: Turn, id: string): CounterState {
  const { policy, invites } = chainOf(turn)
  const seats = (leading(turn).invites.get(id) ?? invites.get(id))?.fields.seats
  const knocks = (policy.fields.flags & policyFlags.knockAfterKick) !== 0
  return knocks && seats !== undefined && seats > 1 ? counterStates.knock : counterStates.burnt
}

/** The host's own row: serial 1, index 0, admitted by the host key. */
async function hostRow(turn: Turn): Promise<Row> {
  const { p } = turn.world
  const { host, space } = turn.state
  if (host === undefined) throw new InternalError("not-the-host", "Only the host opens a room.")
  const seatPub = p.publicKey(seatSeed(turn))
  return {
    serial: hostSerial,
    seatPub,
    inviteId: hostInviteId,
    proof: await p.sign(host.hostSeed, memberStatement(space, seatPub)),
    role: roles.host,
    index: hostIndex,
  }
}

const hostIndex = 0 as SenderIndex

export function seatSeed(turn: Turn): Bytes {
  if (turn.state.seatSeed === undefined) throw new InternalError("no-seat-key", "A leader has a seat key.")
  return turn.state.seatSeed
}

/** What goes along with a Head: the policy, stage and invites that have changed. */
function bundleOf(turn: Turn, head: Bytes, policy: SignedPolicy, roster: Roster): HeadBundle {
  const chain = chainOf(turn)
  const rosterBytes = encodeRoster(roster)
  const sameStage = chain.head !== undefined && equal(rosterBytes, encodeRoster(chain.roster))
  const named = new Set(roster.map((entry) => toHex(entry.inviteId)))
  const known = new Map([
    ...[...chain.invites].map(([id, { bytes }]) => [id, bytes] as const),
    ...[...leading(turn).invites].map(([id, { bytes }]) => [id, bytes] as const),
    ...(turn.state.host?.invites ?? []).map(({ id, bytes }) => [id, bytes] as const),
  ])
  // All but those of the stage before: a page that is loaded again knows these and no others, and may have to post this.
  const onStage = new Set(chain.roster.map((entry) => toHex(entry.inviteId)))
  const invites = [...known].filter(([id]) => named.has(id) && !onStage.has(id))
  return {
    head,
    policy: equal(policy.id, chain.policy.id) ? undefined : policy.bytes,
    roster: sameStage ? undefined : rosterBytes,
    invites: invites.map(([, bytes]) => bytes),
  }
}
