import { expect, test } from "vitest"
import { faded } from "../../web/room/voices.ts"

const one = (level: number, muted = false) => new Map([[4, { level, muted, trust: "verified" } as const]])

test("a voice rises at once and does not flicker between syllables", () => {
  const loud = faded(new Map(), one(0.4))
  expect(loud.get(4)?.level).toBe(0.4)
  const pause = faded(loud, one(0))
  expect(pause.get(4)?.level).toBeGreaterThan(0.1)
})

test("a voice that stopped is gone within two seconds of readings", () => {
  let voices = faded(new Map(), one(1))
  for (let reading = 0; reading < 10; reading++) voices = faded(voices, one(0))
  expect(voices.get(4)?.level).toBeLessThan(0.01)
})

test("a muted voice is silent at once, and one that left is not shown", () => {
  const loud = faded(new Map(), one(0.4))
  expect(faded(loud, one(0, true)).get(4)).toMatchObject({ level: 0, muted: true })
  expect(faded(loud, new Map()).size).toBe(0)
})
