import { equal, toHex, type Bytes } from "../base/bytes.ts"
import { epoch, fixed, objectId, oneOf, senderIndex, spaceId, step, struct, time, u32 } from "../base/codec.ts"
import { VerifyError } from "../base/errors.ts"
import type { Epoch, EpochMs, ObjectId, SenderIndex, SpaceId, Step } from "../base/ids.ts"
import type { Primitives } from "../base/primitives.ts"
import { signedKind, type Signed } from "../base/signed.ts"
import type { SignedInvite } from "../link/invite.ts"
import { acceptInvite, inviteIdOf } from "../link/invite.ts"
import { acceptPolicy, noObject, type SignedPolicy } from "../link/policy.ts"
import { entryOf, lastDeputyRank, leaderRank } from "./leaders.ts"
import { roles } from "./roles.ts"
import { acceptRoster, decodeRoster, rosterHash, type Roster, type RosterEntry } from "./roster.ts"

/** Why a Head was made. `takeover`: its signer is not the one of the Head before. */
export const reasons = { beat: 0, rotate: 1, stage: 2, leave: 3, urgent: 4, takeover: 5 } as const
export type Reason = (typeof reasons)[keyof typeof reasons]

/** One link of the signed, hash-chained history of a space: who is in, under which policy, with which secret. */
export interface Head {
  readonly space: SpaceId
  readonly seq: number
  /** Id of the Head before; 32 zeros for seq 0. */
  readonly prev: ObjectId
  readonly epoch: Epoch
  readonly step: Step
  /** Id of the epoch's first Head; 32 zeros if this is it. */
  readonly epochHead: ObjectId
  readonly policy: ObjectId
  readonly roster: ObjectId
  /** Seats, audience included. */
  readonly count: number
  readonly seats: ObjectId
  /** Binds secret(epoch, step): nobody can be given another one than the rest. */
  readonly commit: Bytes
  readonly reason: Reason
  readonly time: EpochMs
  /** Sender index of the leader who signed. */
  readonly signer: SenderIndex
}

export type SignedHead = Signed<Head>

export const headKind = signedKind<Head>(
  "sign-head",
  4,
  struct({
    space: spaceId,
    seq: u32,
    prev: objectId,
    epoch,
    step,
    epochHead: objectId,
    policy: objectId,
    roster: objectId,
    count: u32,
    seats: objectId,
    commit: fixed(32),
    reason: oneOf(Object.values(reasons)),
    time,
    signer: senderIndex,
  }),
  512,
)

/** A Head with what it names, as the key service delivers it; what has not changed since the Head before may be absent. */
export interface HeadBundle {
  readonly head: Bytes
  readonly policy: Bytes | undefined
  readonly roster: Bytes | undefined
  /** Invites the roster names. */
  readonly invites: readonly Bytes[]
}

/** What a member (or the key service) has accepted of a space's public history. */
export interface Chain {
  readonly space: SpaceId
  readonly hostPub: Bytes
  readonly policy: SignedPolicy
  /** Undefined until the room has been opened. */
  readonly head: SignedHead | undefined
  readonly roster: Roster
  /** By invite id in hex. */
  readonly invites: ReadonlyMap<string, SignedInvite>
  /** The newest step of the head's epoch, and what it says of the seats. */
  readonly step: Step
  readonly count: number
  readonly seats: ObjectId
  readonly commit: Bytes
  /** Id of the newest Head whose seq is a multiple of {@link codePeriod}: the safety code covers it. */
  readonly codeHead: ObjectId | undefined
}

/** The safety code changes with every eighth Head. */
export const codePeriod = 8

/** A chain with a policy and nothing else. */
export function startChain(space: SpaceId, hostPub: Bytes, policy: SignedPolicy): Chain {
  return {
    space,
    hostPub,
    policy,
    head: undefined,
    roster: [],
    invites: new Map(),
    step: 0 as Step,
    count: 0,
    seats: noObject,
    commit: noObject,
    codeHead: undefined,
  }
}

/** V, the view of an epoch: the id of its first Head. All keys of the epoch are bound to it. */
export function viewOf(head: SignedHead): ObjectId {
  return equal(head.fields.epochHead, noObject) ? head.id : head.fields.epochHead
}

