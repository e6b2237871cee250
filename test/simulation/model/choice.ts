import type { World } from "./world.ts"

/** One thing that may happen next. */
export interface Choice {
  /** The same in every world in which it may happen. */
  readonly name: string
  /** What is under way goes on; somebody wants something; something goes wrong; time passes. */
  readonly kind: "flow" | "will" | "fault" | "time"
  /** Pages by id, connections by name, or the service: what it changes but for the end of a queue. Undefined: all. */
  readonly touches: readonly (number | string)[] | undefined
  /** What it uses up. */
  readonly spends?: Budget
  run(world: World): Promise<void>
}

/** What goes wrong a limited number of times, to anybody or to one of them. */
export type Budget = Hazard | `${Hazard} ${"H" | "D" | "L"}`
export type Hazard = "crash" | "drop" | "twice" | "again" | "late" | "tab"

/**
 * Whether two choices, where both may happen, lead to the same in either order and neither takes the other away: what
 * one of them says goes to the end of a queue of which the other takes, or does not touch, the beginning.
 */
export function areIndependent(a: Choice, b: Choice): boolean {
  if (a.touches === undefined || b.touches === undefined) return false
  if (a.spends !== undefined && a.spends === b.spends) return false
  return !a.touches.some((one) => b.touches?.includes(one) === true)
}
