import type { BenchRun } from "./benches.ts"
import { churnFor, type Churn } from "./churn/room.ts"
import { atLeast, atMost, context, exactly, type Figure } from "./figure.ts"
import { withParts } from "./parts.ts"
import { startQuietService } from "./quiet-service.ts"
import { median, quantile } from "./stats.ts"

const seconds = { whole: 300, quick: 30 } as const
/** A leave waits at most 5 s for its Head, and senders at most 4 s for its wraps; the rest is the way there. */
const leaveGoalMs = 10_000
const headGoalMs = 6_000
const kickGoalMs = 2_000
/** As long as a listener keeps frames of an epoch whose key is still on its way. */
const heldMs = 200

/** Has people come and go all the time, and looks how long those who went could still open what is said. */
export function churn(run: BenchRun): Promise<readonly Figure[]> {
  return withParts(async (parts) => {
    const origin = await startQuietService(parts)
    const wanted = run.quick ? seconds.quick : seconds.whole
    return figuresOf(await churnFor(origin, wanted, run.say), wanted)
  })
}

function figuresOf(churn: Churn, wanted: number): readonly Figure[] {
  const { leaves, kick } = churn
  const usable = leaves.map(({ usableMs }) => usableMs)
  const headed = leaves.map(({ headMs }) => headMs)
  return [
    context("churn: a leaver's keys, p50", median(usable), "ms"),
    context("churn: a leaver's keys, p95", quantile(usable, 0.95), "ms"),
    atMost("churn: a leaver's keys, longest", Math.max(...usable), "ms", leaveGoalMs),
    context("churn: leave to its Head, p95", quantile(headed, 0.95), "ms"),
    atMost("churn: leave to its Head, longest", Math.max(...headed), "ms", headGoalMs),
    atMost("churn: a kick's keys", kick.usableMs, "ms", kickGoalMs),
    atLeast("churn: leaves", leaves.length, "leaves", wanted),
    context("churn: epochs made", churn.epochs, "epochs"),
    exactly("churn: refusals", churn.refusals, "refusals", 0),
    atMost("churn: a key in use that somebody who stays lacks, longest", churn.behindMs, "ms", heldMs),
    exactly("churn: who stays and lacks the newest secret at the end", churn.without, "seats", 0),
  ]
}
