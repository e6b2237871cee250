import { equal, type Bytes } from "../base/bytes.ts"
import { ProtocolError, VerifyError } from "../base/errors.ts"
import type { ObjectId } from "../base/ids.ts"
import { signerOf } from "../room/head.ts"
import { lastDeputyRank, leaderRank } from "../room/leaders.ts"
import { seatKind, type SignedSeat } from "../seat/seat-object.ts"
import { openSeat } from "../seat/seat.ts"
import { requestFlags, seatRequestKind } from "../seat/seat-request.ts"
import { helloKinds } from "../wire/wire.ts"
import { clockKnown, readClock } from "./freshness.ts"
import { hello, sync } from "./hello.ts"
import { sendRequest } from "./joining.ts"
import { installEpoch, reach, takeWrap } from "./listening.ts"
import { withKek } from "./own-keks.ts"
import { chainOf, patch, persist, spread, type Turn } from "./turn.ts"
import type { AnsweredRequest, LeaderKek, OpenRequest } from "./types.ts"

/** Renew after ten minutes, ± one, so that rooms do not renew in step. */
const renewMs = 600_000
const renewSpreadMs = 60_000
/** A Seat that told no time is asked for again after this long. */
const unreadAgainMs = 2_000
/** How long a deputy's Seat may come after the leader's: then the request's key is wiped. */
const besideMs = 5_000

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
  const own = [request, answered].find((mine) => mine !== undefined && equal(fields.request, mine.id))
  if (own === undefined) return
  if (!equal(fields.space, space)) throw new VerifyError("wrong-space", "This Seat is of another space.")
  const leader = signerOf(chain)
  const signer = chain.roster.find((entry) => entry.index === fields.signer)
  const rank = leaderRank(chain.policy.fields, chain.roster, fields.signer)
  // Its signer led until after we asked: the service would give us this Seat again, and the next leader none.
  const isLate = own === request && (turn.state.signerSince ?? -Infinity) >= own.askedAt
  try {
    if (signer === undefined || rank === undefined || leader === undefined || head === undefined)
      throw new VerifyError("not-a-leader", "Whoever signed this Seat may not lead.")
    await seatKind.verify(p, seat, signer.seatPub)
  } catch (error) {
    // It may have left the stage since, and somebody else have its index.
    if (!isLate) throw error
    await sendRequest(turn)
    return
  }
  if (signer !== leader) {
    if (isLate) await sendRequest(turn)
    else if (own !== request && rank <= lastDeputyRank) await takeSeatBeside(turn, seat, own)
    return
  }
  if (request === undefined || own !== request) return
  const newest = fields.epoch === head.fields.epoch
  if (fields.epoch > head.fields.epoch || (newest && fields.step > chain.step)) {
    patch(turn, { heldSeat: seat.bytes })
    return
  }
  // Whoever names a Head that is not of our history would lead us into another room.
  if (newest && !turn.state.heads.some((id) => equal(id, fields.head)))
    throw new VerifyError("bad-seat", "This Seat names a Head of another history.")
  const { kek, secret } = await open(turn, seat, request)
  if (newest) turn.consumed.push(reach(turn, { epoch: fields.epoch, step: fields.step, secret }).secret)
  await seated(turn, seat, request, { key: kek, epoch: fields.epoch, leader: leader.seatPub }, secret)
}

/** What a Seat carries, for this turn to keep or to wipe. */
async function open(turn: Turn, seat: SignedSeat, { id, kemSecret }: AnsweredRequest) {
  const opened = await openSeat(turn.world.p, seat, id, kemSecret)
  turn.drawn.push(opened.secret)
  return opened
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
  const asked = noCountersAsked(turn)
  // An epoch that began while this Seat was under way, and that no wrap of ours has opened, may be a twin's.
  const overtaken = again && !asked && (turn.state.secret?.epoch ?? -1) < fields.epoch
  const keepsCounters = again && !asked && !overtaken
  const firstSeat = turn.state.serial === undefined
  readClock(turn, fields.time, kek.leader, request.askedAt)
  if (turn.state.answered !== undefined) turn.consumed.push(turn.state.answered.kemSecret)
  if (!again) for (const old of before?.keks ?? []) turn.consumed.push(old.key)
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
    noCounters: overtaken,
    seated: {
      serial: fields.serial,
      firstEpoch: keepsCounters ? before.firstEpoch : fields.epoch,
      keks: withKek(turn, again ? before.keks : [], kek),
      // A Seat that was too long on its way is no reading of the leader's clock: asked for again.
      renewAt: overtaken
        ? monotonic
        : monotonic + (clockKnown(turn) ? renewMs + spread(turn, renewSpreadMs) : unreadAgainMs),
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
async function takeSeatBeside(turn: Turn, seat: SignedSeat, answered: AnsweredRequest): Promise<void> {
  const { seated: before, serial } = turn.state
  const { fields } = seat
  const chain = chainOf(turn)
  const leader = chain.roster.find((entry) => entry.index === fields.signer)?.seatPub
  if (before === undefined || leader === undefined || fields.serial !== serial) return
  const newest = chain.head?.fields.epoch ?? 0
  if (fields.epoch > newest || (fields.epoch === newest && fields.step > chain.step)) return
  const { kek, secret } = await open(turn, seat, answered)
  turn.consumed.push(secret)
  // In an older epoch only the key counts; a wrap under it still has to open to what its Head commits to.
  if (fields.epoch === newest)
    turn.consumed.push(reach(turn, { epoch: fields.epoch, step: fields.step, secret }).secret)
  readClock(turn, fields.time, leader, answered.askedAt)
  const keks = withKek(turn, before.keks, { key: kek, epoch: fields.epoch, leader })
  patch(turn, { seated: { ...before, keks } })
}

/** A Seat that came before its Step or Head is tried again after each. */
export async function retryHeldSeat(turn: Turn): Promise<void> {
  if (turn.state.heldSeat === undefined) return
  const { heldSeat } = turn.state
  // The Head or Step that came with it was good, and moves the chain all the same.
  if ((await trySeat(turn, heldSeat)) !== undefined) patch(turn, { heldSeat: undefined })
}

/** Takes a Seat that came beside something else, which stands whatever the Seat is worth. @returns the code of a refusal */
export function trySeat(turn: Turn, bytes: Uint8Array): Promise<string | undefined> {
  return refusable(turn, () => takeSeat(turn, bytes))
}

/** The same for a wrap; one that opens to another secret than everybody's is asked for once more. */
export async function tryWrap(turn: Turn, head: ObjectId, wrap: Bytes): Promise<void> {
  const refused = await refusable(turn, async () => takeWrap(turn, head, wrap))
  if (refused === "wrong-secret" && turn.state.request === undefined) await sendRequest(turn)
}

async function refusable(turn: Turn, take: () => Promise<void>): Promise<string | undefined> {
  const { state } = turn
  const [drawn, said, spent] = [turn.drawn.length, turn.out.length, turn.consumed.length]
  try {
    await take()
    return undefined
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.fault === "us") throw error
    // What is refused changes nothing, and what it carried is kept nowhere.
    turn.state = state
    turn.out.length = said
    turn.consumed.length = spent
    turn.consumed.push(...turn.drawn.slice(drawn))
    turn.out.push({ kind: "refused", code: error.code })
    return error.code
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
