import { equal, wipe, type Bytes } from "../base/bytes.ts"
import { VerifyError } from "../base/errors.ts"
import type { InviteId } from "../base/ids.ts"
import { hostInviteId, inviteIdOf, inviteSecrets, memberStatement } from "../link/invite.ts"
import { commit, ratchet } from "../media/key-schedule.ts"
import { signerOf, viewOf } from "../room/head.ts"
import { lastDeputyRank, leaderRank } from "../room/leaders.ts"
import { answerKind, answers, type AnswerReason } from "../seat/answer.ts"
import { seatKind, type SignedSeat } from "../seat/seat-object.ts"
import { openSeat } from "../seat/seat.ts"
import { requestFlags, seatRequestKind } from "../seat/seat-request.ts"
import { helloKinds } from "../wire/wire.ts"
import { hello, sync } from "./hello.ts"
import { installEpoch } from "./listening.ts"
import { clockKnown, readClock } from "./freshness.ts"
import { acts, ask, chainOf, leaveRoom, patch, persist, spread, type Turn } from "./turn.ts"
import type { AnsweredRequest, LeaderKek, OpenRequest, Problem } from "./types.ts"

/** Renew after ten minutes, ± one, so that rooms do not renew in step. */
const renewMs = 600_000
const renewSpreadMs = 60_000
/** A request that got no answer is sent again. */
const answerTimeoutMs = 10_000
const quietTimeoutMs = 30_000
/** How long a deputy's Seat may come after the leader's: then the request's key is wiped. */
const besideMs = 5_000
const unreadAgainMs = 2_000
/** KEK chains a seat keeps. */
const maxChains = 4

/** Sends a SeatRequest if this member wants a seat, or its own back, and has none on the way. */
export async function wantSeat(turn: Turn): Promise<void> {
  const { state } = turn
  if (state.wantsIn && state.request !== undefined && state.seated === undefined)
    patch(turn, { phase: state.hostOnline ? "joining" : "waiting-for-host" })
  if (!state.wantsIn || state.request !== undefined || state.seated !== undefined || leadsOrWill(turn)) return
  if (state.chain?.head === undefined) {
    patch(turn, { phase: "waiting-for-host" })
    return
  }
  patch(turn, { phase: state.hostOnline ? "joining" : "waiting-for-host" })
  await sendRequest(turn)
}

/** Whoever leads needs no Seat: its own Heads seat it. Before the first Head that is the host. */
function leadsOrWill(turn: Turn): boolean {
  const { host, chain } = turn.state
  return acts(turn) || (host !== undefined && chain?.head === undefined)
}

/** Who vouches for this seat: the invite of the link, or for the host's own row the host key. */
function voucher(turn: Turn): { readonly inviteId: InviteId; readonly keySeed: Bytes } | undefined {
  const { p } = turn.world
  const { space, inviteSeed, host } = turn.state
  if (host !== undefined) return { inviteId: hostInviteId, keySeed: host.hostSeed.slice() }
  if (inviteSeed === undefined) return undefined
  const { keySeed, cardKeyWrapKey } = inviteSecrets(p, { space, seed: inviteSeed })
  wipe(cardKeyWrapKey)
  return { inviteId: inviteIdOf(p, p.publicKey(keySeed)), keySeed }
}