/**
 * Accepts the next Head (protocol §4), or the first one a joiner sees. A refused bundle leaves `chain` as it was.
 * @returns the new chain; the same chain if this Head is already its newest.
 * @throws CodecError, VerifyError `wrong-space`, `gap` (fetch what lies between), `fork`, `bad-signature`, `not-a-leader`,
 *   `bad-head`, `missing-policy`, `missing-roster`, and those of policies, invites and rosters
 */
export async function acceptHead(p: Primitives, chain: Chain, bundle: HeadBundle): Promise<Chain> {
  const head = headKind.decode(p, bundle.head)
  const fields = head.fields
  if (!equal(fields.space, chain.space)) throw new VerifyError("wrong-space", "This Head is of another space.")
  if (chain.head !== undefined && equal(chain.head.id, head.id)) return chain
  checkOrder(chain, fields)

  const policy = await namedPolicy(p, chain, bundle, fields)
  const invites = await withInvites(p, chain, bundle.invites)
  const roster = await namedRoster(p, { ...chain, policy, invites }, bundle, fields)
  await checkSigner(p, chain, head, policy, roster)
  checkEpoch(chain, fields, policy)

  return {
    ...chain,
    policy,
    head,
    roster,
    invites,
    step: fields.step,
    count: fields.count,
    seats: fields.seats,
    commit: fields.commit,
    codeHead: fields.seq % codePeriod === 0 ? head.id : chain.codeHead,
  }
}

function checkOrder(chain: Chain, fields: Head): void {
  const last = chain.head
  if (last === undefined) {
    if (fields.seq === 0 && !equal(fields.prev, noObject))
      throw new VerifyError("bad-head", "The first Head follows nothing.")
    return
  }
  if (fields.seq > last.fields.seq + 1) throw new VerifyError("gap", "Heads are missing before this one.")
  if (fields.seq <= last.fields.seq) throw new VerifyError("stale-head", "This Head is older than the newest.")
  if (!equal(fields.prev, last.id)) throw new VerifyError("fork", "This Head follows another history.")
}

async function namedPolicy(p: Primitives, chain: Chain, bundle: HeadBundle, fields: Head): Promise<SignedPolicy> {
  if (equal(fields.policy, chain.policy.id)) return chain.policy
  if (bundle.policy === undefined) throw new VerifyError("missing-policy", "This Head names a policy nobody showed.")
  const policy = await acceptPolicy(p, bundle.policy, chain.space, chain.hostPub, chain.policy)
  if (!equal(policy.id, fields.policy))
    throw new VerifyError("missing-policy", "This is not the policy the Head names.")
  return policy
}

async function withInvites(
  p: Primitives,
  chain: Chain,
  all: readonly Bytes[],
): Promise<ReadonlyMap<string, SignedInvite>> {
  if (all.length === 0) return chain.invites
  const invites = new Map(chain.invites)
  for (const bytes of all) {
    const invite = await acceptInvite(p, bytes, chain.space, chain.hostPub)
    invites.set(toHex(inviteIdOf(p, invite.fields.invitePub)), invite)
  }
  return invites
}

async function namedRoster(p: Primitives, chain: Chain, bundle: HeadBundle, fields: Head): Promise<Roster> {
  const unchanged = chain.head !== undefined && equal(chain.head.fields.roster, fields.roster)
  if (!unchanged && bundle.roster === undefined)
    throw new VerifyError("missing-roster", "This Head names a stage nobody showed.")
  const roster = unchanged || bundle.roster === undefined ? chain.roster : decodeRoster(bundle.roster)
  if (!equal(rosterHash(p, roster), fields.roster))
    throw new VerifyError("bad-roster", "This is not the stage the Head names.")
  await acceptRoster(p, roster, {
    space: chain.space,
    hostPub: chain.hostPub,
    policy: chain.policy.fields,
    invites: chain.invites,
    known: chain.roster,
  })
  return roster
}

/**
 * Whoever signs may lead under the policy named. Another signer than before stays in the epoch, and so on the stage as
 * it was: nobody walks in with a Head of its own that seats it.
 */
