import { equal, toHex, wipe, type Bytes } from "../base/bytes.ts"
import { VerifyError } from "../base/errors.ts"
import type { EpochMs } from "../base/ids.ts"
import { openCard } from "../link/card.ts"
import { acceptInvite, inviteIdOf, inviteRefusal } from "../link/invite.ts"
import { inviteSecrets, unwrapCardKey } from "../link/invite-secrets.ts"
import { acceptPolicy, policyKind, type SignedPolicy } from "../link/policy.ts"
import { acceptHead, startChain, type HeadBundle } from "../room/head.ts"
import { lastDeputyRank, leaderRank } from "../room/leaders.ts"
import { helloKinds, type ServiceData, type WireBundle } from "../wire/wire.ts"
import { takeHead, takeStep, wrapsComplete } from "./listening.ts"
import { raise } from "./alarms.ts"
import { wantSeat } from "./joining.ts"
import { trySeat, tryWrap } from "./seating.ts"
import { hello, sync, type HelloKind } from "./hello.ts"
import { chainOf, leaveRoom, order, patch, persist, type Turn } from "./turn.ts"
import type { Problem } from "./types.ts"

/** Proves who we are over the socket's fresh nonce: the seat we hold, else the invite we were given. */
export async function greet(turn: Turn, nonce: Bytes): Promise<void> {
  patch(turn, { nonce, socket: "greeting" })
  const { host, seatSeed, serial, inviteSeed } = turn.state
  if (host !== undefined) await hello(turn, "hello-host", helloKinds.host, host.hostSeed)
  if (serial !== undefined && seatSeed !== undefined) await hello(turn, "hello-seat", helloKinds.seat, seatSeed)
  else if (inviteSeed !== undefined) {
    const secrets = inviteSecrets(turn.world.p, { space: turn.state.space, seed: inviteSeed })
    await hello(turn, "hello-invite", helloKinds.invite, secrets.keySeed)
    wipe(secrets.keySeed, secrets.cardKeyWrapKey)
    // A request is with the leader: its answer comes to whoever holds its seat key.
    if (turn.state.request !== undefined && seatSeed !== undefined)
      await hello(turn, "hello-seat", helloKinds.seat, seatSeed)
  }
}

/** The service knows our key: catch up. */
export function greeted(turn: Turn, asked: HelloKind): void {
  if (asked === "hello-host" && turn.state.serial !== undefined) return
  sync(turn)
}

/** The service does not know us, or says so. A seat that is gone may still hold an invite. */
export function notGreeted(turn: Turn, asked: HelloKind): void {
  const { inviteSeed, secret, seated, request, seatSeed } = turn.state
  if (asked === "hello-seat" && inviteSeed !== undefined) {
    for (const kek of seated?.keks ?? []) turn.consumed.push(kek.key)
    for (const key of [secret?.secret, request?.kemSecret, seatSeed]) if (key !== undefined) turn.consumed.push(key)
    order(turn, { kind: "wipe" })
    patch(turn, {
      phase: "joining",
      wantsIn: true,
      secret: undefined,
      serial: undefined,
      seatSeed: undefined,
      seated: undefined,
      request: undefined,
      heldSeat: undefined,
      n: 0,
    })
    persist(turn)
    // On a socket that has shown the invite the answer to a new request tells why; any other one is closed.
    if (turn.state.chain !== undefined) sync(turn)
    return
  }
  leaveRoom(turn, "wrong-or-ended", turn.state.host !== undefined)
}

/** The answer to an invite's hello: everything in it is checked from the host key in the link. */
export async function takeWelcome(turn: Turn, data: ServiceData<"welcome">): Promise<void> {
  const { p, now } = turn.world
  const { space, hostPub, inviteSeed, chain } = turn.state
  if (inviteSeed === undefined) throw new VerifyError("unexpected", "Nobody asked for this welcome.")
  const secrets = inviteSecrets(p, { space, seed: inviteSeed })
  const invite = await acceptInvite(p, data.invite, space, hostPub)
  if (toHex(invite.fields.invitePub) !== toHex(p.publicKey(secrets.keySeed)))
    throw new VerifyError("wrong-invite", "This is not the invite of this link.")
  const policy = await acceptPolicy(p, data.policy, space, hostPub, undefined)
  checkInForce(policy, now)
  if (policy.fields.serial < invite.fields.minPolicy)
    throw new VerifyError("stale-policy", "This policy is older than the invite.")
  const cardKey = unwrapCardKey(p, secrets.cardKeyWrapKey, space, invite.fields.cardWrap)
  const card = await openCard(p, data.card, cardKey, space, hostPub)
  wipe(secrets.keySeed, secrets.cardKeyWrapKey, cardKey)
  patch(turn, {
    invite,
    card: card.fields,
    chain: chain ?? startChain(space, hostPub, policy),
    hostOnline: data.leader,
  })
  const refusal = inviteRefusal(invite, inviteIdOf(p, invite.fields.invitePub), policy.fields, now, clockSlackMs)
  if (refusal !== undefined) {
    leaveRoom(turn, inviteProblems[refusal], false)
    return
  }
  if (turn.state.phase === "opening") patch(turn, { phase: "card" })
  persist(turn)
  sync(turn)
}

/** Whoever comes (back) takes no policy that has run out: those it names may not lead any more. */
function checkInForce(policy: SignedPolicy, now: EpochMs): void {
  if (policy.fields.notAfter + clockSlackMs < now) throw new VerifyError("stale-policy", "This policy has run out.")
}

