import { equal, toHex, type Bytes } from "../base/bytes.ts"
import { codec, fixed, inviteId, list, oneOf, senderIndex, serial, struct } from "../base/codec.ts"
import { VerifyError } from "../base/errors.ts"
import { noIndex, type InviteId, type ObjectId, type SeatSerial, type SenderIndex, type SpaceId } from "../base/ids.ts"
import type { Primitives } from "../base/primitives.ts"
import { contentHash } from "../base/signed.ts"
import { hostInviteId, isRevoked, memberStatement, type SignedInvite } from "../link/invite.ts"
import type { Policy } from "../link/policy.ts"
import { allRoles, highestOnStage, roles, type Role } from "./roles.ts"

/** One place on stage. */
export interface RosterEntry {
  readonly index: SenderIndex
  readonly serial: SeatSerial
  readonly seatPub: Bytes
  readonly role: Role
  /** The invite that admitted the seat; sixteen zeros for the host. */
  readonly inviteId: InviteId
  /** Signature of the invite key (host: host key) over the member statement. */
  readonly proof: Bytes
}

/** The stage, ordered by sender index. The audience is in the seats hash only. */
export type Roster = readonly RosterEntry[]

const rosterType = 0x10
const coder = struct({
  entries: list(
    struct({ index: senderIndex, serial, seatPub: fixed(32), role: oneOf(allRoles), inviteId, proof: fixed(64) }),
    64,
  ),
})
const bytesCodec = codec("roster", coder, 8192)

/** Roster → bytes (u16 count, then 118 B an entry). */
export const encodeRoster = (roster: Roster): Bytes => bytesCodec.encode({ entries: roster })
/** @throws CodecError */
export const decodeRoster = (bytes: Uint8Array): Roster => bytesCodec.decode(bytes).entries

/** The hash a Head names. */
export function rosterHash(p: Primitives, roster: Roster): ObjectId {
  return contentHash(p, rosterType, encodeRoster(roster)) as ObjectId
}

/** Whether an index stands for a place on stage. */
export const onStage = (index: SenderIndex): boolean => index !== noIndex

/**
 * Checks every entry from the host key down. `known` are entries already checked by this member (same bytes are not
 * checked twice).
 * @throws VerifyError `bad-roster` (order, duplicates, size, role), `bad-proof`, `missing-invite`, `wrong-space`
 */
export async function acceptRoster(
  p: Primitives,
  roster: Roster,
  context: {
    readonly space: SpaceId
    readonly hostPub: Uint8Array
    readonly policy: Policy
    readonly invites: ReadonlyMap<string, SignedInvite>
    readonly known: Roster
  },
): Promise<void> {
  checkShape(roster, context.policy)
  checkInviteSeats(roster, context.invites)
  for (const entry of roster) {
    const admits = context.invites.get(toHex(entry.inviteId))
    if (admits !== undefined && isRevoked(admits, entry.inviteId, context.policy))
      throw new VerifyError("bad-roster", "The stage has somebody whose invite the policy revokes.")
    if (context.known.some((old) => sameEntry(old, entry))) continue
    if (!p.isStrictPublicKey(entry.seatPub)) throw new VerifyError("weak-key", "A seat key on stage is not sound.")
    const isHost = equal(entry.inviteId, hostInviteId)
    const invite = context.invites.get(toHex(entry.inviteId))
    if (isHost !== (entry.role === roles.host))
      throw new VerifyError("bad-roster", "Only the host's own row may be host.")
    if (!isHost && invite === undefined)
      throw new VerifyError("missing-invite", "The stage names an invite nobody showed.")
    if (invite !== undefined && entry.role > highestOnStage(invite.fields.role))
      throw new VerifyError("bad-roster", "Somebody on stage has a role above the invite's.")
    const signer = invite === undefined ? context.hostPub : invite.fields.invitePub
    if (!(await p.verify(signer, memberStatement(context.space, entry.seatPub), entry.proof)))
      throw new VerifyError("bad-proof", "Somebody on stage was not admitted by the invite named.")
  }
}

function checkShape(roster: Roster, policy: Policy): void {
  if (roster.length > policy.stage) throw new VerifyError("bad-roster", "The stage is larger than the policy allows.")
  if (roster.filter((entry) => entry.role === roles.host).length !== 1)
    throw new VerifyError("bad-roster", "The host is on every stage, once.")
  let last = -1
  const seen = new Set<string>()
  for (const entry of roster) {
    if (entry.index <= last || !onStage(entry.index)) throw new VerifyError("bad-roster", "The stage is not in order.")
    if (entry.role === roles.listener) throw new VerifyError("bad-roster", "A listener has no place on stage.")
    last = entry.index
    for (const name of [`serial ${entry.serial}`, `key ${toHex(entry.seatPub)}`]) {
      if (seen.has(name)) throw new VerifyError("bad-roster", "Somebody stands on stage twice.")
      seen.add(name)
    }
  }
}

function checkInviteSeats(roster: Roster, invites: ReadonlyMap<string, SignedInvite>): void {
  const perInvite = new Map<string, number>()
  for (const entry of roster) {
    const id = toHex(entry.inviteId)
    const count = (perInvite.get(id) ?? 0) + 1
    perInvite.set(id, count)
    const most = equal(entry.inviteId, hostInviteId) ? 1 : invites.get(id)?.fields.seats
    if (most !== undefined && count > most)
      throw new VerifyError("bad-roster", "An invite holds more places than it may.")
  }
}

function sameEntry(a: RosterEntry, b: RosterEntry): boolean {
  return (
    a.serial === b.serial &&
    a.role === b.role &&
    equal(a.seatPub, b.seatPub) &&
    equal(a.inviteId, b.inviteId) &&
    equal(a.proof, b.proof)
  )
}