async function checkSigner(
  p: Primitives,
  chain: Chain,
  head: SignedHead,
  policy: SignedPolicy,
  roster: Roster,
): Promise<void> {
  const { signer, seq, epoch, reason } = head.fields
  const last = chain.head
  const entry = roster.find((candidate) => candidate.index === signer)
  const rank = leaderRank(policy.fields, roster, signer)
  if (entry === undefined || rank === undefined || (seq === 0 && rank !== 0))
    throw new VerifyError("not-a-leader", "The signer of this Head may not lead.")
  // A history begins with somebody whom the host's own policy names: a stage that a Head brings along vouches for nobody.
  if (last === undefined && rank > lastDeputyRank)
    throw new VerifyError("not-a-leader", "A history that one comes to begins with the host or a deputy.")
  const before = signerOf(chain)
  if (last !== undefined) {
    const takesOver = before === undefined || !equal(before.seatPub, entry.seatPub)
    if (takesOver !== (reason === reasons.takeover))
      throw new VerifyError("bad-head", "Another leader takes over, and only another one does.")
    // Whoever takes over knows the secret of the epoch; only the host goes on without anybody to get it from.
    if (takesOver && rank !== 0 && epoch !== last.fields.epoch)
      throw new VerifyError("bad-head", "Whoever takes over stays in the epoch.")
    checkNobodyOusted(chain, policy, roster, rank)
  }
  await headKind.verify(p, head, entry.seatPub)
}

/** Nobody drops the host, nor a deputy that outranks it, unless the policy does. */
function checkNobodyOusted(chain: Chain, policy: SignedPolicy, roster: Roster, rank: number): void {
  for (const entry of chain.roster) {
    const was = leaderRank(policy.fields, chain.roster, entry.index)
    if (was === undefined || was > lastDeputyRank || was >= rank) continue
    const still = entryOf(roster, entry.seatPub)
    if (still?.serial !== entry.serial || still.role < entry.role)
      throw new VerifyError("bad-head", "A leader may not oust whoever outranks it.")
  }
  const host = chain.roster.find((entry) => entry.role === roles.host)
  if (host !== undefined && entryOf(roster, host.seatPub)?.serial !== host.serial)
    throw new VerifyError("bad-head", "Nobody ousts the host.")
}

/** The roster entry of whoever signed the newest Head: the leader. */
export function signerOf(chain: Chain): RosterEntry | undefined {
  return chain.roster.find((entry) => entry.index === chain.head?.fields.signer)
}

function checkEpoch(chain: Chain, fields: Head, policy: SignedPolicy): void {
  if (fields.seq === 0 && (fields.epoch !== 1 || !equal(fields.epochHead, noObject)))
    throw new VerifyError("bad-head", "The first Head opens the first epoch.")
  if (fields.step !== 0 && equal(fields.epochHead, noObject))
    throw new VerifyError("bad-head", "A new epoch starts at step 0.")
  const last = chain.head
  if (last === undefined) {
    if (fields.epoch === 0) throw new VerifyError("bad-head", "Epochs count from one.")
    return
  }
  const newEpoch = fields.epoch === last.fields.epoch + 1
  if (!newEpoch && fields.epoch !== last.fields.epoch)
    throw new VerifyError("bad-head", "An epoch follows the one before.")
  if (newEpoch) {
    if (!equal(fields.epochHead, noObject)) throw new VerifyError("bad-head", "This Head is not of the epoch it names.")
    return
  }
  if (!equal(fields.epochHead, viewOf(last)))
    throw new VerifyError("bad-head", "This Head is not of the epoch it names.")
  if (fields.step < chain.step) throw new VerifyError("bad-head", "A step never falls.")
  if (!equal(policy.id, chain.policy.id)) throw new VerifyError("bad-head", "Another policy needs a new epoch.")
  if (!equal(fields.roster, last.fields.roster)) throw new VerifyError("bad-head", "Another stage needs a new epoch.")
  if (fields.count < chain.count) throw new VerifyError("bad-head", "A seat that goes needs a new epoch.")
  if (fields.step > chain.step) return
  if (!equal(fields.commit, chain.commit)) throw new VerifyError("bad-head", "One step has one secret.")
  if (fields.count !== chain.count || !equal(fields.seats, chain.seats))
    throw new VerifyError("bad-head", "Seats change with a step or an epoch.")
}
