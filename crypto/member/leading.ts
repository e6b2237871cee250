import { equal, toHex } from "../base/bytes.ts"
import type { ObjectId } from "../base/ids.ts"
import { acceptSeatRequest, seatRequestKind } from "../seat/seat-request.ts"
import { hostInviteId } from "../link/invite.ts"
import { answerKind, answers } from "../seat/answer.ts"
import { leaveKind } from "../seat/leave.ts"
import { stepKind } from "../seat/step.ts"
import { headKind, reasons, signerOf, type Reason } from "../room/head.ts"
import { noSeats, seatsHash, serialLimit } from "../room/seats.ts"
import type { ServiceData } from "../wire/wire.ts"
import { makeBatch, postBatch, sayNo, tickKnocking } from "./admitting.ts"
import { sync } from "./hello.ts"
import { change, noPending, mergePending } from "./pending.ts"
import { makeHead, newPolicy, postHead, revokedRows } from "./rotating.ts"
import { askRows, checkAdmitted, learnInvites } from "./standby.ts"
import { leaderLeft } from "./takeover.ts"
import { sendChunk } from "./wrapping.ts"
import { acts, chainOf, leading, ownEntry, ownKey, patchLead, persist, type Turn } from "./turn.ts"
import type { BatchPost, HeadPost, PendingChanges, Waiting } from "./leadership.ts"

/** Protocol §10. All in ms. */
const beatMs = 10_000
const rotationMs = 300_000
const rotationSpacingMs = 250
const batchSpacingMs = 500
const leaveWaitMs = 5_000
const longLeaveWaitMs = 60_000
/** Requests a leader keeps at a time; the service has the rest. */
const maxWaiting = 2_048
const silentSeatMs = 900_000
/** A promotion or a speaker's reload waits at most this long for company. */
const stageWaitMs = 300
/** The host's tab renews a policy that has less than this left. */
const policyRenewMs = 12 * 3600 * 1000
const keptHeads = 64

/** Caught up: open the room, go on where the socket broke, or (after a reload) ask for the rows first. */
export function resume(turn: Turn): void {
  const lead = leading(turn)
  const head = chainOf(turn).head
  const post = lead.inflight
  if (head === undefined) {
    if (!acts(turn)) return
    patchLead(turn, { seats: noSeats })
    // The very same first Head: two of them would prove that the host key was used twice.
    if (post?.kind === "head") postHead(turn, post)
    return
  }
  if (lead.seats !== undefined) {
    if (post !== undefined) repost(turn, post)
    return
  }
  if (post?.kind === "head" && equal(post.id, head.id)) patchLead(turn, { inflight: undefined, secret: post.secret })
  if (post?.kind === "batch") patchLead(turn, { inflight: undefined, keks: new Map([...lead.keks, ...post.keks]) })
  patchLead(turn, { rowsAskedAt: -Infinity })
  if (acts(turn)) askRows(turn)
}

/**
 * Rows come in chunks; together they must hash to what the newest Head or Step says, and each is traced to an invite.
 * A leader that is back from a reload rotates.
 */
