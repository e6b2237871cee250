import { equal } from "../base/bytes.ts"
import { inviteId, list, objectId, oneOf, spaceId, struct, time, u16, u32, u8, upTo } from "../base/codec.ts"
import { VerifyError } from "../base/errors.ts"
import type { EpochMs, InviteId, ObjectId, SpaceId } from "../base/ids.ts"
import type { Primitives } from "../base/primitives.ts"
import { signedKind, type Signed } from "../base/signed.ts"

/** How people get in: with an open listing, with an invite, or with an invite and a human's yes. */
export const spaceKinds = { open: 0, invited: 1, sealed: 2 } as const
export type SpaceKindName = keyof typeof spaceKinds
export type SpaceKind = (typeof spaceKinds)[SpaceKindName]

/** Bits of `flags`; unknown ones are refused. */
export const policyFlags = { knockAfterKick: 1, succession: 2, listenerChat: 4 } as const

/** The host's standing rules. It takes effect through a Head that names it. */
export interface Policy {
  readonly space: SpaceId
  /** u32, one higher each time. */
  readonly serial: number
  /** Id of the policy before; 32 zeros for the first. */
  readonly prev: ObjectId
  readonly kind: SpaceKind
  /** At most 24 h ahead; a host's tab renews it. */
  readonly notAfter: EpochMs
  /** Seats at most. */
  readonly seats: number
  /** Stage seats at most (≤ 64), and on air at most (≤ 16). */
  readonly stage: number
  readonly onAir: number
  /** Plaintext bytes of every cell, and the milliseconds between two. */
  readonly cell: number
  readonly ptime: number
  readonly flags: number
  /** Invites whose holders may stand in for the host, by rank. */
  readonly deputies: readonly InviteId[]
  /** Invites whose holders must be let in by a human. */
  readonly knock: readonly InviteId[]
  readonly revoked: readonly InviteId[]
  readonly minInvite: number
}

export type SignedPolicy = Signed<Policy>

const maxCellBytes = 1000
export const maxDeputies = 3
/** Invites that may be revoked one by one at a time. */
export const maxRevoked = 256

export const policyKind = signedKind<Policy>(
  "sign-policy",
  2,
  struct({
    space: spaceId,
    serial: u32,
    prev: objectId,
    kind: oneOf(Object.values(spaceKinds)),
    notAfter: time,
    seats: u32,
    stage: upTo(u8, 64),
    onAir: upTo(u8, 16),
    cell: upTo(u16, maxCellBytes),
    ptime: upTo(u8, 60),
    flags: upTo(u8, 7),
    deputies: list(inviteId, maxDeputies),
    knock: list(inviteId, 64),
    revoked: list(inviteId, maxRevoked),
    minInvite: u32,
  }),
  8192,
)

/** How far ahead a policy may reach, in ms. */
export const policyLifetimeMs = 24 * 3600 * 1000

/**
 * Accepts a policy: the host's signature, this space, a higher serial than the last one, chained to it if it is the next.
 * @param last - the policy that was in force, if any.
 * @throws VerifyError `bad-signature`, `wrong-space`, `stale-policy`, `bad-policy`
 */
export async function acceptPolicy(
  p: Primitives,
  bytes: Uint8Array,
  space: SpaceId,
  hostPub: Uint8Array,
  last: SignedPolicy | undefined,
): Promise<SignedPolicy> {
  const policy = policyKind.decode(p, bytes)
  const fields = policy.fields
  if (!equal(fields.space, space)) throw new VerifyError("wrong-space", "This policy is for another space.")
  if (last !== undefined && fields.serial <= last.fields.serial)
    throw new VerifyError("stale-policy", "This policy is older than the one in force.")
  if (last !== undefined && fields.serial === last.fields.serial + 1 && !equal(fields.prev, last.id))
    throw new VerifyError("bad-policy", "This policy does not follow the one in force.")
  if (fields.cell < 40 || fields.ptime < 10 || fields.stage === 0 || fields.onAir === 0 || fields.seats === 0)
    throw new VerifyError("bad-policy", "This policy leaves no room for a voice.")
  await policyKind.verify(p, policy, hostPub)
  return policy
}

/** 32 zeros: what stands where there is no object before. */
export const noObject = new Uint8Array(32) as ObjectId
