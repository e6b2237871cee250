import { equal, type Bytes } from "../base/bytes.ts"
import { VerifyError } from "../base/errors.ts"
import type { ObjectId } from "../base/ids.ts"
import { commit, ratchet } from "../media/key-schedule.ts"
import { acceptHead, reasons, signerOf, viewOf, type Chain, type HeadBundle } from "../room/head.ts"
import { lastDeputyRank, leaderRank } from "../room/leaders.ts"
import { unwrapSecret } from "../seat/wrap.ts"
import { acceptStep } from "../seat/step.ts"
import { clearAlarm, raise } from "./alarms.ts"
import { clockKnown, headAge } from "./freshness.ts"
import { settleNotices } from "./notices.ts"
import { keepAppSecret } from "./app-secrets.ts"
import { stepOwnKeks } from "./own-keks.ts"
import { rememberHead } from "./proofs.ts"
import { announceEpoch, switchNow } from "./sending.ts"
import { acts, chainOf, copyOf, order, ownEntry, patch, persist, spread, type Turn } from "./turn.ts"
import type { SecretAt } from "./leadership.ts"
import { stepKeks } from "./wrapping.ts"

/** An old epoch is wiped this long after the Head that ended it. */
const retireMs = 5_000
/** A missing wrap is asked for this long after the Head, spread over two seconds; after wraps-complete within them. */
const wrapTimeoutMs = 10_000
const wrapSpreadMs = 1_000
/** Where many renew at once the stage does first, within this time for each that is on it; a large audience waits so long. */
const stageEachMs = 6
const stageFirstMs = 400
/** The audience does at 100 a second, in ms for each row, the first fifth of which is the stage's. */
const rowMs = 10
/** A speaker leads on after 20 s without a leader; a reading of that leader's clock may be off by 5 s, and by a short sleep. */
const tooSoonMs = 9_000
/** Ids of Heads a member remembers: those a Seat or a checkpoint may name. */
const keptHeads = 64

/** Takes a Head: chain, stage, freshness; a new epoch retires the old one whether or not a wrap has come. */
export async function takeHead(turn: Turn, bundle: HeadBundle): Promise<void> {
  const { p, monotonic } = turn.world
  const before = chainOf(turn)
  const chain = await acceptHead(p, before, bundle)
  if (chain === before) return
  const head = chain.head
  if (head === undefined) return
  patch(turn, { chain, headAt: monotonic, heads: [...turn.state.heads, head.id].slice(-keptHeads) })
  rememberHead(turn)
  followSigner(turn, before)
  settleNotices(turn)
  const indices = chain.roster.map((entry) => entry.index)
  const old = before.head?.fields.epoch
  if (old !== head.fields.epoch) {
    patch(turn, { epochAt: monotonic })
    order(turn, { kind: "seated", indices })
    // A place that went to somebody else: late frames of its former holder must not count as theirs.
    const handedOn = chain.roster.some((entry) =>
      before.roster.some((was) => was.index === entry.index && !equal(was.seatPub, entry.seatPub)),
    )
    const retireAt = handedOn ? monotonic : monotonic + retireMs
    const isFirst = equal(viewOf(head), head.id)
    patch(turn, { epochLeader: isFirst ? signerOf(chain)?.seatPub : undefined })
    if (old !== undefined) patch(turn, { retiring: [...turn.state.retiring, { epoch: old, at: retireAt }] })
    patch(turn, { renewWrapAt: monotonic + wrapTimeoutMs + wrapSpreadMs + spread(turn, wrapSpreadMs) })
    stepOwnKeks(turn)
    if (turn.state.lead !== undefined) stepKeks(turn, head.fields.epoch)
    announceEpoch(turn, head.fields.epoch, head.fields.reason === reasons.urgent)
  }
  // A step may have risen in a Step that was lost with a connection.
  if (old === head.fields.epoch) advance(turn)
  persist(turn)
}

