import { expect, test } from "vitest"
import { en } from "../../web/i18n/en.ts"
import { toldOf } from "../../web/room/told.ts"

const facts = {
  onStage: true,
  handUp: false,
  microphone: "muted",
  heard: false,
  promoted: false,
  fresh: false,
  mutedBy: undefined,
} as const

test("a listener is told that the hand is up", () => {
  expect(toldOf({ ...facts, onStage: false, handUp: true }, en)).toBe(en.hands.yours)
  expect(toldOf({ ...facts, onStage: false }, en)).toBe(en.microphone.stateListening)
})

test("nobody is told to be heard whose sound is held back", () => {
  expect(toldOf({ ...facts, microphone: "live" }, en)).toBe(en.microphone.stateNotYet)
  expect(toldOf({ ...facts, microphone: "live", heard: true }, en)).toBe(en.microphone.stateLive)
})

test("whoever was asked to be quiet is told by whom", () => {
  expect(toldOf({ ...facts, mutedBy: "Amber Otter" }, en)).toContain("Amber Otter")
  expect(toldOf(facts, en)).toBe(en.microphone.stateMuted)
})

test("whoever has just come on stage is told what to tap", () => {
  expect(toldOf({ ...facts, fresh: true }, en)).toBe(en.hands.ready)
  expect(toldOf({ ...facts, microphone: "off", promoted: true }, en)).toBe(en.room.promotedTitle)
})
