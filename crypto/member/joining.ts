import { equal, wipe } from "../base/bytes.ts"
import { VerifyError } from "../base/errors.ts"
import { inviteIdOf, inviteSecrets, memberStatement } from "../link/invite.ts"
import { commit, ratchet } from "../media/key-schedule.ts"
import { viewOf } from "../room/head.ts"
import { answerKind, answers, type AnswerReason } from "../seat/answer.ts"
import { seatKind } from "../seat/seat-object.ts"
import { openSeat } from "../seat/seat.ts"
import { requestFlags, seatRequestKind } from "../seat/seat-request.ts"
import { helloKinds } from "../wire/wire.ts"
import { hello, sync } from "./hello.ts"
import { installEpoch } from "./listening.ts"
import { ask, chainOf, leaderPub, leaveRoom, patch, persist, spread, type Turn } from "./turn.ts"
import type { Problem } from "./types.ts"

/** Renew after ten minutes, ± one, so that rooms do not renew in step. */
const renewMs = 600_000
const renewSpreadMs = 60_000
/** A request that got no answer is sent again. */
const answerTimeoutMs = 10_000

/** Sends a SeatRequest if this member wants a seat, or its own back, and has none on the way. */
export async function wantSeat(turn: Turn): Promise<void> {
  const { state } = turn
  if (!state.wantsIn || state.host !== undefined || state.request !== undefined || state.seated !== undefined) return
  if (state.chain?.head === undefined) {
    patch(turn, { phase: "waiting-for-host" })
    return
  }
  patch(turn, { phase: state.hostOnline ? "joining" : "waiting-for-host" })
  await sendRequest(turn)
}

/** The one message for joining, recovering and healing. */
export async function sendRequest(turn: Turn): Promise<void> {
  const { p, monotonic } = turn.world
  const { space, inviteSeed } = turn.state
  const head = chainOf(turn).head
  if (inviteSeed === undefined || head === undefined || turn.state.socket !== "synced") return
  const seatSeed = turn.state.seatSeed ?? p.random(32)
  const isNew = turn.state.serial === undefined
  const n = isNew ? turn.state.n : turn.state.n + 1
  const secrets = inviteSecrets(p, { space, seed: inviteSeed })
  const seatPub = p.publicKey(seatSeed)
  const kem = await p.kemKeyPair()
  const request = await seatRequestKind.sign(p, seatSeed, {
    space,
    head: head.id,
    inviteId: inviteIdOf(p, p.publicKey(secrets.keySeed)),
    seatPub,
    kemPub: kem.publicKey,
    n,
    flags: turn.state.noCounters ? requestFlags.noCounters : 0,
    proof: await p.sign(secrets.keySeed, memberStatement(space, seatPub)),
  })
  wipe(secrets.keySeed, secrets.cardKeyWrapKey)
  if (turn.state.request !== undefined) turn.consumed.push(turn.state.request.kemSecret)
  patch(turn, {
    seatSeed,
    n,
    request: { id: request.id, bytes: request.bytes, kemSecret: kem.secretKey, n, sentAt: monotonic },
  })
  persist(turn)
  ask(turn, { kind: "request" }, (ref) => ({ TAG: "request", data: { ref, request: request.bytes } }))
}

/**
 * Takes the Seat that answers our request: signer, signature, own request, open, commit, in this order.
 * @throws VerifyError; a Seat whose Step has not come is kept for it.
 */
export async function takeSeat(turn: Turn, bytes: Uint8Array): Promise<void> {
  const { p, monotonic } = turn.world
  const { request, space } = turn.state
  const seat = seatKind.decode(p, bytes)
  const fields = seat.fields
  const chain = chainOf(turn)
  const head = chain.head
  if (request === undefined || !equal(fields.request, request.id)) return
  if (!equal(fields.space, space)) throw new VerifyError("wrong-space", "This Seat is of another space.")
  const signer = leaderPub(chain)
  if (signer === undefined || head === undefined) throw new VerifyError("not-a-leader", "Nobody leads this space.")
  await seatKind.verify(p, seat, signer)
  const newest = fields.epoch === head.fields.epoch
  if (fields.epoch > head.fields.epoch || (newest && fields.step > chain.step)) {
    patch(turn, { heldSeat: seat.bytes })
    return
  }
  const { kek, secret } = await openSeat(p, seat, request.id, request.kemSecret)
  if (newest) checkCommit(turn, fields.step, secret)
  turn.consumed.push(request.kemSecret)

  const before = turn.state.seated
  const again = before !== undefined && turn.state.serial === fields.serial
  const keks = [...(again ? before.keks : []), { key: kek, epoch: fields.epoch }]
  for (const old of keks.slice(0, -4)) turn.consumed.push(old.key)
  const firstSeat = turn.state.serial === undefined
  const keepsCounters = again && !noCountersAsked(turn)
  patch(turn, {
    phase: "seated",
    serial: fields.serial,
    request: undefined,
    heldSeat: undefined,
    wantsIn: true,
    noCounters: false,
    seated: {
      serial: fields.serial,
      firstEpoch: keepsCounters ? before.firstEpoch : fields.epoch,
      keks: keks.slice(-4),
      renewAt: monotonic + renewMs + spread(turn, renewSpreadMs),
    },
  })
  if (newest && turn.state.secret?.epoch !== fields.epoch)
    installEpoch(turn, { epoch: fields.epoch, step: fields.step, secret })
  else turn.consumed.push(secret)
  persist(turn)
  if (firstSeat && turn.state.seatSeed !== undefined)
    await hello(turn, "hello-seat", helloKinds.seat, turn.state.seatSeed)
  // The wrap that would not open under the older chains is asked for again.
  else if (turn.state.secret?.epoch !== head.fields.epoch) sync(turn)
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
  const { request, space } = turn.state
  const answer = answerKind.decode(p, bytes)
  if (request === undefined || !equal(answer.fields.request, request.id)) return
  if (!equal(answer.fields.space, space)) throw new VerifyError("wrong-space", "This answer is of another space.")
  const signer = leaderPub(chainOf(turn))
  if (signer === undefined) throw new VerifyError("not-a-leader", "Nobody leads this space.")
  await answerKind.verify(p, answer, signer)
  if (answer.fields.reason === answers.pending) return
  turn.consumed.push(request.kemSecret)
  patch(turn, { request: undefined })
  if (answer.fields.reason === answers.stale) await sendRequest(turn)
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
  if (state.socket !== "synced" || state.host !== undefined) return
  if (state.request !== undefined) {
    if (state.hostOnline && monotonic - state.request.sentAt > answerTimeoutMs) {
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