/** Under another leader the clock is another, and so are the KEKs: the stage asks for its own first. */
function followSigner(turn: Turn, before: Chain): void {
  const { monotonic } = turn.world
  const { seated } = turn.state
  const chain = chainOf(turn)
  const leader = signerOf(chain)
  const was = signerOf(before)
  if (leader === undefined || (was !== undefined && equal(was.seatPub, leader.seatPub))) return
  clearAlarm(turn, "led-too-soon")
  const rank = leaderRank(chain.policy.fields, before.roster, leader.index) ?? lastDeputyRank
  const age = headAge(turn, before)
  if (rank > lastDeputyRank && age !== undefined && age < tooSoonMs) raise(turn, "led-too-soon", leader.index)
  patch(turn, { signerSince: monotonic, noticed: undefined })
  if (seated === undefined || acts(turn)) return
  // Whoever waits for an epoch it may send in says so again: the leader it told is gone.
  const mute = ownEntry(turn) !== undefined && (chain.head?.fields.epoch ?? 0) <= seated.firstEpoch
  if (mute) patch(turn, { noCounters: true })
  const known = seated.keks.some((chainOfKeys) => equal(chainOfKeys.leader, leader.seatPub)) && clockKnown(turn)
  if (known && !mute) {
    // Wraps that its predecessor has not sent by now come from nobody.
    if (turn.state.secret?.epoch !== chain.head?.fields.epoch) askWrapSoon(turn, Infinity)
    return
  }
  const renewAt = monotonic + renewWait(turn)
  patch(turn, { seated: { ...seated, renewAt: Math.min(seated.renewAt, renewAt) } })
}

/** A wait after which one may renew though all do, so that the leader, which they all ask, keeps up. @param most - in ms */
function renewWait(turn: Turn, most = Infinity): number {
  const { roster, count } = chainOf(turn)
  if (ownEntry(turn) !== undefined) return anyOf(turn, 0, roster.length * stageEachMs)
  return anyOf(turn, Math.min(stageFirstMs, (count * rowMs) / 5), Math.min(most, count * rowMs))
}

function anyOf(turn: Turn, least: number, most: number): number {
  return (least + most + spread(turn, most - least)) / 2
}

/** The newest epoch's wrap will not come: it is asked for soon, in a large room within `most` ms. */
export function askWrapSoon(turn: Turn, most = 2 * wrapSpreadMs): void {
  const at = turn.world.monotonic + renewWait(turn, most)
  patch(turn, { renewWrapAt: Math.min(turn.state.renewWrapAt ?? Infinity, at) })
}

/** Takes a Step: the secret moves one way, and must be the one all others have. */
export async function takeStep(turn: Turn, bytes: Uint8Array): Promise<void> {
  const { p } = turn.world
  const before = chainOf(turn)
  let accepted
  try {
    accepted = await acceptStep(p, before, bytes)
  } catch (error) {
    if (error instanceof VerifyError && error.code === "stale-step") return
    throw error
  }
  patch(turn, { chain: accepted.chain })
  advance(turn)
}

/** Ratchets the secret we hold to the chain's step and compares it with the commit. */
function advance(turn: Turn): void {
  const chain = chainOf(turn)
  const { secret } = turn.state
  if (secret === undefined || chain.head?.fields.epoch !== secret.epoch || secret.step >= chain.step) return
  const next = reach(turn, secret)
  turn.consumed.push(secret.secret)
  patch(turn, { secret: next })
  switchNow(turn)
}

/**
 * A secret of the newest epoch moved to the chain's step, on a copy.
 * @throws VerifyError `wrong-secret` if it is not the one that the leader committed to
 */
export function reach(turn: Turn, from: SecretAt): SecretAt {
  const { p } = turn.world
  const chain = chainOf(turn)
  const current = walk(turn, from)
  if (!equal(commit(p, chain.space, current.epoch, current.step, current.secret), chain.commit))
    throw new VerifyError("wrong-secret", "The leader gave us another secret than the rest.")
  return current
}

/** secret(epoch, r) → secret(epoch, the chain's step), on a copy. */
function walk(turn: Turn, from: SecretAt): SecretAt {
  const { p } = turn.world
  const chain = chainOf(turn)
  if (chain.head === undefined) return from
  let secret = copyOf(turn, from.secret)
  for (let step = from.step; step < chain.step; step++) {
    const next = ratchet(p, secret, viewOf(chain.head), step + 1)
    turn.consumed.push(secret)
    secret = next
  }
  return { epoch: from.epoch, step: Math.max(from.step, chain.step), secret }
}

