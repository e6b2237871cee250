import { afterAll, beforeAll, expect, test } from "vitest"

import type { DropReason } from "#crypto/media/drop-reason"
import type { OpenStats } from "../../web/media/messages.ts"
import { browsers, type Browser } from "../support/browsers.ts"
import { startTestSfu, type TestSfu } from "../support/sfu.ts"
import { speeches } from "../support/speech.ts"
import { talker } from "../support/talk-page.ts"
import { serveTestPage, type ServedPage } from "../support/test-page.ts"

// Whoever has a valid token can have the real media server forward anything to everybody: so can the server itself.

let sfu: TestSfu
let served: ServedPage
let chromium: Browser

beforeAll(async () => {
  const [speech] = await speeches()
  ;[sfu, served] = await Promise.all([startTestSfu(), serveTestPage("talk")])
  chromium = await browsers.chromium({ microphone: speech?.wav ?? "" })
}, 120_000)

afterAll(async () => {
  await Promise.allSettled([chromium.close(), sfu.stop(), served.stop()])
})

const sumOf = (drops: OpenStats["drops"]): number => Object.values(drops).reduce((sum, one) => sum + one, 0)

test("clear Opus, server silence, garbage, empty and replayed frames from a valid token are never played; who is honest is heard", async () => {
  const room = await sfu.room()
  const [ada, attacker, listener] = await Promise.all([
    talker(chromium, served.url, sfu, room, { index: 0 }),
    talker(chromium, served.url, sfu, room, { index: 1, hostile: true }),
    talker(chromium, served.url, sfu, room, { index: 2 }),
  ])
  try {
    await listener.connect("listener")
    await ada.connect("speaker")
    await ada.publish()
    await ada.onAir()
    await ada.speak()
    await listener.page.until(`talk.voices().others.some(([, voice]) => voice.trust === "verified")`)
    await attacker.connect("speaker")
    await attacker.publish()

    /** Of each track: frames that were opened, and that were dropped. */
    const tracks = async () => {
      const { opening } = await listener.counts()
      const honest = opening.find(({ index }) => index === 0)
      const hostile = opening.find(({ index, drops }) => index === undefined && sumOf(drops) > 0)
      return { honest, hostile }
    }
    const dropped = async (reason: DropReason): Promise<number> => (await tracks()).hostile?.drops[reason] ?? 0
    const patience = { timeout: 20_000, interval: 250 }
    await expect.poll(() => dropped("malformed"), patience).toBeGreaterThan(50)
    const before = await tracks()
    await expect.poll(() => dropped("malformed"), patience).toBeGreaterThan(150)
    const after = await tracks()
    if (!before.honest || !before.hostile || !after.honest || !after.hostile) throw new Error("A track is missing.")

    // what the attacker sent reached the listener and ended there, each for a reason of its own
    expect(after.hostile.opened).toBe(0)
    for (const reason of ["malformed", "sfu-silence", "bad-tag", "other-sender"] as const)
      expect(after.hostile.drops[reason], reason).toBeGreaterThan(10)
    // who is honest was heard meanwhile, at the same fifty frames a second, and not one frame was lost to it
    const sent = sumOf(after.hostile.drops) - sumOf(before.hostile.drops)
    expect(after.honest.opened - before.honest.opened).toBeGreaterThan(sent * 0.8)
    expect(sumOf(after.honest.drops)).toBe(sumOf(before.honest.drops))
    const standings = async () => (await listener.voices()).others.map(([index, { trust }]) => [index, trust])
    await expect.poll(standings, patience).toEqual([[0, "verified"]])
  } finally {
    await Promise.all([ada.close(), attacker.close(), listener.close()])
  }
}, 90_000)
