import { expect, test } from "vitest"
import { nameInText, shownName, typedName } from "../../web/room/shown-name.ts"

const heron = { serial: 4, name: "Quiet Heron", role: "listener" } as const
const ana = { serial: 1, name: "Ana Ferrari", role: "host" } as const
const names = { 4: "Marta", 1: "Somebody else" }

test("a name somebody gave themselves never stands without the seat's own words", () => {
  expect(shownName(names, heron)).toEqual({ main: "Marta", also: "Quiet Heron" })
  expect(nameInText(names, heron)).toBe("\u2068Marta\u2069 (Quiet Heron)")
  expect(shownName({}, heron)).toEqual({ main: "Quiet Heron", also: undefined })
})

test("the host goes by the name on the signed card", () => {
  expect(shownName(names, ana)).toEqual({ main: "Ana Ferrari", also: undefined })
})

test("what nobody would see is not part of a name, and an empty name is none", () => {
  expect(typedName("  Mar\u202eta\u0007 ")).toBe("Marta")
  expect(typedName(" \u200f ")).toBeUndefined()
})
