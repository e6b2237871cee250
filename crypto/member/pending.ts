import { equal } from "../base/bytes.ts"
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

/** Both sets of changes; of two policies the later one, which contains the earlier. */
export function mergePending(earlier: PendingChanges, later: PendingChanges): PendingChanges {
  return {
    urgent: earlier.urgent || later.urgent,
    rotate: earlier.rotate || later.rotate,
    remove: [...new Set([...earlier.remove, ...later.remove])],
    burn: [...new Set([...earlier.burn, ...later.burn])],
    promote: [...new Set([...earlier.promote, ...later.promote])],
    demote: [...new Set([...earlier.demote, ...later.demote])],
    policy: later.policy ?? earlier.policy,
    since: earlier.since ?? later.since,
  }
}

/** Adds to what the next Head will carry. */
export function change(turn: Turn, changes: Partial<PendingChanges>): void {
  const since = turn.world.monotonic
  const { policy, ...rest } = changes
  // A policy against whoever leads is named by somebody else, who takes the row away with it.
  const own = ownEntry(turn)?.inviteId
  const against = own !== undefined && policy?.fields.revoked.some((id) => equal(id, own)) === true
  const added = against ? rest : { ...rest, policy }
  patchLead(turn, { pending: mergePending(leading(turn).pending, { ...noPending, ...added, since }) })
}
