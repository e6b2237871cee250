import { churn } from "./churn.ts"
import type { Figure } from "./figure.ts"
import { frame } from "./frame.ts"
import { join } from "./join.ts"
import { lockout } from "./lockout.ts"
import { rotate } from "./rotate.ts"
import { takeover } from "./takeover.ts"

export interface BenchRun {
  /** Few repetitions: shows that it runs. */
  readonly quick: boolean
  /** Tells a line of progress. */
  say(line: string): void
  /** Notes a browser that took part. */
  saw(name: string, version: string): void
}

export interface Bench {
  readonly name: string
  /** What is measured, and the goal. */
  readonly promise: string
  /** @throws Error if something could not be measured */
  run(run: BenchRun): Promise<readonly Figure[]>
}

/** In the order in which they run. */
export const benches: readonly Bench[] = [
  {
    name: "frame",
    promise: "bytes added to each cell (21), time to seal and open a frame (≤ 0.6 of LiveKit's own worker)",
    run: frame,
  },
  {
    name: "rotate",
    promise: "a new secret made and wrapped for 1,000 and 10,000 seats in Chromium (≤ 30 and 300 ms, ≤ 52 B a seat)",
    run: rotate,
  },
  {
    name: "lockout",
    promise: "kick to the last frame that the ex-member's keys open, at 5, 50 and 200 seats (p95 ≤ 0.5 s at 200)",
    run: lockout,
  },
  {
    name: "churn",
    promise: "a join and a leave every second: a leaver's newest key is of use for ≤ 10 s, a kick's for ≤ 2 s",
    run: churn,
  },
  {
    name: "takeover",
    promise: "a leader's end to the first deputy's Head (≤ 24 s), a moderator's kick then to its Head (≤ 3 s)",
    run: takeover,
  },
  {
    name: "join",
    promise: "tap to the first audible sample (≤ 3 s, and ≤ 150 ms more than without encryption)",
    run: join,
  },
]