export async function takeRows(turn: Turn, data: ServiceData<"rows">): Promise<void> {
  const { p, monotonic } = turn.world
  await learnInvites(turn, data.invites)
  const lead = leading(turn)
  const gatheringRows = [...lead.gatheringRows, ...data.rows]
  const gatheringCounters = [...lead.gatheringCounters, ...data.counters]
  patchLead(turn, { gatheringRows, gatheringCounters })
  if (data.more) {
    turn.state = { ...turn.state, asked: new Map(turn.state.asked).set(data.ref, { kind: "rows" }) }
    return
  }
  const chain = chainOf(turn)
  patchLead(turn, { gatheringRows: [], gatheringCounters: [] })
  if (!equal(seatsHash(p, gatheringRows, gatheringCounters), chain.seats)) {
    turn.out.push({ kind: "refused", code: "bad-rows" })
    return
  }
  const rows = new Map(gatheringRows.map((row) => [row.serial, row]))
  const seats = {
    rows,
    counters: new Map(gatheringCounters.map((counter) => [toHex(counter.inviteId), counter])),
  }
  if (gatheringRows.some(({ serial }) => serial > serialLimit(seats))) {
    turn.out.push({ kind: "refused", code: "bad-rows" })
    return
  }
  patchLead(turn, {
    seats,
    announced: new Map(),
    keks: new Map([...lead.keks].filter(([serial]) => rows.has(serial))),
    renewals: new Map(
      gatheringRows.map((row) => [row.serial, lead.renewals.get(row.serial) ?? { at: monotonic, n: 0 }]),
    ),
    nextSerial: Math.max(lead.nextSerial, ...gatheringRows.map((row) => row.serial + 1)),
  })
  await checkAdmitted(turn, gatheringRows, seats, undefined)
  if (acts(turn))
    patchLead(turn, { pending: mergePending(lead.pending, { ...noPending, rotate: true, since: monotonic }) })
  const unechoed = lead.inflight?.kind === "head" ? lead.inflight : undefined
  if (unechoed !== undefined) repost(turn, unechoed)
}

/** What was on its way when the socket broke is sent again if it still follows the newest Head. */
function repost(turn: Turn, post: HeadPost | BatchPost): void {
  const { p } = turn.world
  const newest = chainOf(turn).head?.id
  const follows =
    post.kind === "head" ? headKind.decode(p, post.bundle.head).fields.prev : stepKind.decode(p, post.step).fields.head
  if (newest === undefined || !equal(follows, newest)) {
    postRefused(turn)
    // The requests that came since the last sync went with it.
    sync(turn)
    return
  }
  if (post.kind === "head") postHead(turn, post)
  else postBatch(turn, post)
}

/** A request from the service: everything is checked again from the host key down; its word is not taken. */
export async function takeRequest(turn: Turn, data: ServiceData<"request">): Promise<void> {
  const { p, monotonic } = turn.world
  const { space, hostPub } = turn.state
  const bytes = data.request
  const shape = seatRequestKind.decode(p, bytes)
  const lead = leading(turn)
  const known = [...lead.waiting, ...lead.knocking]
  if (lead.seen.has(toHex(shape.id)) || known.some(({ request }) => equal(request.id, shape.id))) return
  if (lead.inflight?.kind === "batch" && lead.inflight.answered.some(({ request }) => equal(request.id, shape.id)))
    return
  if (known.length >= maxWaiting) return
  await learnInvites(turn, data.invite)
  const isHost = equal(shape.fields.inviteId, hostInviteId)
  const invite = leading(turn).invites.get(toHex(shape.fields.inviteId))
  if (invite === undefined && !isHost) return
  const request = await acceptSeatRequest(p, bytes, { space, hostPub, invite })
  // Whoever asks again has thrown the older request's key away; two Seats for one row would spoil the batch.
  const { seatPub, n } = request.fields
  const same = (other: Waiting): boolean => equal(other.request.fields.seatPub, seatPub)
  const { waiting, knocking } = leading(turn)
  const own = ownKey(turn)
  if (own !== undefined && equal(seatPub, own)) {
    // Asked before we led: nobody else is to answer it.
    if (acts(turn)) await sayNo(turn, request, answers.stale)
    return
  }
  if (waiting.some((other) => same(other) && other.request.fields.n > n)) return
  patchLead(turn, {
    waiting: [...waiting.filter((other) => !same(other)), { request, invite, since: monotonic, admitted: false }],
    knocking: knocking.filter((other) => !same(other)),
  })
}

/** The leader said no to a request: whoever stands by need not answer it either. */
export async function takeForeignAnswer(turn: Turn, bytes: Uint8Array): Promise<void> {
  const { p, monotonic } = turn.world
  const answer = answerKind.decode(p, bytes)
  const leader = signerOf(chainOf(turn))
  if (leader === undefined || !equal(answer.fields.space, turn.state.space)) return
  await answerKind.verify(p, answer, leader.seatPub)
  const { waiting } = leading(turn)
  // Whoever knocks waits for a human, not for us; a new leader is shown it again.
  patchLead(turn, {
    heardAt: monotonic,
    waiting: waiting.filter(({ request }) => !equal(request.id, answer.fields.request)),
  })
}

