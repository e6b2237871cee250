import { equal, type Bytes } from "../base/bytes.ts"
import { InternalError, MissingError } from "../base/errors.ts"
import { entryOf, leaderRank } from "../room/leaders.ts"
import type { RosterEntry } from "../room/roster.ts"
import type { ClientMessage } from "../wire/wire.ts"
import { signerOf, type Chain } from "../room/head.ts"
import type { LeadRecord, Leading } from "./leadership.ts"
import { noting, secretsOf } from "./secrets.ts"
import type { Asked, MediaOrder, MemberState, Output, Problem, VaultRecord, World } from "./types.ts"

/** One input being worked on: the state so far, what to do, and spent secrets. Thrown away whole if anything throws. */
export interface Turn {
  state: MemberState
  readonly world: World
  readonly out: Output[]
  readonly consumed: Uint8Array[]
  /** All secrets that came to be in this turn: what is to be wiped if it is thrown away. */
  readonly drawn: Uint8Array[]
}

/** A turn that has not begun. */
export function newTurn(state: MemberState, world: World): Turn {
  const drawn: Uint8Array[] = []
  return { state, world: { ...world, p: noting(world.p, drawn) }, out: [], consumed: [], drawn }
}

/** A copy of a secret, for whoever wipes theirs at another time. */
export function copyOf(turn: Turn, secret: Bytes): Bytes {
  const copy = secret.slice()
  turn.drawn.push(copy)
  return copy
}

/** Replaces parts of the state. */
export function patch(turn: Turn, change: Partial<MemberState>): void {
  turn.state = { ...turn.state, ...change }
}

/** Replaces parts of the leading half. */
export function patchLead(turn: Turn, change: Partial<Leading>): void {
  patch(turn, { lead: { ...leading(turn), ...change } })
}

/** The leading half of a state that has one. */
export function leading(turn: Turn): Leading {
  if (turn.state.lead === undefined) throw new InternalError("not-leading", "Only a leader does this.")
  return turn.state.lead
}

/** The chain of a state that has one. @throws MissingError `no-chain`: the service speaks before it was asked */
export function chainOf(turn: Turn): Chain {
  if (turn.state.chain === undefined) throw new MissingError("no-chain", "Nothing is known of this space yet.")
  return turn.state.chain
}

/** Sends a message with a fresh ref and remembers what it was for. */
export function ask(turn: Turn, asked: Asked, message: (ref: number) => ClientMessage): void {
  const ref = turn.state.nextRef
  turn.out.push({ kind: "send", message: message(ref) })
  patch(turn, { nextRef: (ref + 1) >>> 0, asked: new Map(turn.state.asked).set(ref, asked) })
}

export function order(turn: Turn, media: MediaOrder): void {
  turn.out.push({ kind: "media", order: media })
}

/** Stores what must outlive a reload, before whatever is put out after it. */
export function persist(turn: Turn): void {
  turn.out.push({ kind: "persist", record: vaultRecord(turn.state) })
}

function vaultRecord(state: MemberState): VaultRecord {
  return {
    space: state.space,
    hostPub: state.hostPub,
    card: state.card,
    inviteSeed: state.inviteSeed,
    seatSeed: state.seatSeed,
    serial: state.serial,
    n: state.n,
    name: state.conversation.own.name,
    // Until the service has shown that it knows no less, what was known before stands.
    policy: state.floor?.policy ?? state.chain?.policy.bytes,
    head: state.floor?.bytes ?? state.chain?.head?.bytes,
    host: state.host,
    lead: state.lead && leadRecord(state.lead),
  }
}

function leadRecord(lead: Leading): LeadRecord {
  const batch = lead.inflight?.kind === "batch" ? lead.inflight : undefined
  const keks = new Map([...lead.keks, ...(batch?.keks ?? [])])
  return {
    nextSerial: lead.nextSerial,
    secret: lead.secret,
    keks: [...keks].map(([serial, kek]) => ({ serial, key: kek.key, epoch: kek.epoch })),
    unechoed: lead.inflight?.kind === "head" ? lead.inflight : undefined,
    pending: lead.pending,
  }
}

/** Out for good: secrets wiped, socket closed, record deleted unless it is still of use. */
export function leaveRoom(turn: Turn, problem: Problem, keepRecord: boolean): void {
  for (const secret of secretsOf(turn.state)) turn.consumed.push(secret)
  order(turn, { kind: "wipe" })
  const { seatSeed, host } = turn.state
  if (!keepRecord) {
    turn.out.push({ kind: "forget" })
    if (seatSeed !== undefined) turn.consumed.push(seatSeed)
    // The seed of one's own invite stays: whoever still has the link may try again with it.
    if (host !== undefined) turn.consumed.push(host.hostSeed, host.cardKey, ...host.invites.map(({ seed }) => seed))
    patch(turn, { seatSeed: undefined, host: undefined })
  }
  turn.out.push({ kind: "close" })
  patch(turn, {
    phase: "gone",
    problem,
    seated: undefined,
    secret: undefined,
    request: undefined,
    answered: undefined,
    heldSeat: undefined,
    lead: undefined,
    wantsIn: false,
    asked: new Map(),
  })
}

const publicKeys = new WeakMap<Bytes, Bytes>()

/** One's own seat key, if one has a seat or asks for one. Kept: a curve multiplication takes a millisecond. */
export function ownKey(turn: Turn): Bytes | undefined {
  const { seatSeed } = turn.state
  if (seatSeed === undefined) return undefined
  const key = publicKeys.get(seatSeed) ?? turn.world.p.publicKey(seatSeed)
  publicKeys.set(seatSeed, key)
  return key
}

/** One's own entry on stage, if any. */
export function ownEntry(turn: Turn): RosterEntry | undefined {
  const { chain } = turn.state
  return chain === undefined ? undefined : entryOf(chain.roster, ownKey(turn))
}

/** One's rank among those who may lead; undefined for everybody else. */
export function ownRank(turn: Turn): number | undefined {
  const { chain } = turn.state
  const entry = ownEntry(turn)
  return chain === undefined || entry === undefined
    ? undefined
    : leaderRank(chain.policy.fields, chain.roster, entry.index)
}

/** Whether this member is the leader: it signed the newest Head, or is a host whose room has none yet. */
export function acts(turn: Turn): boolean {
  const { lead, chain, host } = turn.state
  if (lead === undefined || chain === undefined) return false
  if (chain.head === undefined) return host !== undefined
  const leader = signerOf(chain)
  const own = ownKey(turn)
  return leader !== undefined && own !== undefined && equal(leader.seatPub, own)
}

/** A uniform draw from ± `range` ms. */
export function spread(turn: Turn, range: number): number {
  const [high, low] = turn.world.p.random(2)
  return ((((high ?? 0) * 256 + (low ?? 0)) / 65_535) * 2 - 1) * range
}
