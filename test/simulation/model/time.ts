import { tickMs } from "./machine.ts"
import type { World } from "./world.ts"

/** When something happens by itself next, in virtual ms; Infinity if nothing does for long. */
export async function nextMoment({ devices, engine, clock }: World): Promise<number> {
  let first = Infinity
  for (const page of devices) {
    const dials = page.dialAt === undefined ? Infinity : Math.ceil(page.dialAt / tickMs) * tickMs
    first = Math.min(first, dials, await engine.machine.deadline(page, clock.now))
  }
  return first
}

/** Time passes: timers fall due, and whoever's does nothing is looked at all the same. */
export async function passTo({ devices, engine, clock, truth }: World, time: number): Promise<void> {
  const before = clock.now
  for (const page of devices) page.ticks ||= (await engine.machine.deadline(page, before)) <= time
  clock.now = time
  for (const page of devices) {
    const { state, ticks } = page
    if (!ticks) truth.turned(page, state, { kind: "tick" }, { state, out: [], consumed: [] })
  }
}