/** Somebody gives up a seat: leaves with the next batch. A leader that leaves has the next one lead. */
export async function takeLeave(turn: Turn, bytes: Uint8Array): Promise<void> {
  const { p } = turn.world
  const leave = leaveKind.decode(p, bytes)
  const row = leading(turn).seats?.rows.get(leave.fields.serial)
  if (row === undefined || !equal(leave.fields.space, turn.state.space)) return
  await leaveKind.verify(p, leave, row.seatPub)
  if (leaderLeft(turn, row.serial)) return
  if (!acts(turn)) return
  // Whoever may not be removed by us only gets no wrap any more.
  const kek = leading(turn).keks.get(row.serial)
  if (kek !== undefined) turn.consumed.push(kek.key)
  patchLead(turn, { keks: new Map([...leading(turn).keks].filter(([serial]) => serial !== row.serial)) })
  change(turn, { remove: [row.serial] })
}

/** What a leader does next: one POST at a time, kicks first, then rotations, batches, beats; wraps beside them. */
export async function lead(turn: Turn): Promise<void> {
  const { monotonic } = turn.world
  const state = leading(turn)
  if (turn.state.socket === "offline") return kickOffline(turn)
  if (turn.state.socket !== "synced" || !acts(turn) || isTakenBack(turn)) return
  if (state.seats === undefined) {
    if (chainOf(turn).head !== undefined) askRows(turn)
    return
  }
  if (state.inflight === undefined) {
    nameNoticed(turn)
    dropSilent(turn)
    await tickKnocking(turn)
    await renewPolicy(turn)
    const reason = dueHead(turn)
    if (reason !== undefined) {
      await makeHead(turn, reason)
      return
    }
    const batchDue = leading(turn).waiting.length > 0 && monotonic - state.lastBatchAt >= batchSpacingMs
    if (batchDue && knowsNewest(turn)) await makeBatch(turn)
  }
  sendChunk(turn)
}

/** Whoever comes to lead names the policy that it knows of and that no Head names yet. */
function nameNoticed(turn: Turn): void {
  const known = turn.state.noticedPolicy?.policy
  const waiting = leading(turn).pending.policy?.fields.serial ?? 0
  if (known !== undefined && known.fields.serial > waiting) change(turn, { policy: known, urgent: true })
}

/** Whoever the host has taken the invite from makes no Head any more: the next one leads, and names the policy. */
function isTakenBack(turn: Turn): boolean {
  const own = ownEntry(turn)?.inviteId
  const revoked = turn.state.noticedPolicy?.policy.fields.revoked
  return own !== undefined && revoked?.some((id) => equal(id, own)) === true
}

/** Out of the service's reach a kick is made all the same: the media server carries it, and senders fall silent. */
async function kickOffline(turn: Turn): Promise<void> {
  const { seats, inflight, pending, lastRotationAt } = leading(turn)
  const spaced = turn.world.monotonic - lastRotationAt >= rotationSpacingMs
  if (seats === undefined || inflight !== undefined || !pending.urgent || !spaced) return
  if (chainOf(turn).head !== undefined) await makeHead(turn, reasons.urgent)
}

/** Why a Head is due now, if one is. */
function dueHead(turn: Turn): Exclude<Reason, typeof reasons.takeover> | undefined {
  const { monotonic } = turn.world
  const { pending, lastHeadAt, lastRotationAt, seats } = leading(turn)
  const chain = chainOf(turn)
  if (chain.head === undefined) return reasons.stage
  const waited = monotonic - (pending.since ?? monotonic)
  const spaced = monotonic - lastRotationAt >= rotationSpacingMs
  // Another page of this seat has made the newest Head: what its secret was went with that page.
  if (!knowsNewest(turn)) return spaced ? reasons.rotate : undefined
  if (spaced && (pending.urgent || revokedRows(turn, chain.policy).length > 0)) return reasons.urgent
  if (spaced && (pending.rotate || chain.step >= 63)) return reasons.rotate
  const newcomers = [...(seats?.rows.values() ?? [])].some((row) => row.role > 0 && row.index === 0xff)
  if (spaced && (newcomers || (pending.promote.length > 0 && waited >= stageWaitMs))) return reasons.stage
  if (spaced && pending.remove.length > 0 && waited >= leaveWait(turn)) return reasons.leave
  if (monotonic - lastRotationAt >= rotationMs) return reasons.rotate
  if (monotonic - lastHeadAt >= beatMs) return reasons.beat
  return undefined
}

