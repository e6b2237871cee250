import { equal, wipe, type Bytes } from "../base/bytes.ts"
import { VerifyError } from "../base/errors.ts"
import type { InviteId } from "../base/ids.ts"
import { hostInviteId, inviteIdOf, memberStatement } from "../link/invite.ts"
import { inviteSecrets } from "../link/invite-secrets.ts"
import { signerOf } from "../room/head.ts"
import { answerKind, answers, type AnswerReason } from "../seat/answer.ts"
import { helloKinds } from "../wire/wire.ts"
import { requestFlags, seatRequestKind } from "../seat/seat-request.ts"
import { hello, sync } from "./hello.ts"
import { askWrapSoon } from "./listening.ts"
import { acts, ask, chainOf, copyOf, leaveRoom, patch, persist, type Turn } from "./turn.ts"
import type { MemberState, Problem } from "./types.ts"

/** A request that got no answer is sent again. */
const answerTimeoutMs = 10_000
const quietTimeoutMs = 30_000
/** Whoever leads sends a knock away after two minutes: who has heard nothing by then has no knock any more, or no leader. */
const knockTimeoutMs = 130_000

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
  if (host !== undefined) return { inviteId: hostInviteId, keySeed: copyOf(turn, host.hostSeed) }
  if (inviteSeed === undefined) return undefined
  const { keySeed, cardKeyWrapKey } = inviteSecrets(p, { space, seed: inviteSeed })
  wipe(cardKeyWrapKey)
  return { inviteId: inviteIdOf(p, p.publicKey(keySeed)), keySeed }
}

/** The one message for joining, recovering and healing. */
export async function sendRequest(turn: Turn): Promise<void> {
  const { p, monotonic } = turn.world
  // Whoever cannot open the newest epoch may have a twin that can, a copied profile say, and sends in it: this page then
  // does not, whatever it has counted.
  const { space, secret } = turn.state
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
    flags: turn.state.noCounters || secret?.epoch !== head.fields.epoch ? requestFlags.noCounters : 0,
    proof: await p.sign(vouches.keySeed, memberStatement(space, seatPub)),
  })
  wipe(vouches.keySeed)
  if (turn.state.request !== undefined) turn.consumed.push(turn.state.request.kemSecret)
  patch(turn, {
    seatSeed,
    n,
    knocking: false,
    heldSeat: undefined,
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

/** A wrap that was pushed before the service knew this seat's socket comes with what it is asked for then. */
function comingMs({ asked }: MemberState): number {
  return [...asked.values()].some(({ kind }) => kind === "hello-seat" || kind === "sync") ? answerTimeoutMs : 0
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
export async function requestRefused(turn: Turn, code: string): Promise<void> {
  const { request, seated } = turn.state
  if (request === undefined) return
  const problem = serviceProblems[code]
  if (problem !== undefined && seated === undefined) return leaveRoom(turn, problem, false)
  // Everything else is tried again: at once with a newer Head or number, else after the answer timeout.
  if (code !== "stale" && code !== "replayed") {
    patch(turn, { request: { ...request, dropped: true } })
    return
  }
  turn.consumed.push(request.kemSecret)
  // Replayed: an earlier request of ours was admitted and its Seat lost, so this one renews it.
  patch(turn, { request: undefined, n: code === "replayed" ? request.n + 1 : request.n })
  // The row is there: whoever else is connected with this seat is told that it has moved here.
  if (code === "replayed" && turn.state.serial === undefined && turn.state.seatSeed !== undefined)
    return hello(turn, "hello-seat", helloKinds.seat, turn.state.seatSeed)
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
    const quiet = state.hostOnline ? answerTimeoutMs : quietTimeoutMs
    const patience = state.knocking && state.request.dropped !== true ? knockTimeoutMs : quiet
    if (monotonic - state.request.sentAt > patience) {
      const { request } = state
      // Its Seat would tell a clock from the moment on at which it was first sent: a later one tells it better.
      if (request.dropped === true) return sendRequest(turn)
      // The same bytes: if the leader has answered, the service hands out the same Seat again.
      patch(turn, { request: { ...request, sentAt: monotonic } })
      ask(turn, { kind: "request" }, (ref) => ({ TAG: "request", data: { ref, request: request.bytes } }))
    }
    return
  }
  if (state.seated === undefined) return
  const wrapOverdue = state.renewWrapAt !== undefined && monotonic >= state.renewWrapAt + comingMs(state)
  if (monotonic >= state.seated.renewAt || wrapOverdue) {
    patch(turn, { renewWrapAt: undefined })
    return sendRequest(turn)
  }
  // A renewal that was refused, or brought an older epoch's Seat, leaves it where it was.
  if (state.renewWrapAt === undefined && state.secret?.epoch !== state.chain?.head?.fields.epoch) askWrapSoon(turn)
}