/** The one message for joining, recovering and healing. */
export async function sendRequest(turn: Turn): Promise<void> {
  const { p, monotonic } = turn.world
  const { space } = turn.state
  const head = chainOf(turn).head
  if (head === undefined || turn.state.socket !== "synced" || leadsOrWill(turn)) return
  const vouches = voucher(turn)
  if (vouches === undefined) return
  const seatSeed = turn.state.seatSeed ?? p.random(32)
  const isNew = turn.state.serial === undefined
  const n = isNew ? turn.state.n : turn.state.n + 1
  const seatPub = p.publicKey(seatSeed)
  const kem = await p.kemKeyPair()
  const request = await seatRequestKind.sign(p, seatSeed, {
    space,
    head: head.id,
    inviteId: vouches.inviteId,
    seatPub,
    kemPub: kem.publicKey,
    n,
    flags: turn.state.noCounters ? requestFlags.noCounters : 0,
    proof: await p.sign(vouches.keySeed, memberStatement(space, seatPub)),
  })
  wipe(vouches.keySeed)
  if (turn.state.request !== undefined) turn.consumed.push(turn.state.request.kemSecret)
  patch(turn, {
    seatSeed,
    n,
    knocking: false,
    request: {
      id: request.id,
      bytes: request.bytes,
      kemSecret: kem.secretKey,
      n,
      askedAt: monotonic,
      sentAt: monotonic,
    },
  })
  persist(turn)
  ask(turn, { kind: "request" }, (ref) => ({ TAG: "request", data: { ref, request: request.bytes } }))
}

/**
 * Takes the Seat that answers our request: own request, signer, signature, open, commit, in this order. The leader's
 * seats us; a deputy's beside it only brings the KEK chain it would lead with.
 * @throws VerifyError; a Seat whose Step has not come is kept for it.
 */
export async function takeSeat(turn: Turn, bytes: Uint8Array): Promise<void> {
  const { p } = turn.world
  const { request, answered, space } = turn.state
  const seat = seatKind.decode(p, bytes)
  const fields = seat.fields
  const chain = chainOf(turn)
  const head = chain.head
  const open = [request, answered].find((mine) => mine !== undefined && equal(fields.request, mine.id))
  if (open === undefined) return
  if (!equal(fields.space, space)) throw new VerifyError("wrong-space", "This Seat is of another space.")
  const leader = signerOf(chain)
  const signer = chain.roster.find((entry) => entry.index === fields.signer)
  const rank = leaderRank(chain.policy.fields, chain.roster, fields.signer)
  if (signer === undefined || rank === undefined || leader === undefined || head === undefined)
    throw new VerifyError("not-a-leader", "Whoever signed this Seat may not lead.")
  await seatKind.verify(p, seat, signer.seatPub)
  if (signer !== leader) {
    if (open !== request && rank <= lastDeputyRank) await takeSeatBeside(turn, seat, open)
    return
  }
  if (request === undefined || open !== request) return
  const newest = fields.epoch === head.fields.epoch
  if (fields.epoch > head.fields.epoch || (newest && fields.step > chain.step)) {
    patch(turn, { heldSeat: seat.bytes })
    return
  }
  // Whoever names a Head that is not of our history would lead us into another room.
  if (newest && !turn.state.heads.some((id) => equal(id, fields.head)))
    throw new VerifyError("bad-seat", "This Seat names a Head of another history.")
  const { kek, secret } = await openSeat(p, seat, request.id, request.kemSecret)
  if (newest) checkCommit(turn, fields.step, secret)
  await seated(turn, seat, request, { key: kek, epoch: fields.epoch, leader: leader.seatPub }, secret)
}