/** Whether the leading half has the secret of the newest Head or Step. */
function knowsNewest(turn: Turn): boolean {
  const { secret } = leading(turn)
  const { head, step } = chainOf(turn)
  return secret !== undefined && secret.epoch === head?.fields.epoch && secret.step === step
}

/** After a takeover those who stay get time to fetch their KEKs, or a leave would silence them. */
function leaveWait(turn: Turn): number {
  const { seats, keks, pending } = leading(turn)
  const staying = [...(seats?.rows.keys() ?? [])].filter((serial) => !pending.remove.includes(serial))
  const without = staying.filter((serial) => !keks.has(serial)).length - 1
  return without > staying.length / 10 ? longLeaveWaitMs : leaveWaitMs
}

/** Seats that have not renewed for 15 minutes leave with the next batch. */
function dropSilent(turn: Turn): void {
  const { monotonic } = turn.world
  const { renewals, pending, seats } = leading(turn)
  const silent = [...renewals].filter(
    ([serial, { at }]) =>
      monotonic - at > silentSeatMs &&
      serial !== turn.state.serial &&
      seats?.rows.has(serial) &&
      !pending.remove.includes(serial),
  )
  if (silent.length > 0) change(turn, { remove: silent.map(([serial]) => serial) })
}

async function renewPolicy(turn: Turn): Promise<void> {
  const { policy } = chainOf(turn)
  if (turn.state.host === undefined || leading(turn).pending.policy !== undefined) return
  if (policy.fields.notAfter - turn.world.now > policyRenewMs) return
  change(turn, { policy: await newPolicy(turn, {}), rotate: true })
}

/** The service took our POST: our own chain moves by the same functions as everybody's. */
export function remember(turn: Turn, head: ObjectId): void {
  const { recentHeads: before, seen } = leading(turn)
  const recentHeads = [...before, head].slice(-keptHeads)
  const recent = new Set(recentHeads.map(toHex))
  patchLead(turn, {
    recentHeads,
    // A request that names an older Head is stale anyway.
    seen: new Map([...seen].filter(([, named]) => recent.has(toHex(named)))),
    lastHeadAt: turn.world.monotonic,
  })
}

/**
 * The service refused our POST: what a Head carried comes back, and the rows are asked for again. Requests are shown
 * again after the sync, those that still wait: one that is gone there would spoil every batch it is in.
 */
export function postRefused(turn: Turn): void {
  const { inflight, pending, secret } = leading(turn)
  // Who lost the lead leaves what it had in hand to the next leader; a host wants it still.
  const keeps = acts(turn) || turn.state.host !== undefined
  if (secret !== undefined && !acts(turn)) {
    turn.consumed.push(secret.secret)
    patchLead(turn, { secret: undefined })
  }
  patchLead(turn, {
    inflight: undefined,
    seats: undefined,
    rowsAskedAt: -Infinity,
    pending: inflight?.kind === "head" && keeps ? mergePending(stillNew(turn, inflight.made), pending) : pending,
    waiting: [],
    knocking: [],
    lastRotationAt: turn.world.monotonic,
    lastBatchAt: turn.world.monotonic,
  })
  persist(turn)
}

/** A policy that has been overtaken can be named by no Head any more. */
function stillNew(turn: Turn, made: PendingChanges): PendingChanges {
  const newest = chainOf(turn).policy.fields.serial
  return (made.policy?.fields.serial ?? 0) > newest ? made : { ...made, policy: undefined }
}
