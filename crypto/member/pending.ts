import { equal } from "../base/bytes.ts"
import type { SignedPolicy } from "../link/policy.ts"
import type { PendingChanges } from "./leadership.ts"
import { leading, ownEntry, patchLead, type Turn } from "./turn.ts"

/** Nothing waits for the next Head. */
export const noPending: PendingChanges = {
  urgent: false,
  rotate: false,
  remove: [],
  burn: [],
  promote: [],
  demote: [],
  policy: undefined,
  since: undefined,
}

/** Both sets of changes; of two policies the one with the higher serial, which contains the other: that may come again. */
export function mergePending(earlier: PendingChanges, later: PendingChanges): PendingChanges {
  return {
    urgent: earlier.urgent || later.urgent,
    rotate: earlier.rotate || later.rotate,
    remove: [...new Set([...earlier.remove, ...later.remove])],
    burn: [...new Set([...earlier.burn, ...later.burn])],
    promote: [...new Set([...earlier.promote, ...later.promote])],
    demote: [...new Set([...earlier.demote, ...later.demote])],
    policy: newerOf(earlier.policy, later.policy),
    since: earlier.since ?? later.since,
  }
}

function newerOf(earlier: SignedPolicy | undefined, later: SignedPolicy | undefined): SignedPolicy | undefined {
  if (earlier === undefined || later === undefined) return later ?? earlier
  return later.fields.serial >= earlier.fields.serial ? later : earlier
}

/** Adds to what the next Head will carry. */
export function change(turn: Turn, changes: Partial<PendingChanges>): void {
  const since = turn.world.monotonic
  const { policy, ...rest } = changes
  // A policy against whoever leads is named by somebody else, who takes the row away with it.
  const added = isAgainstUs(turn, policy) ? rest : { ...rest, policy }
  patchLead(turn, { pending: mergePending(leading(turn).pending, { ...noPending, ...added, since }) })
}

/** Whether a policy takes back the invite that this member is on stage by. */
export function isAgainstUs(turn: Turn, policy: SignedPolicy | undefined): boolean {
  const own = ownEntry(turn)?.inviteId
  return own !== undefined && policy?.fields.revoked.some((id) => equal(id, own)) === true
}
