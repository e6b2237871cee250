import { equal, type Bytes } from "../base/bytes.ts"
import { VerifyError } from "../base/errors.ts"
import { acceptPolicy, policyKind } from "../link/policy.ts"
import { headKind, reasons } from "../room/head.ts"
import { lastDeputyRank, leaderRank } from "../room/leaders.ts"
import { clearAlarm, raise } from "./alarms.ts"
import { change } from "./pending.ts"
import { proveFork, proveTwins } from "./proofs.ts"
import { announceEpoch } from "./sending.ts"
import { acts, chainOf, ownEntry, patch, type Turn } from "./turn.ts"

/** A Head or policy that reached us over the media server alone, for this long, is being held back by the service. */
const withheldMs = 3_000
/** A Head that a speaker names and nobody has shown us after this long is of another history. */
const strangeMs = 2_000
/** How many Heads a notice may be ahead of the newest one. */
const maxAhead = 64

/**
 * A signed Head or policy that the media server carried. It moves no chain: it says how fresh the leader's news is,
 * silences senders when it is urgent, and shows what the service holds back.
 * @throws CodecError, VerifyError
 */
export async function takeNotice(turn: Turn, bytes: Bytes): Promise<void> {
  if (turn.state.seated === undefined || turn.state.chain?.head === undefined) return
  if (bytes[0] === policyType) await takePolicy(turn, bytes)
  else await takeHeadNotice(turn, bytes)
}

const policyType = 2

async function takeHeadNotice(turn: Turn, bytes: Bytes): Promise<void> {
  const { p, monotonic } = turn.world
  const chain = chainOf(turn)
  const notice = headKind.decode(p, bytes)
  const { seq, epoch, signer, time, space } = notice.fields
  const { head } = chain
  if (!equal(space, chain.space)) throw new VerifyError("wrong-space", "This Head is of another space.")
  if (head === undefined || turn.state.heads.some((id) => equal(id, notice.id))) return
  if (seq <= (turn.state.noticed?.seq ?? -1) && seq > head.fields.seq) return
  const entry = chain.roster.find((candidate) => candidate.index === signer)
  const rank = leaderRank(chain.policy.fields, chain.roster, signer)
  // A speaker who might succeed is heard once it leads.
  if (entry === undefined || rank === undefined || (rank > lastDeputyRank && signer !== head.fields.signer))
    throw new VerifyError("not-a-leader", "The signer of this Head may not lead.")
  await headKind.verify(p, notice, entry.seatPub)
  // A page of ours from before a reload.
  if (signer === ownEntry(turn)?.index) return
  if (seq === head.fields.seq && signer === head.fields.signer && equal(notice.fields.prev, head.fields.prev)) {
    // One leader, two Heads for one place: the proof of a fork.
    raise(turn, "fork", signer)
    proveFork(turn, notice, entry.seatPub)
    return
  }
  // Whoever leads builds on a Head that we should have seen.
  const { heads } = turn.state
  const oldest = head.fields.seq - heads.length + 1
  const follows = heads.some((id) => equal(id, notice.fields.prev))
  if (!follows && seq > oldest && seq <= head.fields.seq + 1) {
    raise(turn, "fork", signer)
    proveFork(turn, notice, entry.seatPub)
  }
  // Only the leader's own word is news, and nobody's claim of a distant place shuts out what comes before it.
  if (seq <= head.fields.seq || seq > head.fields.seq + maxAhead || signer !== head.fields.signer) return
  patch(turn, { noticed: { id: notice.id, seq, epoch, time, signer: entry.seatPub, at: monotonic } })
  // Somebody goes: what we seal from now on must not be for them, whether or not the service tells us who.
  if (notice.fields.reason === reasons.urgent && epoch > head.fields.epoch) announceEpoch(turn, epoch, true)
}

/** A Head from the service that does not follow ours: if it is well signed, there are two histories of this space. */
export async function weighFork(turn: Turn, bytes: Bytes): Promise<void> {
  const { p } = turn.world
  const chain = chainOf(turn)
  const other = headKind.decode(p, bytes)
  const { seq, signer } = other.fields
  const rivals = seq === chain.head?.fields.seq || seq === (chain.head?.fields.seq ?? 0) + 1
  const entry = chain.roster.find((candidate) => candidate.index === signer)
  if (!rivals || entry === undefined || turn.state.heads.some((id) => equal(id, other.id))) return
  if (leaderRank(chain.policy.fields, chain.roster, signer) === undefined) return
  try {
    await headKind.verify(p, other, entry.seatPub)
  } catch {
    return
  }
  raise(turn, "fork", undefined)
  proveFork(turn, other, entry.seatPub)
}

