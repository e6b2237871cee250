import type { AlarmKind } from "#crypto/member/alarms"
import type { Problem, Sending } from "#crypto/member/types"
import type { Room } from "./room.ts"

/** What a person in the room, or their device, must make of it. */
export type Seen =
  /** A refusal of this code at one device, and the room goes on as if nothing had happened. */
  | { readonly refused: string; readonly by: string }
  /** A sentence on somebody's screen. */
  | { readonly alarm: AlarmKind; readonly at: string }
  /** Somebody on air seals silence rather than trust what it is shown. */
  | { readonly silent: NonNullable<Sending["silence"]>; readonly at: string }
  /** Somebody leaves, and says why. */
  | { readonly gone: Problem; readonly who: string }
  /** No effect at all: everybody hears everybody, and no alarm. */
  | "nothing changes"

/** One thing that a hostile key service may do. */
export interface Behaviour {
  /** What it does, as the end of "a key service that …". */
  readonly name: string
  readonly seen: Seen
  /**
   * What happens in the room. Only what is inside `room.strike` is hostile: the control plays the same without it, and
   * has to end calm.
   */
  readonly play: (room: Room) => Promise<void>
}

/** A sentence for the table's test. */
export function inWords(seen: Seen): string {
  if (seen === "nothing changes") return seen
  if ("refused" in seen) return `${seen.by} refuses it: ${seen.refused}`
  if ("alarm" in seen) return `${seen.at} is told: ${seen.alarm}`
  if ("silent" in seen) return `${seen.at} falls silent: ${seen.silent}`
  return `${seen.who} leaves: ${seen.gone}`
}
