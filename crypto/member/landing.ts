import { equal, toHex } from "../base/bytes.ts"
import { noIndex } from "../base/ids.ts"
import { reasons } from "../room/head.ts"
import { applySeatChanges } from "../room/seats.ts"
import { requestFlags } from "../seat/seat-request.ts"
import { acceptStep, stepKind } from "../seat/step.ts"
import { helloKinds } from "../wire/wire.ts"
import { hello } from "./hello.ts"
import { installEpoch, takeHead } from "./listening.ts"
import { change } from "./pending.ts"
import { remember } from "./posts.ts"
import { dropPost } from "./secrets.ts"
import { switchNow } from "./sending.ts"
import { hostSerial } from "./start.ts"
import { chainOf, copyOf, leading, patch, patchLead, persist, type Turn } from "./turn.ts"
import type { BatchPost, HeadPost, Leading } from "./leadership.ts"
import { keepKeks } from "./wrapping.ts"

/** How long the service has to echo a Head. */
const echoMs = 500

/** Whether a Head from the service is the echo of our own POST. */
export function isOwnHead(turn: Turn, bytes: Uint8Array): boolean {
  const post = turn.state.lead?.inflight
  return post?.kind === "head" && equal(post.bundle.head, bytes)
}

/** Whether a Step from the service is the echo of our own POST. */
export function isOwnStep(turn: Turn, bytes: Uint8Array): boolean {
  const post = turn.state.lead?.inflight
  return post?.kind === "batch" && equal(post.step, bytes)
}

/** Our POST is accepted: the leader's own state moves by the same functions as everybody's. */
export async function landed(turn: Turn): Promise<void> {
  const post = turn.state.lead?.inflight
  if (post?.kind === "head") await headLanded(turn, post)
  if (post?.kind === "batch") await batchLanded(turn, post)
}

async function headLanded(turn: Turn, post: HeadPost): Promise<void> {
  const lead = leading(turn)
  const before = chainOf(turn).head
  const takesOver = post.reason === reasons.takeover
  await takeHead(turn, post.bundle)
  noticeHead(turn, post)
  // Requests that name a Head of the leader before are sent again, knocks as well: their answers may be there already.
  if (takesOver) patchLead(turn, { recentHeads: [], waiting: [...lead.waiting, ...lead.knocking], knocking: [] })
  remember(turn, post.id)
  patchLead(turn, { inflight: undefined, unnoticedSince: undefined })
  if (takesOver) patchLead(turn, { lastRotationAt: turn.world.monotonic, renewals: renewedNow(turn) })
  const { epoch } = post.secret
  const sameEpoch = epoch === before?.fields.epoch
  // Back from a reload it leads before it may send, or has a seat: whoever would have made its next epoch leads no more.
  const firstEpoch = turn.state.seated?.firstEpoch ?? (sameEpoch ? epoch : -1)
  if (takesOver && firstEpoch >= epoch) change(turn, { rotate: true })
  if (sameEpoch || lead.seats === undefined) {
    dropPost(turn, post)
    persist(turn)
    return
  }
  const seats = applySeatChanges(lead.seats, post.changes)
  keepKeks(turn, seats.rows)
  if (lead.secret !== undefined) turn.consumed.push(lead.secret.secret)
  if (lead.wraps !== undefined) turn.consumed.push(lead.wraps.secret)
  const audience = [...seats.rows.values()].filter((row) => row.index === noIndex).map((row) => row.serial)
  patchLead(turn, {
    seats,
    secret: post.secret,
    renewals: new Map([...leading(turn).renewals].filter(([serial]) => seats.rows.has(serial))),
    wraps: { head: post.id, secret: copyOf(turn, post.secret.secret), serials: audience, sent: undefined },
  })
  await takeOwnSeat(turn, epoch - 1)
  if (post.restored) sendOnlyAfter(turn, epoch)
  installEpoch(turn, { ...post.secret, secret: copyOf(turn, post.secret.secret) })
  persist(turn)
}

