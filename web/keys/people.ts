import { equal, fromHex, toHex, type Bytes } from "#crypto/base/bytes"
import type { EpochMs, InviteId } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { inviteIdOf, inviteKind, inviteRefusal, type SignedInvite } from "#crypto/link/invite"
import { policyKind, type Policy } from "#crypto/link/policy"
import type { HostInvite, MemberState } from "#crypto/member/types"
import { signerOf } from "#crypto/room/head"
import { knockWords } from "#crypto/room/knock-words"
import { may, roleName, roles, type Role } from "#crypto/room/roles"
import { onStage, type RosterEntry } from "#crypto/room/roster"
import { counterStates, type Seats } from "#crypto/room/seats"
import type { InviteEntry, Knock, Person } from "./messages.ts"
import { pseudonym } from "./names.ts"
import type { PersonAct } from "./talk.ts"

type Who = Pick<RosterEntry, "serial" | "seatPub" | "role" | "index" | "inviteId">

/** Makes a {@link Person} of a row or a roster entry, as this member may see it. */
export function personMaker(p: Primitives, state: MemberState): (who: Who) => Person {
  const role = ownRole(p, state)
  const labels = new Map((state.host?.invites ?? []).map((invite) => [ownInvite(p, invite.bytes).key, invite.label]))
  return (who) => ({
    serial: who.serial,
    role: roleName(who.role),
    index: onStage(who.index) ? who.index : undefined,
    name: (who.role === roles.host ? state.card?.hostName : undefined) ?? pseudonym(p, who.seatPub),
    label: labels.get(toHex(who.inviteId)),
    isMe: who.serial === state.serial,
    may: state.phase === "seated" ? personActs(role, who, state) : [],
  })
}

/** What one may do to somebody: by the protocol's table, and as it fits where they are. */
function personActs(role: Role, { serial, role: target, index }: Who, state: MemberState): readonly PersonAct[] {
  if (serial === state.serial) return []
  const fitting = onStage(index) ? (["demote", "mic-off"] as const) : (["stage-invite", "promote"] as const)
  return [
    ...fitting.filter((act) => may(role, act, target)),
    ...(may(role, "kick", target) ? (["remove"] as const) : []),
  ]
}

/** The role this member has: the stage says it; whoever is not on it listens. */
export function ownRole(p: Primitives, state: MemberState): Role {
  if (state.host !== undefined) return roles.host
  const { seatSeed, chain } = state
  const seatPub = seatSeed && publicKeyOf(p, seatSeed)
  return (seatPub && chain?.roster.find((entry) => equal(entry.seatPub, seatPub)))?.role ?? roles.listener
}

const publicKeys = new WeakMap<Bytes, Bytes>()

/** A view is made many times a second, and a curve multiplication takes a millisecond. */
export function publicKeyOf(p: Primitives, seed: Bytes): Bytes {
  const key = publicKeys.get(seed) ?? p.publicKey(seed)
  publicKeys.set(seed, key)
  return key
}

/** The host's invites, newest first; nothing for anybody else. */
export function inviteEntries(p: Primitives, state: MemberState, now: EpochMs): readonly InviteEntry[] {
  const invites = state.host?.invites
  if (invites === undefined) return []
  const live = new Map<string, number>()
  for (const row of state.lead?.seats?.rows.values() ?? []) {
    const id = toHex(row.inviteId)
    live.set(id, (live.get(id) ?? 0) + 1)
  }
  const context = { policy: policyOf(p, state), seats: state.lead?.seats, now }
  return invites
    .map((invite) => {
      const entry = inviteEntry(p, invite, context.seats, live)
      return { ...entry, state: stateOf(p, invite, entry, context) }
    })
    .reverse()
}

function inviteEntry(
  p: Primitives,
  invite: HostInvite,
  seats: Seats | undefined,
  live: ReadonlyMap<string, number>,
): Omit<InviteEntry, "state"> {
  const { signed, key } = ownInvite(p, invite.bytes)
  const liveSeats = live.get(key) ?? 0
  return {
    id: invite.id,
    label: invite.label,
    role: invited(signed.fields.role),
    personal: signed.fields.seats === 1,
    used: seats?.counters.get(key)?.used ?? liveSeats,
    uses: signed.fields.uses,
    live: liveSeats,
    notAfter: signed.fields.notAfter,
  }
}

/** No invite makes a host. */
function invited(role: Role): InviteEntry["role"] {
  const name = roleName(role)
  return name === "host" ? "cohost" : name
}

function stateOf(
  p: Primitives,
  invite: HostInvite,
  entry: Omit<InviteEntry, "state">,
  context: Context,
): InviteEntry["state"] {
  const { signed, id, key } = ownInvite(p, invite.bytes)
  const { policy, seats, now } = context
  if (policy !== undefined && inviteRefusal(signed, id, policy, now) === "revoked") return "revoked"
  const counter = seats?.counters.get(key)
  if (counter?.state === counterStates.burnt) return "burnt"
  if (counter?.state === counterStates.knock) return "knock"
  if (now > entry.notAfter) return "expired"
  // a personal invite is never used up: a new device takes the seat of the older one
  return !entry.personal && entry.uses > 0 && entry.used >= entry.uses ? "used-up" : "open"
}

interface Context {
  readonly policy: Policy | undefined
  readonly seats: Seats | undefined
  readonly now: EpochMs
}

/** The policy in force; before the service said anything, the one of the vault. */
function policyOf(p: Primitives, state: MemberState): Policy | undefined {
  if (state.chain !== undefined) return state.chain.policy.fields
  return state.floor === undefined ? undefined : policyKind.decode(p, state.floor.policy).fields
}

interface OwnInvite {
  readonly signed: SignedInvite
  readonly id: InviteId
  /** The id as a map key. */
  readonly key: string
}
const read = new WeakMap<Bytes, OwnInvite>()

/** An invite of the host's own making, read once. */
function ownInvite(p: Primitives, bytes: Bytes): OwnInvite {
  const cached = read.get(bytes)
  if (cached !== undefined) return cached
  const signed = inviteKind.decode(p, bytes)
  const id = inviteIdOf(p, signed.fields.invitePub)
  const invite = { signed, id, key: toHex(id) }
  read.set(bytes, invite)
  return invite
}

/** Whoever waits for a yes that this member may give: its own when it leads, else those the leader has told it of. */
export function knockEntries(p: Primitives, state: MemberState): readonly Knock[] {
  const labels = new Map((state.host?.invites ?? []).map((invite) => [invite.id, invite.label]))
  const { chain, lead, conversation } = state
  const leads = chain !== undefined && signerOf(chain)?.serial === state.serial
  const entries = leads
    ? (lead?.knocking ?? []).map(({ request: { id, fields } }) => ({
        request: toHex(id),
        invite: toHex(fields.inviteId),
        answered: false,
      }))
    : [...conversation.knocks].map(([request, { orderedAt }]) => ({
        request,
        invite: lead?.shown.get(request) ?? "",
        answered: orderedAt !== undefined,
      }))
  return entries.map(({ request, invite, answered }) => ({
    request,
    words: knockWords(p, fromHex(request)),
    label: labels.get(invite),
    answered,
  }))
}
