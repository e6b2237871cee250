import { bareView } from "../../web/keys/bare-view.ts"
import { expect, test } from "vitest"
import { en } from "../../web/i18n/en.ts"
import type { RoomView } from "../../web/keys/messages.ts"
import { microphoneOff, noSound } from "../../web/room/session.ts"
import { statusOf } from "../../web/room/status.ts"

const connected = { ...noSound, state: "connected" } as const
const view: RoomView = {
  ...bareView("AAECAwQFBgcICQoLDA0ODw", "opening"),
  phase: "seated",
  inviteRole: "listener",
  count: 2,
  hostOnline: true,
  online: true,
  epoch: 1,
  seq: 1,
}
const facts = { view, sound: connected, microphone: microphoneOff, hearing: 3 }

test("when all is well the line says how many are heard", () => {
  expect(statusOf(facts, en)).toEqual({ tone: "calm", text: "Hearing 3 people", action: undefined })
})

test("sealed silence is never shown as speaking", () => {
  for (const reason of ["no-key", "stale-head", "no-wrap", "counter-limit"] as const) {
    const status = statusOf({ ...facts, view: { ...view, sending: { kind: "silence", reason } } }, en)
    expect(status.text).toMatch(/^Nobody hears you/)
  }
})

test("what cuts the microphone off comes before everything else, with a way to try again", () => {
  const sound = { ...connected, problem: "leak-suspected", blocked: true } as const
  const status = statusOf({ ...facts, sound, view: { ...view, online: false } }, en)
  expect(status).toMatchObject({ tone: "trouble", action: { kind: "retry-sound" } })
})

test("blocked sound offers Play, a denied microphone offers another try", () => {
  expect(statusOf({ ...facts, sound: { ...connected, blocked: true } }, en).action?.kind).toBe("play")
  const microphone = { state: "off", problem: "microphone-denied" } as const
  expect(statusOf({ ...facts, microphone }, en)).toMatchObject({ tone: "trouble", action: { kind: "microphone" } })
})

test("a key service that is away is said, though the sound goes on", () => {
  expect(statusOf({ ...facts, view: { ...view, online: false } }, en).text).toBe(en.status.offline)
})
