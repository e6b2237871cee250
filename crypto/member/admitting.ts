import type { SignedSeatRequest } from "../seat/seat-request.ts"
import { equal, toHex, type Bytes } from "../base/bytes.ts"
import { InternalError, UsageError } from "../base/errors.ts"
import { noIndex, type SeatSerial, type SenderIndex, type Step } from "../base/ids.ts"
import { inviteRefusal } from "../link/invite.ts"
import { spaceKinds } from "../link/policy.ts"
import { commit, ratchet } from "../media/key-schedule.ts"
import { signCert } from "../message/seat-cert.ts"
import { viewOf } from "../room/head.ts"
import { applySeatChanges, counterStates, seatsHash, type Counter, type Row, type Seats } from "../room/seats.ts"
import { answerKind, answers, type AnswerReason } from "../seat/answer.ts"
import { sealSeat } from "../seat/seat.ts"
import { stepKind } from "../seat/step.ts"
import type { Kek } from "../seat/wrap.ts"
import { maxBatch } from "../wire/wire.ts"
import { change } from "./pending.ts"
import { mayRemove, seatSeed } from "./rotating.ts"
import { ask, chainOf, leading, ownEntry, patchLead, persist, type Turn } from "./turn.ts"
import type { BatchPost, Waiting } from "./leadership.ts"

/** Batches are so far apart, in ms; and where one on stage is among them whom a kick would silence for want of a KEK. */
const batchSpacingMs = 500
const stageSpacingMs = 100
/** Requests that may wait for a human at once, and how long, in ms. */
const maxKnocking = 64
const knockMs = 120_000
/** Serials are u32 on the wire. */
const lastSerial = 0xffff_ffff

/** What a leader decides about one request. */
type Verdict =
  | { readonly kind: "seat"; readonly row: Row; readonly counter: Counter | undefined }
  | { readonly kind: "answer"; readonly reason: AnswerReason }
  /** A human is asked. */
  | { readonly kind: "knock" }
  /** Its older row goes first, with a Head of its own. */
  | { readonly kind: "replace"; readonly serial: SeatSerial }

/** Whether the next join batch is due. */
export function batchDue(turn: Turn): boolean {
  const { waiting, lastBatchAt, keks } = leading(turn)
  if (waiting.length === 0) return false
  const asks = (seatPub: Bytes): boolean => waiting.some(({ request }) => equal(request.fields.seatPub, seatPub))
  const unheard = chainOf(turn).roster.some(({ serial, seatPub }) => !keks.has(serial) && asks(seatPub))
  return turn.world.monotonic - lastBatchAt >= (unheard ? stageSpacingMs : batchSpacingMs)
}

/**
 * One join batch: every waiting request gets a Seat at a step no sender has used, or a signed answer; one POST for all.
 */