/** The leader's Seat has opened and carries the secret of everybody: this member is in. */
async function seated(
  turn: Turn,
  { fields }: SignedSeat,
  request: OpenRequest,
  kek: LeaderKek,
  secret: Bytes,
): Promise<void> {
  const { monotonic } = turn.world
  const head = chainOf(turn).head
  const newest = fields.epoch === head?.fields.epoch
  const before = turn.state.seated
  const again = before !== undefined && turn.state.serial === fields.serial
  const keepsCounters = again && !noCountersAsked(turn)
  const firstSeat = turn.state.serial === undefined
  readClock(turn, fields.time, kek.leader, request.askedAt)
  if (turn.state.answered !== undefined) turn.consumed.push(turn.state.answered.kemSecret)
  patch(turn, {
    phase: "seated",
    serial: fields.serial,
    request: undefined,
    knocking: false,
    answered: {
      id: request.id,
      kemSecret: request.kemSecret,
      askedAt: request.askedAt,
      until: monotonic + besideMs,
    },
    heldSeat: undefined,
    wantsIn: true,
    noCounters: false,
    seated: {
      serial: fields.serial,
      firstEpoch: keepsCounters ? before.firstEpoch : fields.epoch,
      keks: withKek(turn, again ? before.keks : [], kek),
      // A Seat that was too long on its way is no reading of the leader's clock: asked for again.
      renewAt: monotonic + (clockKnown(turn) ? renewMs + spread(turn, renewSpreadMs) : unreadAgainMs),
    },
  })
  if (newest && turn.state.secret?.epoch !== fields.epoch)
    installEpoch(turn, { epoch: fields.epoch, step: fields.step, secret })
  else turn.consumed.push(secret)
  persist(turn)
  if (firstSeat && turn.state.seatSeed !== undefined)
    await hello(turn, "hello-seat", helloKinds.seat, turn.state.seatSeed)
  // The wrap that would not open under the older chains is asked for again.
  else if (turn.state.secret?.epoch !== head?.fields.epoch) sync(turn)
}

/** A deputy's Seat for a request the leader has answered: one more chain, if it knows the secret that we know. */
async function takeSeatBeside(turn: Turn, seat: SignedSeat, open: AnsweredRequest): Promise<void> {
  const { p } = turn.world
  const { seated: before, serial } = turn.state
  const { fields } = seat
  const chain = chainOf(turn)
  const leader = chain.roster.find((entry) => entry.index === fields.signer)?.seatPub
  if (before === undefined || leader === undefined || fields.serial !== serial) return
  const newest = chain.head?.fields.epoch ?? 0
  if (fields.epoch > newest || (fields.epoch === newest && fields.step > chain.step)) return
  const { kek, secret } = await openSeat(p, seat, open.id, open.kemSecret)
  turn.consumed.push(secret)
  // In an older epoch only the key counts; a wrap under it still has to open to what its Head commits to.
  if (fields.epoch === newest) checkCommit(turn, fields.step, secret)
  readClock(turn, fields.time, leader, open.askedAt)
  const keks = withKek(turn, before.keks, { key: kek, epoch: fields.epoch, leader })
  patch(turn, { seated: { ...before, keks } })
}

/** The chains with one more, newest last; those beyond the fourth are wiped. */
function withKek(turn: Turn, chains: readonly LeaderKek[], kek: LeaderKek): readonly LeaderKek[] {
  const all = [...chains, kek]
  for (const old of all.slice(0, -maxChains)) turn.consumed.push(old.key)
  return all.slice(-maxChains)
}

/** A Seat that came before its Step or Head is tried again after each. */
export async function retryHeldSeat(turn: Turn): Promise<void> {
  if (turn.state.heldSeat === undefined) return
  try {
    await takeSeat(turn, turn.state.heldSeat)
  } catch (error) {
    if (!(error instanceof VerifyError)) throw error
    // The Head or Step that came with it was good, and moves the chain all the same.
    patch(turn, { heldSeat: undefined })
    turn.out.push({ kind: "refused", code: error.code })
  }
}

/** Whether the request just answered said that its sender has no counters. */
function noCountersAsked(turn: Turn): boolean {
  const { request } = turn.state
  return (
    request !== undefined &&
    (seatRequestKind.decode(turn.world.p, request.bytes).fields.flags & requestFlags.noCounters) !== 0
  )
}

function checkCommit(turn: Turn, at: number, secret: Uint8Array): void {
  const { p } = turn.world
  const chain = chainOf(turn)
  const head = chain.head
  if (head === undefined) return
  let current = Uint8Array.from(secret)
  for (let step = at; step < chain.step; step++) current = ratchet(p, current, viewOf(head), step + 1)
  if (!equal(commit(p, chain.space, head.fields.epoch, chain.step, current), chain.commit))
    throw new VerifyError("wrong-secret", "This Seat carries another secret than the rest have.")
}

