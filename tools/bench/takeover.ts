import type { BenchRun } from "./benches.ts"
import { atMost, context, exactly, type Figure } from "./figure.ts"
import { withParts } from "./parts.ts"
import { startQuietService } from "./quiet-service.ts"
import { openRoom, type KickTakeover, type Takeover } from "./takeover/room.ts"

const sizes = { whole: [5, 200, 1000], quick: [5, 50] } as const
/** A deputy waits 20 s + 2 s for its rank; the rest is a tick and the way there. */
const headGoalMs = 24_000
/** An urgent order waits 0.9 s for the first deputy, its kick 0.25 s for the takeover's Head. */
const kickGoalMs = 3_000
/** Silence that is heard as a gap. */
const silentMs = 500
/** Whose key a deputy lacks as the kick comes is silent until it has a Seat, and where that was overtaken a new epoch. */
const freshGoalMs = 2_000

/** Ends leaders without a goodbye, and looks how long a room is without one, and what that does to a kick. */
export function takeover(run: BenchRun): Promise<readonly Figure[]> {
  return withParts(async (parts) => {
    const origin = await startQuietService(parts)
    const figures: Figure[] = []
    let network = 0
    for (const seats of run.quick ? sizes.quick : sizes.whole) {
      for (const standing of [true, false]) {
        const room = await openRoom(origin, seats, ++network, standing)
        try {
          const who = standing ? "standing deputy" : "fresh deputy"
          const named = (what: string): string => `takeover ${seats.toString()} seats, ${who}: ${what}`
          if (standing) {
            figures.push(...quietFigures(named, await room.quiet()))
            run.say(`  ${seats.toString()} seats, ${who}: led on`)
            await room.hostReturns()
          }
          figures.push(...kickFigures(named, await room.kick(), standing))
          run.say(`  ${seats.toString()} seats, ${who}: led on for a kick`)
        } finally {
          room.close()
        }
      }
    }
    return figures
  })
}

type Named = (what: string) => string

function quietFigures(named: Named, { headMs, sinceNewsMs, keysMs, silences }: Takeover): readonly Figure[] {
  return [
    atMost(named("to the next Head"), headMs, "ms", headGoalMs),
    context(named("last news to the next Head"), sinceNewsMs, "ms"),
    exactly(named("silent for more than 0.5 s"), silent(silences), "seats", 0),
    context(named("Head to everybody's key"), keysMs, "ms"),
  ]
}

function kickFigures(named: Named, kick: KickTakeover, standing: boolean): readonly Figure[] {
  const gaps = named("kick: silent for more than 0.5 s")
  const longest = Math.max(...kick.silences)
  return [
    atMost(named("moderator's kick to its Head"), kick.kickMs, "ms", kickGoalMs),
    context(named("kick: takeover"), kick.headMs, "ms"),
    standing ? exactly(gaps, silent(kick.silences), "seats", 0) : context(gaps, silent(kick.silences), "seats"),
    atMost(named("kick: longest silence on stage"), longest, "ms", standing ? silentMs : freshGoalMs),
    context(named("kick: takeover to everybody's key"), kick.keysMs, "ms"),
    context(named("kick: Head to everybody's secret"), kick.everybodyMs, "ms"),
  ]
}

const silent = (silences: readonly number[]): number => silences.filter((ms) => ms > silentMs).length