export async function makeBatch(turn: Turn): Promise<void> {
  const { p, monotonic, now } = turn.world
  const { space } = turn.state
  const before = leading(turn)
  const chain = chainOf(turn)
  if (before.seats === undefined || before.secret === undefined || chain.head === undefined) return
  const step = before.secret.step + 1
  const secret = ratchet(p, before.secret.secret, viewOf(chain.head), step)
  let seats = before.seats
  let nextSerial = before.nextSerial
  const taken: Waiting[] = []
  const answered: Waiting[] = []
  const held: Waiting[] = []
  const knocking: Waiting[] = []
  const sealed: Bytes[] = []
  const certs: Bytes[] = []
  const upserted = new Map<SeatSerial, Row>()
  const counters = new Map<string, Counter>()
  const keks = new Map<SeatSerial, Kek>()
  const renewals = new Map<SeatSerial, { readonly at: number; readonly n: number }>()

  for (const waiting of before.waiting.slice(0, maxBatch)) {
    const verdict = judge(turn, waiting, seats, nextSerial as SeatSerial)
    if (verdict.kind === "answer") {
      answered.push(waiting)
      await sayNo(turn, waiting.request, verdict.reason)
      continue
    }
    if (verdict.kind === "knock") {
      const full = leading(turn).knocking.length + knocking.length >= maxKnocking
      if (full) answered.push(waiting)
      else knocking.push({ ...waiting, since: monotonic })
      await sayNo(turn, waiting.request, full ? answers.full : answers.pending)
      continue
    }
    if (verdict.kind === "replace") {
      held.push(waiting)
      change(turn, { remove: [verdict.serial], rotate: true })
      continue
    }
    const { row, counter } = verdict
    const made = await sealSeat(
      p,
      seatSeed(turn),
      waiting.request.fields.kemPub,
      {
        space,
        request: waiting.request.id,
        serial: row.serial,
        head: chain.head.id,
        epoch: chain.head.fields.epoch,
        step: step as Step,
        time: now,
        signer: ownIndex(turn),
      },
      secret,
    )
    if (made === undefined) {
      answered.push(waiting)
      await sayNo(turn, waiting.request, answers.refused)
      continue
    }
    const { seat, kek } = made
    if (row.serial === nextSerial) {
      nextSerial += 1
      upserted.set(row.serial, row)
    }
    if (counter !== undefined) counters.set(toHex(counter.inviteId), counter)
    seats = applySeatChanges(seats, {
      upserted: upserted.has(row.serial) ? [row] : [],
      removed: [],
      counters: counter ? [counter] : [],
    })
    sealed.push(seat.bytes)
    certs.push((await signCert(p, seatSeed(turn), space, row)).bytes)
    keks.set(row.serial, { key: kek, epoch: chain.head.fields.epoch })
    renewals.set(row.serial, { at: monotonic, n: waiting.request.fields.n })
    taken.push(waiting)
  }
  const asked = new Set(knocking.map(({ request }) => request))
  const done = new Set([...taken, ...answered, ...before.waiting.filter(({ request }) => asked.has(request))])
  const left = leading(turn).waiting.filter((waiting) => !done.has(waiting))
  patchLead(turn, {
    waiting: [...held, ...left.filter((waiting) => !held.includes(waiting))],
    knocking: [...leading(turn).knocking, ...knocking],
    // Of a batch's time a no takes its share: whoever asks again after it need not wait for the next batch.
    lastBatchAt: taken.length + held.length > 0 ? monotonic : monotonic - batchSpacingMs * (1 - done.size / maxBatch),
  })
  if (taken.length === 0) {
    turn.consumed.push(secret)
    return
  }
  const receipt = await stepKind.sign(p, seatSeed(turn), {
    space,
    head: chain.head.id,
    epoch: chain.head.fields.epoch,
    step: step as Step,
    count: seats.rows.size,
    seats: seatsHash(p, seats.rows.values(), seats.counters.values()),
    commit: commit(p, space, chain.head.fields.epoch, step, secret),
  })
  const post: BatchPost = {
    kind: "batch",
    step: receipt.bytes,
    seats: sealed,
    certs,
    changes: { upserted: [...upserted.values()], removed: [], counters: [...counters.values()] },
    secret: { epoch: chain.head.fields.epoch, step, secret },
    keks,
    answered: taken,
    renewals,
  }
  patchLead(turn, { nextSerial, inflight: post })
  persist(turn)
  postBatch(turn, post)
}

/** The leader's signed no. */
export async function sayNo(turn: Turn, request: SignedSeatRequest, reason: AnswerReason): Promise<void> {
  const { p } = turn.world
  const answer = await answerKind.sign(p, seatSeed(turn), { space: turn.state.space, request: request.id, reason })
  ask(turn, { kind: "quiet" }, (ref) => ({ TAG: "answer", data: { ref, answer: answer.bytes } }))
}

/** Sends a batch: made now, or on its way when the socket broke. */
export function postBatch(turn: Turn, post: BatchPost): void {
  ask(turn, { kind: "post", post }, (ref) => ({
    TAG: "batch",
    data: { ref, step: post.step, seats: [...post.seats], certs: [...post.certs], changes: post.changes },
  }))
}