/** The leader's signed no. */
export async function takeAnswer(turn: Turn, bytes: Uint8Array): Promise<void> {
  const { p } = turn.world
  const { request, space, knocking } = turn.state
  const answer = answerKind.decode(p, bytes)
  if (request === undefined || !equal(answer.fields.request, request.id)) return
  if (!equal(answer.fields.space, space)) throw new VerifyError("wrong-space", "This answer is of another space.")
  const signer = signerOf(chainOf(turn))
  if (signer === undefined) throw new VerifyError("not-a-leader", "Nobody leads this space.")
  await answerKind.verify(p, answer, signer.seatPub)
  if (answer.fields.reason === answers.pending) {
    patch(turn, { knocking: true })
    return
  }
  turn.consumed.push(request.kemSecret)
  patch(turn, { request: undefined, knocking: false })
  if (answer.fields.reason === answers.stale) await sendRequest(turn)
  // A human was asked: that nobody said yes is nothing that does not verify.
  else if (knocking && answer.fields.reason === answers.refused) leaveRoom(turn, "not-let-in", false)
  else leaveRoom(turn, refusalProblems[answer.fields.reason], false)
}

/** The service says no before the leader could: what it can see by itself, or that we are behind. */
export function requestRefused(turn: Turn, code: string): void {
  const { request, seated } = turn.state
  if (request === undefined) return
  const problem = serviceProblems[code]
  if (problem !== undefined && seated === undefined) return leaveRoom(turn, problem, false)
  // Everything else is tried again: at once with a newer Head or number, else after the answer timeout.
  if (code !== "stale" && code !== "replayed") return
  turn.consumed.push(request.kemSecret)
  // Replayed: an earlier request of ours was admitted and its Seat lost, so this one renews it.
  patch(turn, { request: undefined, n: code === "replayed" ? request.n + 1 : request.n })
  sync(turn)
}

const serviceProblems: Readonly<Record<string, Problem>> = {
  revoked: "invite-revoked",
  "not-yet": "invite-not-yet",
  expired: "invite-expired",
  "used-up": "invite-used-up",
  burnt: "invite-burnt",
  "not-allowed": "refused",
}

const refusalProblems: Record<Exclude<AnswerReason, 0 | 1>, Problem> = {
  [answers.revoked]: "invite-revoked",
  [answers.notYet]: "invite-not-yet",
  [answers.expired]: "invite-expired",
  [answers.usedUp]: "invite-used-up",
  [answers.burnt]: "invite-burnt",
  [answers.full]: "space-full",
  [answers.refused]: "refused",
}

/** Renewals that are due, and requests without an answer. */
export async function tickJoining(turn: Turn): Promise<void> {
  const { monotonic } = turn.world
  const { state } = turn
  if (state.answered !== undefined && monotonic >= state.answered.until) {
    turn.consumed.push(state.answered.kemSecret)
    patch(turn, { answered: undefined })
  }
  if (state.socket !== "synced" || leadsOrWill(turn)) return
  if (state.request !== undefined) {
    // Without a leader as well, now and then: an invite that was taken back meanwhile hears of nothing else.
    const patience = state.hostOnline ? answerTimeoutMs : quietTimeoutMs
    if (!state.knocking && monotonic - state.request.sentAt > patience) {
      // The same bytes: if the leader has answered, the service hands out the same Seat again.
      const { request } = state
      patch(turn, { request: { ...request, sentAt: monotonic } })
      ask(turn, { kind: "request" }, (ref) => ({ TAG: "request", data: { ref, request: request.bytes } }))
    }
    return
  }
  const renew = state.seated !== undefined && monotonic >= state.seated.renewAt
  const wrapOverdue = state.renewWrapAt !== undefined && monotonic >= state.renewWrapAt
  if (state.seated !== undefined && (renew || wrapOverdue)) {
    patch(turn, { renewWrapAt: undefined })
    await sendRequest(turn)
  }
}
