import type { Messages } from "../i18n/en.ts"
import type { Person, RoomView } from "../keys/messages.ts"
import { nameInText } from "./shown-name.ts"

/** One quiet line about who leads; `retake`: with a button that leads again. */
export interface LeadLine {
  readonly text: string
  readonly retake: boolean
}

/** Nothing as long as the host leads, which is what everybody expects. */
export function leadLine({ leader, leads, mayRetake, names }: RoomView, { leading }: Messages): LeadLine | undefined {
  if (leader === undefined || leader.role === "host") return undefined
  const name = nameInText(names, leader)
  if (mayRetake) return { text: leading.back(name), retake: true }
  return { text: leads ? leading.me : leading.other(name), retake: false }
}

/**
 * The ways out of the room. The host ends it, and may leave alone where somebody else can lead on; a co-host may do
 * both; everybody else leaves.
 */
export function waysOut({ me, heir, may }: RoomView): readonly ("leave" | "end")[] {
  if (me?.role === "host") return heir === undefined ? ["end"] : ["leave", "end"]
  return may.includes("end") ? ["leave", "end"] : ["leave"]
}

/** Whether the page shows who is here and whose hand is up, with what may be done about them. */
export function seesPeople({ me, leads }: RoomView): boolean {
  return leads || me?.role === "host" || me?.role === "cohost" || me?.role === "moderator"
}

/** The audience as far as it is known: whoever leads has all rows, a moderator knows whose hand is up. */
export function knownAudience({ audience, hands }: RoomView): readonly Person[] {
  const others = hands
    .map(({ person }) => person)
    .filter(({ index, serial }) => index === undefined && audience.every((person) => person.serial !== serial))
  return [...audience, ...others]
}
