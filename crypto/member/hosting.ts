import { equal, toHex, wipe } from "../base/bytes.ts"
import { UsageError } from "../base/errors.ts"
import type { EpochMs, SeatSerial } from "../base/ids.ts"
import { inviteIdOf, inviteKind } from "../link/invite.ts"
import { inviteSecrets, wrapCardKey } from "../link/invite-secrets.ts"
import { maxDeputies } from "../link/policy.ts"
import { headKind } from "../room/head.ts"
import { leaderRank } from "../room/leaders.ts"
import { roles } from "../room/roles.ts"
import { leaveKind } from "../seat/leave.ts"
import { admitKnock, refuseKnock } from "./admitting.ts"
import { mayEnd, signEnd } from "./ending.ts"
import { wantSeat } from "./joining.ts"
import { actOn, decide, order, orderAnswer } from "./ordering.ts"
import { newestPolicy, newPolicy } from "./policies.ts"
import { say } from "./saying.ts"
import { learnInvites } from "./standby.ts"
import { acts, ask, chainOf, leading, leaveRoom, patch, persist, type Turn } from "./turn.ts"
import type { HostInvite, HostKeys, MemberCommand } from "./types.ts"

/** A group invite's seats; a personal one has 1. */
const groupSeats = 0xffff

/**
 * Carries out what a person asks.
 * @throws UsageError `not-allowed`, `no-such-seat`, `no-such-invite`, `no-such-request`, `stage-full`, `too-many-deputies`, `offline`,
 *   `rate-limited`; CodecError `malformed`
 */
export async function obey(turn: Turn, id: number, command: MemberCommand): Promise<void> {
  switch (command.kind) {
    case "join":
      patch(turn, { wantsIn: true })
      await wantSeat(turn)
      return done(turn, id)
    case "invite":
      return makeInvite(turn, id, command)
    case "invite-link": {
      const invite = hostKeys(turn).invites.find((candidate) => candidate.id === command.invite)
      if (invite === undefined) throw new UsageError("no-such-invite", "There is no such invite.")
      return tellLink(turn, id, invite)
    }
    case "revoke":
      await revoke(turn, command.invite)
      return done(turn, id)
    case "promote":
    case "demote":
    case "remove": {
      const act = command.kind === "remove" ? "kick" : command.kind
      return actOn(turn, id, act, command.serial as SeatSerial) === "done" ? done(turn, id) : undefined
    }
    case "mic-off":
      return order(turn, id, "mic-off", command.serial as SeatSerial)
    case "say":
      return say(turn, id, command.say)
    case "admit":
    case "refuse":
      if (!acts(turn)) return orderAnswer(turn, id, command.kind, command.request)
      if (command.kind === "admit") admitKnock(turn, command.request)
      else await refuseKnock(turn, command.request)
      return done(turn, id)
    case "retake":
      hostKeys(turn)
      decide(turn, {})
      return done(turn, id)
    case "leave":
      return leave(turn, id)
    case "end":
      return end(turn, id)
    case "sfu-token":
      if (turn.state.socket !== "synced") throw new UsageError("offline", "The key service is out of reach.")
      return ask(turn, { kind: "sfu", id }, (ref) => ({ TAG: "sfu", data: { ref } }))
    default:
      command satisfies never
  }
}

function done(turn: Turn, id: number): void {
  turn.out.push({ kind: "reply", id, value: { kind: "done" } })
}

function hostKeys(turn: Turn): HostKeys {
  if (turn.state.host === undefined) throw new UsageError("not-allowed", "Only the host does this.")
  return turn.state.host
}

async function makeInvite(turn: Turn, id: number, wish: Extract<MemberCommand, { kind: "invite" }>): Promise<void> {
  const { p, now } = turn.world
  const { space } = turn.state
  const host = hostKeys(turn)
  if (turn.state.socket !== "synced") throw new UsageError("offline", "The key service is out of reach.")
  const { deputies } = newestPolicy(turn).fields
  if (wish.role === "cohost" && (!wish.personal || deputies.length >= maxDeputies))
    throw new UsageError("too-many-deputies", "A space has at most three cohosts, each with an invite of their own.")
  const seed = p.random(16)
  const secrets = inviteSecrets(p, { space, seed })
  const invitePub = p.publicKey(secrets.keySeed)
  const invite = await inviteKind.sign(p, host.hostSeed, {
    space,
    invitePub,
    serial: host.nextInviteSerial,
    role: roles[wish.role],
    seats: wish.personal ? 1 : groupSeats,
    uses: wish.personal ? 0 : wish.uses,
    // A joiner's clock may run behind the host's.
    notBefore: (now - 3_600_000) as EpochMs,
    notAfter: (now + wish.lifetimeMs) as EpochMs,
    minPolicy: chainOf(turn).policy.fields.serial,
    cardWrap: wrapCardKey(p, secrets.cardKeyWrapKey, space, host.cardKey),
  })
  wipe(secrets.keySeed, secrets.cardKeyWrapKey)
  const entry = { id: toHex(inviteIdOf(p, invitePub)), seed, label: wish.label, bytes: invite.bytes }
  patch(turn, { host: { ...host, nextInviteSerial: host.nextInviteSerial + 1 } })
  ask(turn, { kind: "invite", id, invite: entry }, (ref) => ({ TAG: "invite", data: { ref, invite: invite.bytes } }))
  await learnInvites(turn, [invite.bytes])
}