/** The bytes are public: whoever the media server reaches knows of it even if the service holds it back. */
function noticeHead(turn: Turn, post: HeadPost): void {
  turn.out.push({ kind: "notice", bytes: post.bundle.head })
}

/** A Head that the service has not echoed goes out over the media server alone. */
export function tickLanding(turn: Turn): void {
  const { monotonic } = turn.world
  const { inflight, unnoticedSince } = leading(turn)
  if (inflight?.kind !== "head" || unnoticedSince === undefined || monotonic - unnoticedSince < echoMs) return
  noticeHead(turn, inflight)
  patchLead(turn, { unnoticedSince: undefined })
}

/** A leader is seated by its own Head; after a reload it sends only in the epochs it makes from now on. */
async function takeOwnSeat(turn: Turn, firstEpoch: number): Promise<void> {
  if (turn.state.seated !== undefined) return
  const first = turn.state.serial === undefined
  const serial = turn.state.serial ?? hostSerial
  patch(turn, {
    phase: "seated",
    serial,
    seated: { serial, firstEpoch, keks: [], renewAt: Infinity },
  })
  // The service knows this seat key from the Head on.
  if (first && turn.state.seatSeed !== undefined) await hello(turn, "hello-seat", helloKinds.seat, turn.state.seatSeed)
}

/** Whoever else has a restored Head sends in its epoch: the next one is ours alone. */
function sendOnlyAfter(turn: Turn, epoch: number): void {
  const { seated } = turn.state
  if (seated !== undefined) patch(turn, { seated: { ...seated, firstEpoch: Math.max(seated.firstEpoch, epoch) } })
  change(turn, { rotate: true })
}

/** Who has renewed with whoever led meanwhile is not known: nobody has been silent for longer than we lead. */
function renewedNow(turn: Turn): Leading["renewals"] {
  const { monotonic } = turn.world
  return new Map([...leading(turn).renewals].map(([serial, { n }]) => [serial, { at: monotonic, n }]))
}

async function batchLanded(turn: Turn, post: BatchPost): Promise<void> {
  const { p } = turn.world
  const lead = leading(turn)
  if (lead.seats === undefined) return
  const current = chainOf(turn)
  const fields = stepKind.decode(p, post.step).fields
  if (current.step < fields.step) patch(turn, { chain: (await acceptStep(p, current, post.step)).chain })
  const replaced = [...post.keks.keys()].flatMap((serial) => lead.keks.get(serial) ?? [])
  for (const kek of replaced) turn.consumed.push(kek.key)
  if (lead.secret !== undefined) turn.consumed.push(lead.secret.secret)
  patchLead(turn, {
    inflight: undefined,
    seats: applySeatChanges(lead.seats, post.changes),
    keks: new Map([...lead.keks, ...post.keks]),
    secret: post.secret,
    renewals: new Map([...lead.renewals, ...post.renewals]),
    seen: new Map([
      ...lead.seen,
      ...post.answered.map(({ request }) => [toHex(request.id), request.fields.head] as const),
    ]),
  })
  if (turn.state.secret !== undefined) turn.consumed.push(turn.state.secret.secret)
  patch(turn, { secret: { ...post.secret, secret: copyOf(turn, post.secret.secret) } })
  switchNow(turn)
  if (anyWithoutCounters(turn, post)) change(turn, { rotate: true })
  persist(turn)
}

/** Somebody on stage has reloaded: it sends only in epochs after the one of its new Seat. */
function anyWithoutCounters(turn: Turn, post: BatchPost): boolean {
  const rows = [...(leading(turn).seats?.rows.values() ?? [])]
  return post.answered.some(({ request: { fields } }) => {
    const row = rows.find((seat) => equal(seat.seatPub, fields.seatPub))
    return row !== undefined && row.index !== noIndex && (fields.flags & requestFlags.noCounters) !== 0
  })
}
