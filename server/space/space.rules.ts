import { toHex, type Bytes } from "#crypto/base/bytes"
import { VerifyError } from "#crypto/base/errors"
import type { EpochMs, SpaceId } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { sealedCardBytes } from "#crypto/link/card-size"
import { acceptInvite, inviteIdOf, type SignedInvite } from "#crypto/link/invite"
import { acceptPolicy, policyKind, policyLifetimeMs, type SignedPolicy } from "#crypto/link/policy"
import { createCodec } from "#crypto/wire/wire"
import { Refusal } from "../errors.ts"

/** How much the clocks of a host and the service may differ, in ms. */
export const clockSlackMs = 3_600_000

/** A space as its host asks for it, checked. */
export interface NewSpace {
  readonly space: SpaceId
  readonly hostPub: Bytes
  readonly policy: SignedPolicy
  readonly card: Bytes
  readonly invites: readonly SignedInvite[]
  /** SHA-256 of the whole message. */
  readonly hash: Bytes
}

/**
 * Checks the message that makes a space: its first policy and its invites are signed by the host key it brings.
 * @throws CodecError, VerifyError of policies and invites; Refusal `bad-card`
 */
export async function acceptCreate(p: Primitives, body: Bytes, now: EpochMs): Promise<NewSpace> {
  const message = createCodec.decode(body)
  const { hostPub, card } = message
  if (!p.isStrictPublicKey(hostPub)) throw new VerifyError("weak-key", "The host key is not sound.")
  const { space } = policyKind.decode(p, message.policy).fields
  const policy = await acceptPolicy(p, message.policy, space, hostPub, undefined)
  if (policy.fields.serial !== 1) throw new VerifyError("bad-policy", "The first policy has serial 1.")
  checkPolicyTime(policy, now)
  if (card.length !== sealedCardBytes.min && card.length !== sealedCardBytes.max) throw new Refusal("bad-card")
  const invites: SignedInvite[] = []
  for (const bytes of message.invites) invites.push(await acceptInvite(p, bytes, space, hostPub))
  const ids = new Set(invites.map((invite) => toHex(inviteIdOf(p, invite.fields.invitePub))))
  if (ids.size !== invites.length) throw new Refusal("conflict")
  return { space, hostPub, policy, card, invites, hash: p.hash(body) }
}

/** A policy reaches at most a day ahead, so that nothing stays stored for ever. @throws VerifyError `bad-policy` */
export function checkPolicyTime(policy: SignedPolicy, now: EpochMs): void {
  const { notAfter } = policy.fields
  if (notAfter > now + policyLifetimeMs + clockSlackMs || notAfter < now - clockSlackMs)
    throw new VerifyError("bad-policy", "This policy has run out or reaches too far ahead.")
}
