import { equal, toHex } from "../base/bytes.ts"
import { hostInviteId } from "../link/invite.ts"
import { signerOf } from "../room/head.ts"
import { answerKind, answers } from "../seat/answer.ts"
import { leaveKind } from "../seat/leave.ts"
import { acceptSeatRequest, seatRequestKind, type SignedSeatRequest } from "../seat/seat-request.ts"
import type { ServiceData } from "../wire/wire.ts"
import { sayNo } from "./admitting.ts"
import { change } from "./pending.ts"
import { keyOf } from "./secrets.ts"
import { learnInvites } from "./standby.ts"
import { leaderLeft } from "./takeover.ts"
import { acts, chainOf, leading, ownKey, patchLead, type Turn } from "./turn.ts"
import type { Waiting } from "./leadership.ts"

/** Requests a leader keeps at a time; the service has the rest. */
const maxWaiting = 2_048
/** Requests that the service has at most: whoever stands by knows who asked, even where it keeps no more of it. */
const maxDropped = 20_000
/** Requests a host that stands by remembers the invite of. */
const maxShown = 256
/** A knock is answered again at most so often. */
const tellAgainMs = 5_000

/** A request from the service: everything is checked again from the host key down; its word is not taken. */
export async function takeRequest(turn: Turn, data: ServiceData<"request">): Promise<void> {
  const { p, monotonic } = turn.world
  const { space, hostPub } = turn.state
  const bytes = data.request
  const shape = seatRequestKind.decode(p, bytes)
  const lead = leading(turn)
  const known = [...lead.waiting, ...lead.knocking]
  const again = known.find(({ request }) => equal(request.id, shape.id))
  if (again !== undefined) return lead.knocking.includes(again) ? tellAgain(turn, again) : undefined
  if (lead.seen.has(toHex(shape.id))) return
  if (lead.inflight?.kind === "batch" && lead.inflight.answered.some(({ request }) => equal(request.id, shape.id)))
    return
  const isFull = known.length >= maxWaiting
  if (isFull && acts(turn)) return
  await learnInvites(turn, data.invite)
  const isHost = equal(shape.fields.inviteId, hostInviteId)
  const invite = leading(turn).invites.get(toHex(shape.fields.inviteId))
  if (invite === undefined && !isHost) return
  const request = await acceptSeatRequest(p, bytes, { space, hostPub, invite })
  noteShown(turn, request)
  if (isFull) return noteDropped(turn, request)
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

/** Whoever asks again may not have heard that a human is asked. */
async function tellAgain(turn: Turn, knock: Waiting): Promise<void> {
  const { monotonic } = turn.world
  if (!acts(turn) || monotonic - (knock.toldAt ?? knock.since) < tellAgainMs) return
  const { knocking } = leading(turn)
  patchLead(turn, { knocking: knocking.map((other) => (other === knock ? { ...knock, toldAt: monotonic } : other)) })
  await sayNo(turn, knock.request, answers.pending)
}

/** A host that stands by tells those who knock by the labels of their invites. */
function noteShown(turn: Turn, { id, fields }: SignedSeatRequest): void {
  if (turn.state.host === undefined || acts(turn)) return
  const shown = [...leading(turn).shown, [toHex(id), toHex(fields.inviteId)] as const]
  patchLead(turn, { shown: new Map(shown.slice(-maxShown)) })
}

/** Whoever leads may have room for a request where we have none; its row must not look as if nobody had asked. */
function noteDropped(turn: Turn, { fields }: SignedSeatRequest): void {
  const key = toHex(fields.seatPub)
  // once: what is repeated would push out what is asked
  const { dropped } = leading(turn)
  if (!dropped.includes(key)) patchLead(turn, { dropped: [...dropped, key].slice(-maxDropped) })
}

/** The leader said no to a request, or that a human is asked: whoever stands by need not answer it either. */
export async function takeForeignAnswer(turn: Turn, bytes: Uint8Array): Promise<void> {
  const { p, monotonic } = turn.world
  const answer = answerKind.decode(p, bytes)
  const leader = signerOf(chainOf(turn))
  if (leader === undefined || !equal(answer.fields.space, turn.state.space)) return
  await answerKind.verify(p, answer, leader.seatPub)
  const { waiting, knocking } = leading(turn)
  const named = ({ request }: Waiting): boolean => equal(request.id, answer.fields.request)
  const knock = answer.fields.reason === answers.pending ? waiting.filter(named) : []
  const still = answer.fields.reason === answers.pending ? knocking : knocking.filter((other) => !named(other))
  patchLead(turn, {
    heardAt: monotonic,
    waiting: waiting.filter((other) => !named(other)),
    // Whoever knocks asks again only if told to, and the next leader must know whom to tell.
    knocking: [...still, ...knock.map((other) => ({ ...other, since: monotonic }))],
  })
}

/** Somebody gives up a seat: leaves with the next batch. A leader that leaves has the next one lead. */
export async function takeLeave(turn: Turn, bytes: Uint8Array): Promise<void> {
  const { p } = turn.world
  const leave = leaveKind.decode(p, bytes)
  const row = leading(turn).seats?.rows.get(leave.fields.serial)
  if (row === undefined || !equal(leave.fields.space, turn.state.space)) return
  await leaveKind.verify(p, leave, row.seatPub)
  const chain = chainOf(turn)
  // One from before it made the newest Head: it came back since, and leads.
  const leads = signerOf(chain)?.serial === row.serial
  if (leads && leave.fields.n < (chain.head?.fields.seq ?? 0)) return
  if (leaderLeft(turn, row.serial, leave.fields.n)) return
  if (!acts(turn)) return
  // Whoever may not be removed by us only gets no wrap any more.
  turn.consumed.push(...keyOf(leading(turn), row.serial))
  patchLead(turn, { keks: new Map([...leading(turn).keks].filter(([serial]) => serial !== row.serial)) })
  change(turn, { remove: [row.serial] })
}
