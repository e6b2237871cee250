import { toHex } from "../base/bytes.ts"
import { InternalError, UsageError } from "../base/errors.ts"
import type { EpochMs } from "../base/ids.ts"
import { inviteKind } from "../link/invite.ts"
import { maxRevoked, policyKind, policyLifetimeMs, type Policy, type SignedPolicy } from "../link/policy.ts"
import { chainOf, leading, type Turn } from "./turn.ts"

/** The newest policy the host made, whether or not a Head names it yet. */
export function newestPolicy(turn: Turn): SignedPolicy {
  const { inflight, pending } = leading(turn)
  return pending.policy ?? (inflight?.kind === "head" ? inflight.made.policy : undefined) ?? chainOf(turn).policy
}

/** The next policy: the newest one with changes, in force for another day. @throws UsageError `too-many-revoked` */
export async function newPolicy(turn: Turn, changes: Partial<Policy>): Promise<SignedPolicy> {
  const { p, now } = turn.world
  const { host } = turn.state
  if (host === undefined) throw new InternalError("not-the-host", "Only the host makes policies.")
  const last = newestPolicy(turn)
  // An invite whose time is over needs no place in the list.
  const over = new Set(
    host.invites.filter(({ bytes }) => inviteKind.decode(p, bytes).fields.notAfter < now).map(({ id }) => id),
  )
  const revoked = [...last.fields.revoked, ...(changes.revoked ?? [])].filter((id) => !over.has(toHex(id)))
  if (revoked.length > maxRevoked) throw new UsageError("too-many-revoked", "No more invites can be revoked.")
  return policyKind.sign(p, host.hostSeed, {
    ...last.fields,
    ...changes,
    revoked,
    serial: last.fields.serial + 1,
    prev: last.id,
    notAfter: (now + policyLifetimeMs) as EpochMs,
  })
}