/** Lets in whoever knocks, with the next batch. @throws UsageError `no-such-request` */
export function admitKnock(turn: Turn, request: string): void {
  const { knocking, waiting } = leading(turn)
  const found = knocking.find((other) => toHex(other.request.id) === request)
  if (found === undefined) throw new UsageError("no-such-request", "Nobody knocks with this request any more.")
  patchLead(turn, {
    knocking: knocking.filter((other) => other !== found),
    waiting: [...waiting, { ...found, admitted: true }],
  })
}

/** Sends away whoever knocks. @throws UsageError `no-such-request` */
export async function refuseKnock(turn: Turn, request: string): Promise<void> {
  const { knocking } = leading(turn)
  const found = knocking.find((other) => toHex(other.request.id) === request)
  if (found === undefined) throw new UsageError("no-such-request", "Nobody knocks with this request any more.")
  patchLead(turn, { knocking: knocking.filter((other) => other !== found) })
  await sayNo(turn, found.request, answers.refused)
}

/** Who knocked and got no answer in two minutes is sent away. */
export async function tickKnocking(turn: Turn): Promise<void> {
  const { monotonic } = turn.world
  for (const { request, since } of leading(turn).knocking)
    if (monotonic - since > knockMs) await refuseKnock(turn, toHex(request.id))
}

function ownIndex(turn: Turn): SenderIndex {
  const index = ownEntry(turn)?.index
  if (index === undefined) throw new InternalError("not-on-stage", "A leader is on stage.")
  return index
}

/** Protocol §5, "Leader, in order". */
function judge(turn: Turn, { request, invite, admitted }: Waiting, seats: Seats, nextSerial: SeatSerial): Verdict {
  const { now } = turn.world
  const { recentHeads, renewals } = leading(turn)
  const policy = chainOf(turn).policy.fields
  const fields = request.fields
  const no = (reason: AnswerReason): Verdict => ({ kind: "answer", reason })
  if (!recentHeads.some((id) => equal(id, fields.head))) return no(answers.stale)
  const refusal = invite && inviteRefusal(invite, fields.inviteId, policy, now)
  if (refusal === "revoked") return no(answers.revoked)

  const rows = [...seats.rows.values()]
  const own = rows.find((row) => equal(row.seatPub, fields.seatPub))
  if (own !== undefined) {
    if (!equal(own.inviteId, fields.inviteId)) return no(answers.refused)
    const last = renewals.get(own.serial)?.n ?? 0
    // n = 0 again is the same person whose first Seat got lost on the way.
    return fields.n > last || (fields.n === 0 && last === 0)
      ? { kind: "seat", row: own, counter: undefined }
      : no(answers.refused)
  }
  if (fields.n !== 0 || invite === undefined) return no(answers.refused)
  if (refusal !== undefined) return no(refusal === "not-yet" ? answers.notYet : answers.expired)
  const counter = seats.counters.get(toHex(fields.inviteId))
  if (counter?.state === counterStates.burnt) return no(answers.burnt)
  const live = rows.filter((row) => equal(row.inviteId, fields.inviteId))
  const personal = invite.fields.seats === 1
  // A row that is not ours to remove would have us make Head after Head for nothing: that page must go by itself first.
  if (personal && live[0] !== undefined)
    return mayRemove(turn, live[0]) ? { kind: "replace", serial: live[0].serial } : no(answers.usedUp)
  if (live.length >= invite.fields.seats) return no(answers.usedUp)
  const used = counter?.used ?? 0
  if (!personal && invite.fields.uses > 0 && used >= invite.fields.uses) return no(answers.usedUp)
  if (rows.length >= policy.seats || nextSerial > lastSerial) return no(answers.full)
  const mustKnock =
    policy.kind === spaceKinds.sealed ||
    counter?.state === counterStates.knock ||
    policy.knock.some((id) => equal(id, fields.inviteId))
  if (mustKnock && !admitted) return { kind: "knock" }
  return {
    kind: "seat",
    row: {
      serial: nextSerial,
      seatPub: fields.seatPub,
      inviteId: fields.inviteId,
      proof: fields.proof,
      role: invite.fields.role,
      index: noIndex,
    },
    // A kick is never forgotten: whom a human lets in leaves the invite as it is.
    counter: { inviteId: fields.inviteId, used: used + 1, state: counter?.state ?? counterStates.open },
  }
}
