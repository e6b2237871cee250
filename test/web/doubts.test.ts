import { expect, test } from "vitest"

import type { Trust } from "../../web/media/messages.ts"
import { doubtsOf } from "../../web/room/doubts.ts"
import { stage } from "../page/preview/people.ts"

const first = stage[0]
const voiced = (trust: Trust) => new Map(stage.map(({ index }) => [index ?? 0, { level: 0.1, muted: false, trust }]))

test("a verified voice, and one that has only just begun, is nothing to be told", () => {
  for (const trust of ["verified", "unverified"] as const) expect(doubtsOf(stage, voiced(trust))).toEqual([])
  expect(doubtsOf(stage, new Map())).toEqual([])
})

test("a doubtful and a tampered voice are told with whose it is, one's own never", () => {
  for (const trust of ["doubtful", "tampered"] as const) {
    const doubts = doubtsOf(stage, voiced(trust))
    expect(doubts.map(({ person }) => person.name)).toEqual(stage.filter(({ isMe }) => !isMe).map(({ name }) => name))
    expect(doubts.every((doubt) => doubt.trust === trust)).toBe(true)
  }
  if (first === undefined) throw new Error("Nobody is on stage.")
  expect(doubtsOf([{ ...first, isMe: true }], voiced("tampered"))).toEqual([])
})
