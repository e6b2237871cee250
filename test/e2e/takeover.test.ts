import { afterAll, beforeAll, expect, test } from "vitest"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import type { MediaOrder } from "#crypto/member/types"
import { signerOf } from "#crypto/room/head"
import { Attendee } from "../support/attendee.ts"
import { joinSpace, type Bot } from "../support/bot.ts"
import { browsers, type Browser } from "../support/browsers.ts"
import { flowsOf } from "../support/flow.ts"
import { Keyhole } from "../support/keyhole.ts"
import { startProduct, type Product } from "../support/product.ts"
import { startSoundServer } from "../support/pulse.ts"
import { Recorder, type RecordedFrame } from "../support/recorder.ts"
import { speeches } from "../support/speech.ts"

// A room whose host is killed in the middle of the talk, on the real parts: each test goes on where the one before ended.

let product: Product
let chromium: Browser
let firefox: Browser
let host: Attendee
let deputy: Attendee
let speaker: Attendee
let listener: Attendee
/** Seats whose keys tell what the recorder saw, who leads, and that a kick has landed. */
let scribe: Bot
let moderator: Bot
let guest: Bot
let recorder: Recorder
let address: string
const bots: Bot[] = []
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
  for (const bot of bots.splice(0)) bot.stop()
  for (const close of closing.reverse()) await close()
})

async function seat(link: string): Promise<Bot> {
  const bot = await joinSpace(link, { origin: product.url, waitMs: 60_000 })
  bots.push(bot)
  return bot
}

const epochOrders = (bot: Bot) =>
  bot.orders.filter((order): order is Extract<MediaOrder, { kind: "epoch" }> => order.kind === "epoch")
const epochOf = (bot: Bot): number => bot.state.chain?.head?.fields.epoch ?? 0
/** Sender index of whoever leads. */
const leader = (bot: Bot): number | undefined => bot.state.chain && signerOf(bot.state.chain)?.index

/** No sender but the host was silent for longer than half a second, by its own clock. */
async function expectNoGap(frames: readonly RecordedFrame[], indices: readonly number[]): Promise<void> {
  const flows = await flowsOf(frames, new Keyhole(p, epochOrders(scribe)))
  for (const index of indices) {
    expect(flows.get(index)?.sealedMs, `the sender at ${index.toString()}`).toBeGreaterThan(1000)
    expect(flows.get(index)?.longestGapMs, `the sender at ${index.toString()}`).toBeLessThanOrEqual(500)
  }
}

test("a host, a co-host in Firefox, a speaker, a listener and a moderator are in one room", async () => {
  host = await Attendee.host(await chromium.visitor(), product.url, "A long evening")
  const toLead = await host.invite("Dora", "Co-host")
  const toSpeak = await host.invite("Ada", "Speaker")
  deputy = await Attendee.join(await firefox.visitor(), toLead)
  speaker = await Attendee.join(await chromium.visitor(), toSpeak)
  listener = await Attendee.join(await chromium.visitor(), await host.invite("Bianca"))
  scribe = await seat(await host.invite("the scribe"))
  moderator = await seat(await host.invite("Mo", "Moderator"))
  guest = await seat(await host.invite("Eve"))
  for (const person of [host, deputy, speaker]) await person.turnOnMicrophone()
  recorder = await Recorder.with(scribe, product.sfuUrl)
  closing.push(() => recorder.close())
  await recorder.more(300)
  expect(leader(scribe)).toBe(0)
  address = host.page.url()
}, 120_000)

test("the host's tab is killed: the co-host leads on, and nobody who speaks is missed for half a second", async () => {
  const from = recorder.frames.length
  await host.page.open("about:blank")
  await scribe.until((bot) => leader(bot) === 1, "the co-host leads")
  await recorder.more(200)
  await expectNoGap(recorder.frames.slice(from), [1, 2])
  await listener.reads("leads while the host is away")
}, 90_000)

test("a kick by a moderator lands within 3 s", async () => {
  const from = recorder.frames.length
  const epoch = epochOf(scribe)
  const began = performance.now()
  const reply = await moderator.command({ kind: "remove", serial: guest.state.serial ?? 0 })
  expect(reply).toEqual({ kind: "done" })
  await scribe.until((bot) => epochOf(bot) > epoch, "the Head of the kick")
  expect(performance.now() - began).toBeLessThanOrEqual(3000)
  await guest.until(({ state }) => state.phase === "gone")
  expect(guest.state.problem).toBe("removed")
  await recorder.more(200)
  await expectNoGap(recorder.frames.slice(from), [1, 2])
}, 60_000)

test("the host comes back to its seat and leads again", async () => {
  const from = recorder.frames.length
  await host.page.open(address)
  await host.reads("Lead again")
  await host.tap("Lead again")
  await scribe.until((bot) => leader(bot) === 0, "the host leads")
  await host.turnOnMicrophone()
  await recorder.more(300)
  await expectNoGap(recorder.frames.slice(from), [1, 2])
}, 90_000)
