import type { BenchRun } from "./benches.ts"
import { atLeast, atMost, context, type Figure } from "./figure.ts"
import { openRoom, type Kick } from "./lockout/room.ts"
import { withParts } from "./parts.ts"
import { startQuietService } from "./quiet-service.ts"
import { quantile } from "./stats.ts"

/** The goal is for the last size. */
const sizes = { whole: [5, 50, 200], quick: [5] } as const
const goalMs = 500
const kicksPerSize = 20
/** A machine that is too busy for that many gets no further, and the figures say so. */
const longestMs = 80_000

/** Kicks listeners from rooms of a real key service, and looks until when their keys still open what is said. */
export function lockout(run: BenchRun): Promise<readonly Figure[]> {
  return withParts(async (parts) => {
    const origin = await startQuietService(parts)
    const figures: Figure[] = []
    const wanted: readonly number[] = run.quick ? sizes.quick : sizes.whole
    for (const [network, seats] of wanted.entries()) {
      const kicks = await kicksOf(origin, seats, network, run)
      figures.push(...figuresOf(seats, kicks, seats === wanted.at(-1), run.quick ? 1 : kicksPerSize))
    }
    return figures
  })
}

function figuresOf(seats: number, kicks: readonly Kick[], judged: boolean, enough: number): readonly Figure[] {
  const named = (what: string): string => `lockout ${seats} seats: ${what}`
  const lockouts = kicks.map(({ lockoutMs }) => lockoutMs)
  const switched = kicks.map(({ switchedMs }) => switchedMs)
  const p95 = quantile(lockouts, 0.95)
  return [
    context(named("p50"), quantile(lockouts, 0.5), "ms"),
    judged ? atMost(named("p95"), p95, "ms", goalMs) : context(named("p95"), p95, "ms"),
    context(named("longest"), Math.max(...lockouts), "ms"),
    context(named("all talkers switched, p95"), quantile(switched, 0.95), "ms"),
    atLeast(named("kicks"), kicks.length, "kicks", enough),
  ]
}

async function kicksOf(origin: string, seats: number, network: number, run: BenchRun): Promise<readonly Kick[]> {
  const room = await openRoom(origin, seats, network)
  try {
    run.say(`  ${seats} seats are taken`)
    const kicks: Kick[] = []
    const until = performance.now() + longestMs
    while (kicks.length < (run.quick ? 1 : kicksPerSize) && performance.now() < until) kicks.push(await room.kick())
    run.say(`  ${seats} seats: ${kicks.map(({ lockoutMs }) => lockoutMs.toFixed(0)).join(" ")} ms`)
    return kicks
  } finally {
    room.close()
  }
}
