import { afterAll, beforeAll, expect, test } from "vitest"

import { Attendee, type Found } from "../support/attendee.ts"
import { browsers, type Browser } from "../support/browsers.ts"
import { startProduct, type Product } from "../support/product.ts"
import { startSoundServer } from "../support/pulse.ts"
import { speeches } from "../support/speech.ts"

// Checkpoints on the real parts: two browsers that speak, and a listener in the audience, whom the SFU hides.

let product: Product
let chromium: Browser
let firefox: Browser
const closing: (() => Promise<void>)[] = []

beforeAll(async () => {
  const [speech] = await speeches()
  product = await startProduct()
  closing.push(() => product.stop())
  const sound = await startSoundServer()
  closing.push(() => sound.stop())
  chromium = await browsers.chromium({ microphone: speech?.wav ?? "" })
  closing.push(() => chromium.close())
  firefox = await browsers.firefox({ sound })
  closing.push(() => firefox.close())
}, 120_000)

afterAll(async () => {
  for (const close of closing.reverse()) await close()
})

function expectVerifiedSoon({ heardAt, trust }: Found): void {
  const verified = trust.find((one) => one.trust === "verified")
  expect(heardAt).toBeGreaterThan(0)
  expect((verified?.at ?? Infinity) - heardAt).toBeLessThanOrEqual(1000)
  // A machine that stands still for a moment brings a checkpoint late: a doubt that goes away by itself, and no more.
  const standings = trust.map((one) => one.trust).filter((one) => one !== "unverified")
  expect(standings.at(-1)).toBe("verified")
  expect(standings.filter((standing) => standing !== "verified").length).toBeLessThanOrEqual(3)
  expect(standings).not.toContain("tampered")
}

test("Chromium, Firefox and the audience know within a second of the first sound that it is its sender's own", async () => {
  const host = await Attendee.host(await chromium.visitor(), product.url, "Who is who")
  const [toStage, toHear] = [await host.invite("Dario", "Speaker"), await host.invite("Bianca")]
  const [speaker, listener] = [
    await Attendee.join(await firefox.visitor(), toStage),
    await Attendee.join(await chromium.visitor(), toHear),
  ]
  await host.turnOnMicrophone()
  await speaker.turnOnMicrophone()
  for (const [who, index] of [
    [speaker, 0],
    [host, 1],
    [listener, 0],
    [listener, 1],
  ] as const)
    expectVerifiedSoon(await who.finds(index, "verified", 15_000))
  // longer than any doubt needs to grow
  const before = await listener.reports()
  await expect
    .poll(async () => (await listener.reports()).length - before.length, { timeout: 30_000 })
    .toBeGreaterThan(15)
  for (const [who, index] of [
    [speaker, 0],
    [host, 1],
    [listener, 0],
    [listener, 1],
  ] as const)
    expectVerifiedSoon(await who.finds(index, "verified", 10_000))
  // and no frame of theirs was dropped for want of a voucher
  for (const who of [host, speaker, listener]) expect((await who.reports()).at(-1)?.unvouched).toBe(0)
}, 60_000)
