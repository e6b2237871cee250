import { isolate } from "../i18n/isolate.ts"
import type { Person, RoomView } from "../keys/messages.ts"

export interface ShownName {
  readonly main: string
  /** The seat's two words beside a name that people gave themselves: such a name may be anybody's, the words are not. */
  readonly also: string | undefined
}

type Named = Pick<Person, "serial" | "name" | "role">

/** How somebody is shown. The host goes by the name on the card, which the host key has signed. */
export function shownName(names: RoomView["names"], { serial, name, role }: Named): ShownName {
  const own = role === "host" ? undefined : names[serial]
  return own === undefined || own === name ? { main: name, also: undefined } : { main: own, also: name }
}

/** The same inside a sentence. */
export function nameInText(names: RoomView["names"], person: Named): string {
  const { main, also } = shownName(names, person)
  return also === undefined ? isolate(main) : `${isolate(main)} (${also})`
}

const unprintable = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** What somebody typed as a name, without what nobody would see; undefined if nothing is left. */
export function typedName(text: string): string | undefined {
  const name = text.replace(unprintable, "").trim()
  return name === "" ? undefined : name
}