/** The service has the invite: it is the host's to hand out, and to revoke. */
export async function keepInvite(turn: Turn, id: number, made: HostInvite): Promise<void> {
  const { p } = turn.world
  const host = hostKeys(turn)
  patch(turn, { host: { ...host, invites: [...host.invites, made] } })
  const { role, invitePub } = inviteKind.decode(p, made.bytes).fields
  const { deputies } = newestPolicy(turn).fields
  // Whoever holds it may stand in for the host: the policy that says so takes effect with the next Head.
  if (role === roles.cohost && deputies.length < maxDeputies)
    decide(turn, { policy: await newPolicy(turn, { deputies: [...deputies, inviteIdOf(p, invitePub)] }), rotate: true })
  persist(turn)
  tellLink(turn, id, made)
}

function tellLink(turn: Turn, id: number, invite: HostInvite): void {
  const { space, hostPub } = turn.state
  const link = { space, seed: invite.seed, hostPub }
  turn.out.push({ kind: "reply", id, value: { kind: "link", link, invite: invite.id } })
}

/** A policy with the invite's id, and all its rows gone in the Head that names it. */
async function revoke(turn: Turn, inviteHex: string): Promise<void> {
  const { p } = turn.world
  const entry = hostKeys(turn).invites.find((candidate) => candidate.id === inviteHex)
  if (entry === undefined) throw new UsageError("no-such-invite", "There is no such invite.")
  const inviteId = inviteIdOf(p, inviteKind.decode(p, entry.bytes).fields.invitePub)
  const rows = [...(leading(turn).seats?.rows.values() ?? [])].filter((row) => equal(row.inviteId, inviteId))
  const deputies = newestPolicy(turn).fields.deputies.filter((id) => !equal(id, inviteId))
  const policy = await newPolicy(turn, { revoked: [inviteId], deputies })
  decide(turn, { policy, remove: rows.map((row) => row.serial), urgent: true })
  // Over the media server as well: neither the service nor a deputy can hold it back. Stored first: no other policy may
  // have its number.
  persist(turn)
  turn.out.push({ kind: "notice", bytes: policy.bytes })
}

async function leave(turn: Turn, id: number): Promise<void> {
  const { p } = turn.world
  const { host, seatSeed, serial, space } = turn.state
  // A room that nobody can lead on ends with its host.
  if (host !== undefined && !somebodyElseMayLead(turn)) return end(turn, id)
  done(turn, id)
  if (seatSeed !== undefined && serial !== undefined && turn.state.socket === "synced") {
    const signed = await leaveKind.sign(p, seatSeed, { space, serial, n: newestSeq(turn) })
    ask(turn, { kind: "quiet" }, (ref) => ({ TAG: "leave", data: { ref, leave: signed.bytes } }))
  }
  leaveRoom(turn, "left", host !== undefined)
}

/** Of the newest Head we know, one of our own that is under way included. */
function newestSeq(turn: Turn): number {
  const post = turn.state.lead?.inflight
  const head = post?.kind === "head" ? headKind.decode(turn.world.p, post.bundle.head) : chainOf(turn).head
  return head?.fields.seq ?? 0
}

function somebodyElseMayLead(turn: Turn): boolean {
  const { policy, roster } = chainOf(turn)
  return roster.some(
    (entry) => entry.role !== roles.host && leaderRank(policy.fields, roster, entry.index) !== undefined,
  )
}

/** Host, or a deputy who leads: at once; a cohost who does not lead orders it. */
async function end(turn: Turn, id: number): Promise<void> {
  if (!mayEnd(turn)) return order(turn, id, "end", 0 as SeatSerial)
  if (turn.state.socket !== "synced") throw new UsageError("offline", "The key service is out of reach.")
  const signed = await signEnd(turn)
  ask(turn, { kind: "end", id }, (ref) => ({ TAG: "end", data: { ref, end: signed } }))
}
