import type { Messages } from "../i18n/en.ts"
import { isolate } from "../i18n/isolate.ts"
import type { RoomView } from "../keys/messages.ts"

/** One quiet line about who leads; `retake`: with a button that leads again. */
export interface LeadLine {
  readonly text: string
  readonly retake: boolean
}

/** Nothing as long as the host leads, which is what everybody expects. */
export function leadLine({ leader, leads, mayRetake }: RoomView, { leading }: Messages): LeadLine | undefined {
  if (leader === undefined || leader.role === "host") return undefined
  if (mayRetake) return { text: leading.back(isolate(leader.name)), retake: true }
  return { text: leads ? leading.me : leading.other(isolate(leader.name)), retake: false }
}

/**
 * The ways out of the room. The host ends it, and may leave alone where somebody else can lead on; a co-host ends it
 * only while leading; everybody else leaves.
 */
export function waysOut({ me, leads, heir }: RoomView): readonly ("leave" | "end")[] {
  if (me?.role === "host") return heir === undefined ? ["end"] : ["leave", "end"]
  return leads && me?.role === "cohost" ? ["leave", "end"] : ["leave"]
}

/** Whether the page shows who is here, and what may be done about them. */
export function seesPeople({ me, leads }: RoomView): boolean {
  return leads || me?.role === "host"
}