/** A member's clock may be this wrong before it calls an invite expired; the leader's clock decides. */
const clockSlackMs = 3_600_000

const inviteProblems = {
  revoked: "invite-revoked",
  expired: "invite-expired",
  "not-yet": "invite-not-yet",
} as const satisfies Record<string, Problem>

/** The answer to `sync`, in the order of protocol §10: policy, Heads, Step, wrap, Seats. */
export async function takeState(turn: Turn, data: ServiceData<"state">): Promise<void> {
  const { p } = turn.world
  const { space, hostPub, floor } = turn.state
  if (turn.state.chain === undefined) {
    const policy = await acceptPolicy(p, data.policy, space, hostPub, undefined)
    checkInForce(policy, turn.world.now)
    if (floor !== undefined && policy.fields.serial < policyKind.decode(p, floor.policy).fields.serial)
      throw new VerifyError("rolled-back", "The service shows a policy older than one we know.")
    patch(turn, { chain: startChain(space, hostPub, policy) })
  }
  const inForce = chainOf(turn).policy
  const [first] = data.heads
  if (chainOf(turn).head === undefined && first !== undefined) await begin(turn, fromWire(first), inForce)
  for (const bundle of data.heads) await catchUp(turn, fromWire(bundle))
  if (chainOf(turn).policy.fields.serial < inForce.fields.serial && data.heads.length > 0)
    throw new VerifyError("rolled-back", "The service shows a history older than the policy in force.")
  const newest = data.heads.at(-1)
  if (newest !== undefined && !equal(newest.head, chainOf(turn).head?.bytes ?? new Uint8Array()))
    throw new VerifyError("rolled-back", "The service shows an older history than one we know.")
  checkFloor(turn)
  for (const step of data.step) await takeStep(turn, step)
  patch(turn, { socket: "synced", hostOnline: data.leader })
  const head = chainOf(turn).head
  if (head !== undefined) {
    for (const wrap of data.wrap) await tryWrap(turn, head.id, wrap)
    if (data.wrapsComplete) wrapsComplete(turn, head.id)
  }
  for (const seat of data.seats)
    if ((await trySeat(turn, seat)) === "wrong-secret") raise(turn, "wrong-secret", undefined)
  await wantSeat(turn)
}

/**
 * Begins a history at a Head of the host or of a deputy. It may name a policy older than the one in force, which a later
 * Head names then; but whoever signed it is a deputy still.
 */
async function begin(turn: Turn, bundle: HeadBundle, inForce: SignedPolicy): Promise<void> {
  const { p } = turn.world
  const { space, hostPub } = chainOf(turn)
  if (bundle.policy === undefined) return
  const named = policyKind.decode(p, bundle.policy)
  if (named.fields.serial >= inForce.fields.serial) return
  const policy = await acceptPolicy(p, bundle.policy, space, hostPub, undefined)
  const { roster, head } = await acceptHead(p, startChain(space, hostPub, policy), bundle)
  const rank = head && leaderRank(inForce.fields, roster, head.fields.signer)
  if (rank === undefined || rank > lastDeputyRank)
    throw new VerifyError("not-a-leader", "A history that one comes to begins with the host or a deputy.")
  patch(turn, { chain: startChain(space, hostPub, policy) })
}

/** Takes a Head; over a gap of more than the service keeps, starts again like a joiner, never below what is known. */
async function catchUp(turn: Turn, bundle: HeadBundle): Promise<void> {
  try {
    await takeHead(turn, bundle)
  } catch (error) {
    // Pushed while the sync was under way; whether it is the same history, the newest one tells.
    if (error instanceof VerifyError && error.code === "stale-head") return
    if (!(error instanceof VerifyError) || error.code !== "gap" || bundle.policy === undefined) throw error
    const { p } = turn.world
    const chain = chainOf(turn)
    const policy = await acceptPolicy(p, bundle.policy, chain.space, chain.hostPub, undefined)
    checkInForce(policy, turn.world.now)
    if (policy.fields.serial < chain.policy.fields.serial)
      throw new VerifyError("rolled-back", "An older policy came back.")
    await acceptHead(p, startChain(chain.space, chain.hostPub, policy), bundle)
    if (turn.state.request !== undefined) turn.consumed.push(turn.state.request.kemSecret)
    patch(turn, { chain: startChain(chain.space, chain.hostPub, policy), heads: [], request: undefined })
    await takeHead(turn, bundle)
    retireMissed(turn, chain.head?.fields.epoch)
  }
}

/** An epoch that ended in Heads we never saw is over for who knows how long: its keys go at once. */
function retireMissed(turn: Turn, epoch: number | undefined): void {
  if (epoch === undefined || epoch === chainOf(turn).head?.fields.epoch) return
  patch(turn, { retiring: [...turn.state.retiring, { epoch, at: turn.world.monotonic }] })
}

/** After a reload the service may not show a history older than the one in the vault. */
function checkFloor(turn: Turn): void {
  const { floor } = turn.state
  const head = chainOf(turn).head
  if (floor === undefined) return
  const older = head === undefined || head.fields.seq < floor.seq
  const other = head?.fields.seq === floor.seq && toHex(head.id) !== toHex(floor.head)
  if (older || other)
    throw new VerifyError("rolled-back", "The service shows an older or another history than one we know.")
  patch(turn, { floor: undefined })
}

/** The optional parts of a bundle as the chain wants them. */
export function fromWire(bundle: WireBundle): HeadBundle {
  return { head: bundle.head, policy: bundle.policy[0], roster: bundle.roster[0], invites: bundle.invites }
}
