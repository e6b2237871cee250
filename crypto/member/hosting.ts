import { equal, toHex, wipe } from "../base/bytes.ts"
import { UsageError } from "../base/errors.ts"
import { noIndex, type EpochMs, type SeatSerial } from "../base/ids.ts"
import { hostInviteId, inviteIdOf, inviteKind, inviteSecrets, wrapCardKey } from "../link/invite.ts"
import { maxDeputies } from "../link/policy.ts"
import { lastDeputyRank, leaderRank } from "../room/leaders.ts"
import { roles } from "../room/roles.ts"
import type { Row } from "../room/seats.ts"
import { endKind, leaveKind } from "../seat/leave.ts"
import { admitKnock, refuseKnock } from "./admitting.ts"
import { wantSeat } from "./joining.ts"
import type { PendingChanges } from "./leadership.ts"
import { change } from "./pending.ts"
import { newestPolicy, newPolicy } from "./rotating.ts"
import { learnInvites } from "./standby.ts"
import { acts, ask, chainOf, leaveRoom, leading, ownEntry, ownRank, patch, patchLead, type Turn } from "./turn.ts"
import type { HostKeys, MemberCommand } from "./types.ts"

/** A group invite's seats; a personal one has 1. */
const groupSeats = 0xffff

/** Carries out what a person asks. @throws UsageError `not-allowed`, `no-such-seat`, `no-such-invite`, `no-such-request`, `stage-full`, `too-many-deputies`, `offline` */
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
      const link = { space: turn.state.space, seed: invite.seed, hostPub: turn.state.hostPub }
      turn.out.push({ kind: "reply", id, value: { kind: "link", link, invite: invite.id } })
      return
    }
    case "revoke":
      await revoke(turn, command.invite)
      return done(turn, id)
    case "promote": {
      const row = rowOf(turn, command.serial)
      const { seats } = leading(turn)
      const onStage = [...(seats?.rows.values() ?? [])].filter(({ index }) => index !== noIndex).length
      if (onStage >= chainOf(turn).policy.fields.stage) throw new UsageError("stage-full", "The stage is full.")
      decide(turn, { promote: [row.serial] })
      return done(turn, id)
    }
    case "demote":
      decide(turn, { demote: [rowOf(turn, command.serial).serial], urgent: true })
      return done(turn, id)
    case "remove": {
      const row = rowOf(turn, command.serial)
      decide(turn, { remove: [row.serial], burn: [toHex(row.inviteId)], urgent: true })
      return done(turn, id)
    }
    case "admit":
    case "refuse":
      if (!acts(turn)) throw new UsageError("not-allowed", "Only the leader lets people in.")
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

/** A host who is not the leader just now leads again at once: what it decides must not wait for anybody. */
function decide(turn: Turn, changes: Partial<PendingChanges>): void {
  change(turn, changes)
  if (!acts(turn)) patchLead(turn, { wanted: true })
}

/**
 * A row that this member may act on: anybody's whom it outranks. The host acts at any time, a deputy while it leads.
 */
function rowOf(turn: Turn, serial: number): Row {
  if (turn.state.host === undefined && !acts(turn)) throw new UsageError("not-allowed", "Only a leader does this.")
  const row = leading(turn).seats?.rows.get(serial as SeatSerial)
  if (row === undefined || equal(row.inviteId, hostInviteId))
    throw new UsageError("no-such-seat", "There is no such seat.")
  if (turn.state.host === undefined && row.role >= (ownEntry(turn)?.role ?? roles.listener))
    throw new UsageError("not-allowed", "Nobody acts on an equal or higher role.")
  return row
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
  if (wish.role !== "cohost") return
  // Whoever holds it may stand in for the host: the policy that says so takes effect with the next Head.
  const policy = await newPolicy(turn, { deputies: [...deputies, inviteIdOf(p, invitePub)] })
  decide(turn, { policy, rotate: true })
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
  // Over the media server as well: neither the service nor a deputy can hold it back.
  turn.out.push({ kind: "notice", bytes: policy.bytes })
}

async function leave(turn: Turn, id: number): Promise<void> {
  const { p } = turn.world
  const { host, seatSeed, serial, space } = turn.state
  // A room that nobody can lead on ends with its host.
  if (host !== undefined && !somebodyElseMayLead(turn)) return end(turn, id)
  done(turn, id)
  if (seatSeed !== undefined && serial !== undefined && turn.state.socket === "synced") {
    const signed = await leaveKind.sign(p, seatSeed, { space, serial, n: turn.state.n + 1 })
    ask(turn, { kind: "quiet" }, (ref) => ({ TAG: "leave", data: { ref, leave: signed.bytes } }))
  }
  leaveRoom(turn, "left", host !== undefined)
}

function somebodyElseMayLead(turn: Turn): boolean {
  const { policy, roster } = chainOf(turn)
  return roster.some(
    (entry) => entry.role !== roles.host && leaderRank(policy.fields, roster, entry.index) !== undefined,
  )
}

async function end(turn: Turn, id: number): Promise<void> {
  const { p, now } = turn.world
  const { host, seatSeed, space, socket } = turn.state
  const rank = ownRank(turn)
  if (host === undefined && (rank === undefined || rank > lastDeputyRank || !acts(turn)))
    throw new UsageError("not-allowed", "Only the host or a deputy who leads ends a space.")
  const seed = host?.hostSeed ?? seatSeed
  if (socket !== "synced" || seed === undefined) throw new UsageError("offline", "The key service is out of reach.")
  const signer = host === undefined ? (ownEntry(turn)?.index ?? noIndex) : noIndex
  const signed = await endKind.sign(p, seed, { space, time: now, signer })
  ask(turn, { kind: "end", id }, (ref) => ({ TAG: "end", data: { ref, end: signed.bytes } }))
}