/** A new epoch's secret has opened: hand it to the media worker and keep what later steps need. */
export function installEpoch(turn: Turn, opened: SecretAt): void {
  const chain = chainOf(turn)
  if (chain.head === undefined) return
  keepAppSecret(turn, opened)
  const handed = copyOf(turn, opened.secret)
  turn.consumed.push(handed)
  order(turn, {
    kind: "epoch",
    space: chain.space,
    view: viewOf(chain.head),
    epoch: opened.epoch,
    step: opened.step,
    secret: handed,
    indices: chain.roster.map((entry) => entry.index),
    seats: chain.roster.map(({ index, seatPub }) => ({ index, seatPub })),
    cell: chain.policy.fields.cell,
  })
  if (turn.state.secret !== undefined) turn.consumed.push(turn.state.secret.secret)
  const current = walk(turn, opened)
  if (current.secret !== opened.secret) turn.consumed.push(opened.secret)
  patch(turn, { secret: current, renewWrapAt: undefined })
  switchNow(turn)
}

/**
 * Opens the wrap of the newest epoch with the KEK chains we hold, newest first.
 * @throws VerifyError `wrong-secret` if it opens to another secret than the Head commits to
 */
export function takeWrap(turn: Turn, headId: ObjectId, wrap: Bytes): void {
  const { p } = turn.world
  const chain = chainOf(turn)
  const { seated } = turn.state
  const head = chain.head
  if (head === undefined || seated === undefined || turn.state.secret?.epoch === head.fields.epoch) return
  const view = viewOf(head)
  // A beat of the same epoch may be newer than the Head the wrap was made for.
  if (!equal(headId, view) && !equal(headId, head.id)) return
  const { epochLeader } = turn.state
  const chains = seated.keks.filter((kek) => epochLeader === undefined || equal(kek.leader, epochLeader))
  for (const kek of [...chains].reverse()) {
    if (kek.epoch !== head.fields.epoch) continue
    const secret = unwrapSecret(p, kek.key, chain.space, view, seated.serial, wrap)
    if (secret === undefined) continue
    const opened: SecretAt = { epoch: head.fields.epoch, step: 0, secret }
    turn.consumed.push(reach(turn, opened).secret)
    // Of this leader's chains the older ones are of no more use.
    const older = chains.slice(0, chains.indexOf(kek))
    for (const old of older) turn.consumed.push(old.key)
    patch(turn, { seated: { ...seated, keks: seated.keks.filter((one) => !older.includes(one)) } })
    installEpoch(turn, opened)
    return
  }
  askWrapSoon(turn)
}

/** The leader has sent all wraps: whoever has none asks for one soon; senders switch now. */
export function wrapsComplete(turn: Turn, headId: ObjectId): void {
  const chain = chainOf(turn)
  const head = chain.head
  if (head === undefined || !equal(viewOf(head), headId)) return
  if (turn.state.secret?.epoch !== head.fields.epoch && turn.state.seated !== undefined) askWrapSoon(turn)
  const { sending } = turn.state
  if (sending.switchTo !== undefined)
    patch(turn, { sending: { ...sending, switchTo: { ...sending.switchTo, at: turn.world.monotonic } } })
  switchNow(turn)
}

/** Wipes epochs whose time is over. */
export function tickListening(turn: Turn): void {
  const { monotonic } = turn.world
  const { retiring } = turn.state
  const due = retiring.filter(({ at }) => at <= monotonic)
  if (due.length === 0) return
  for (const { epoch } of due) order(turn, { kind: "retire", epoch })
  // Its successor's wrap may never come: what the old one still opens must not wait for that.
  const { secret } = turn.state
  if (secret !== undefined && due.some(({ epoch }) => epoch === secret.epoch)) {
    turn.consumed.push(secret.secret)
    patch(turn, { secret: undefined })
  }
  patch(turn, { retiring: retiring.filter(({ at }) => at > monotonic) })
}
