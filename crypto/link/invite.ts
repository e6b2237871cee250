import { equal, type Bytes } from "../base/bytes.ts"
import { fixed, oneOf, spaceId, struct, time, u16, u32 } from "../base/codec.ts"
import { VerifyError } from "../base/errors.ts"
import type { EpochMs, InviteId, SpaceId } from "../base/ids.ts"
import { info } from "../base/labels.ts"
import type { Primitives } from "../base/primitives.ts"
import { signedKind, type Signed } from "../base/signed.ts"
import { allRoles, roles, type Role } from "../room/roles.ts"
import type { Policy } from "./policy.ts"

/** A signed right to take a seat. The host makes it; the key in the link proves its holder. */
export interface Invite {
  readonly space: SpaceId
  readonly invitePub: Bytes
  /** u32, in the order the host made them: `policy.minInvite` ends all older ones at once. */
  readonly serial: number
  readonly role: Role
  /** Seats it may hold at once; 1 = personal (a new seat replaces the older one). */
  readonly seats: number
  /** Seats it may ever admit; 0 = unlimited. A personal invite is never used up. */
  readonly uses: number
  readonly notBefore: EpochMs
  readonly notAfter: EpochMs
  /** A joiner accepts no policy older than this. */
  readonly minPolicy: number
  /** The card key under a key of the link's seed: 32 + 16 B. */
  readonly cardWrap: Bytes
}

export type SignedInvite = Signed<Invite>

export const inviteKind = signedKind<Invite>(
  "sign-invite",
  1,
  struct({
    space: spaceId,
    invitePub: fixed(32),
    serial: u32,
    role: oneOf(allRoles),
    seats: u16,
    uses: u32,
    notBefore: time,
    notAfter: time,
    minPolicy: u32,
    cardWrap: fixed(48),
  }),
  512,
)

/** invite_id = H(invite_pub)[0..16]. */
export function inviteIdOf(p: Primitives, invitePub: Uint8Array): InviteId {
  return p.hash(invitePub).slice(0, 16) as InviteId
}

/** The id in the rows of the host itself, who needs no invite. */
export const hostInviteId = new Uint8Array(16) as InviteId

/** What a *proof* signs: that the holder of the invite key wants this seat key seated in this space. */
export function memberStatement(space: SpaceId, seatPub: Uint8Array): Bytes {
  return info("member", space, seatPub)
}

/**
 * Accepts an invite: signed by the host, for this space, with a sound key.
 * @throws VerifyError `bad-signature`, `wrong-space`, `weak-key`, `bad-invite`
 */
export async function acceptInvite(
  p: Primitives,
  bytes: Uint8Array,
  space: SpaceId,
  hostPub: Uint8Array,
): Promise<SignedInvite> {
  const invite = inviteKind.decode(p, bytes)
  if (!equal(invite.fields.space, space)) throw new VerifyError("wrong-space", "This invite is for another space.")
  if (!p.isStrictPublicKey(invite.fields.invitePub))
    throw new VerifyError("weak-key", "The key of this invite is not sound.")
  const { seats, role, notBefore, notAfter } = invite.fields
  if (seats === 0 || role === roles.host || notAfter <= notBefore)
    throw new VerifyError("bad-invite", "This invite can never admit anybody.")
  await inviteKind.verify(p, invite, hostPub)
  return invite
}

/** Why an invite admits nobody new right now, or undefined. */
export type InviteRefusal = "revoked" | "not-yet" | "expired"

/** Whether an invite is valid under a policy and inside its window; `slackMs` forgives clocks on either side. */
export function inviteRefusal(
  invite: SignedInvite,
  id: InviteId,
  policy: Policy,
  now: EpochMs,
  slackMs = 0,
): InviteRefusal | undefined {
  if (isRevoked(invite, id, policy)) return "revoked"
  if (now + slackMs < invite.fields.notBefore) return "not-yet"
  if (now - slackMs > invite.fields.notAfter) return "expired"
  return undefined
}

/** Whether a policy takes an invite back. */
export function isRevoked(invite: SignedInvite, id: InviteId, policy: Pick<Policy, "minInvite" | "revoked">): boolean {
  return invite.fields.serial < policy.minInvite || policy.revoked.some((revoked) => equal(revoked, id))
}
