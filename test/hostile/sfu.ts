import type { DropReason } from "#crypto/media/drop-reason"
import type { Trust } from "#crypto/media/standing"
import { handlings } from "./sfu/handling.ts"
import { injections } from "./sfu/injections.ts"
import type { Name, Stage } from "./stage.ts"

/** What a listener's device, or its person, must make of it. */
export type SfuSeen =
  /** The frames are dropped for this reason. */
  | { readonly dropped: DropReason }
  /** The speaker's tile says so. */
  | { readonly trust: Trust; readonly of: Name }
  /** The speaker's tile shows that nothing comes. */
  | { readonly silent: Name }
  | "nothing changes"

/** One thing that a hostile media server may do. */
export interface SfuBehaviour {
  /** What it does, as the end of "a media server that …". */
  readonly name: string
  readonly seen: SfuSeen
  /** Who is heard without a gap in the last second all the same. */
  readonly heard: readonly Name[]
  /** Who is heard no more, in the control as well. */
  readonly absent?: readonly Name[]
  /** How much of somebody else's sound may be played before it is found out, in ms; none unless it says so. */
  readonly untilFoundMs?: number
  /** Only what is inside `strike` is hostile: the control plays the same without it. */
  readonly play: (stage: Stage, strike: (act: () => unknown) => void) => Promise<void>
}

/** Everything a hostile media server is tried with: a row each, and what must come of it. */
export const sfuBehaviours: readonly SfuBehaviour[] = [...injections, ...handlings]

/** A sentence for the table's test. */
export function inWords(seen: SfuSeen): string {
  if (seen === "nothing changes") return seen
  if ("dropped" in seen) return `dropped as ${seen.dropped}`
  if ("trust" in seen) return `${seen.of} is marked ${seen.trust}`
  return `${seen.silent} is not heard`
}