async function takePolicy(turn: Turn, bytes: Bytes): Promise<void> {
  const { p, monotonic } = turn.world
  const chain = chainOf(turn)
  const known = turn.state.noticedPolicy?.policy
  const { id, fields } = policyKind.decode(p, bytes)
  const same = [chain.policy, known].some((one) => one !== undefined && equal(one.id, id))
  if (same || !equal(fields.space, chain.space)) return
  await policyKind.verify(p, { id, fields, bytes }, chain.hostPub)
  const twin = [chain.policy, known].find((one) => one?.fields.serial === fields.serial)
  if (twin !== undefined) {
    raise(turn, "host-key-twice", undefined)
    proveTwins(turn, twin, bytes)
  }
  if (fields.serial <= (known ?? chain.policy).fields.serial) return
  const policy = await acceptPolicy(p, bytes, chain.space, chain.hostPub, known ?? chain.policy)
  patch(turn, { noticedPolicy: { policy, at: monotonic, toldAt: monotonic } })
  if (acts(turn)) change(turn, { policy, urgent: true })
}

/** A new Head may be the one that was noticed, name the policy that was, or be the one a speaker named. */
export function settleNotices(turn: Turn): void {
  const { noticed, noticedPolicy, heads, strangeHeads } = turn.state
  const { head, policy } = chainOf(turn)
  if (head !== undefined && (noticed?.seq ?? 0) <= head.fields.seq) {
    if (noticed !== undefined) clearAlarm(turn, "withheld", ofNobody)
    patch(turn, { noticed: undefined })
    const { sending } = turn.state
    // What was noticed lost to another one: its epoch never was.
    if ((sending.switchTo?.epoch ?? 0) > head.fields.epoch)
      patch(turn, { sending: { ...sending, switchTo: undefined } })
  }
  if (noticedPolicy !== undefined && policy.fields.serial >= noticedPolicy.policy.fields.serial) {
    patch(turn, { noticedPolicy: undefined })
    clearAlarm(turn, "withheld", ofNobody)
  }
  const strange = [...strangeHeads].filter(([, { head: named }]) => !heads.some((id) => startsWith(id, named)))
  if (strange.length !== strangeHeads.size) patch(turn, { strangeHeads: new Map(strange) })
}

/** A speaker's checkpoint names the newest Head it knows: one that we do not know soon is of another history. */
export function seeHead(turn: Turn, index: number, head: Bytes): void {
  const { heads, strangeHeads, seated } = turn.state
  if (seated === undefined) return
  const rest = new Map(strangeHeads)
  rest.delete(index)
  const known = heads.some((id) => startsWith(id, head))
  const before = strangeHeads.get(index)
  if (!known) rest.set(index, { head, at: before?.at ?? turn.world.monotonic })
  if (!known || before !== undefined) patch(turn, { strangeHeads: rest })
}

/** What has been held back, or strange, for too long is said. */
export function tickNotices(turn: Turn): void {
  const { monotonic } = turn.world
  const { noticed, noticedPolicy, strangeHeads } = turn.state
  const late = [noticed, noticedPolicy].some((one) => one !== undefined && monotonic - one.at > withheldMs)
  if (late) raise(turn, "withheld", undefined)
  if (noticedPolicy !== undefined && monotonic - noticedPolicy.toldAt > withheldMs) {
    // The leader may have missed it, and the host's page be gone with it: until a Head names it we are silent.
    turn.out.push({ kind: "notice", bytes: noticedPolicy.policy.bytes })
    patch(turn, { noticedPolicy: { ...noticedPolicy, toldAt: monotonic } })
  }
  if (strangeHeads.size === 0) clearAlarm(turn, "strange-head")
  for (const [index, { at }] of strangeHeads) if (monotonic - at > strangeMs) raise(turn, "strange-head", index)
}

/** Whether the bytes begin an id. */
const startsWith = (id: Bytes, beginning: Bytes): boolean => equal(id.subarray(0, beginning.length), beginning)

/** Heads and policies are about nobody; an order that is held back stays an alarm of its own. */
const ofNobody = (about: number | undefined): boolean => about === undefined
