import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import type { MediaOrder } from "#crypto/member/types"
import { Attendee } from "../support/attendee.ts"
import { hostSpace, joinSpace, type Bot } from "../support/bot.ts"
import { browsers, type Browser, type Page } from "../support/browsers.ts"
import { playSealed } from "../support/deaf-ear.ts"
import { flowsOf } from "../support/flow.ts"
import { hear } from "../support/hearing.ts"
import { Keyhole } from "../support/keyhole.ts"
import type { Sound } from "../support/log-mel.ts"
import { medley, type Medley } from "../support/medley.ts"
import { startProduct, type Product } from "../support/product.ts"
import { startSoundServer, type SoundServer } from "../support/pulse.ts"
import { recognise } from "../support/recognition.ts"
import type { Recognised } from "../support/recognition.worker.ts"
import { Recorder, type RecordedFrame } from "../support/recorder.ts"
import { speeches } from "../support/speech.ts"

// One room on the real parts, from its first seat to its last: each test goes on where the one before it ended.

const secondsEach = 4
/** Cell of 120 B, header of 5 B, tag of 16 B. */
const frameBytes = 141

/** What the host says again and again, and what a second speaker says: other sentences, in two of the four voices. */
let said: Medley
let answered: Medley
let product: Product
let sound: SoundServer
let chromium: Browser
let firefox: Browser

let host: Attendee
let speaker: Attendee
let inChromium: Attendee
let inFirefox: Attendee
/** A seat that never leaves, whose token the recorder has, and whose keys tell what the recorder saw. */
let scribe: Bot
let recorder: Recorder
/** What the keyless play. */
let noise: Sound
let groupLink: string
const bots: Bot[] = []
/** Whatever has been started, how to end it. */
const closing: (() => Promise<void>)[] = []

beforeAll(async () => {
  const corpus = await speeches()
  said = await medley(corpus, 0, secondsEach)
  answered = await medley(
    corpus.filter(({ name }) => name === "human-it" || name === "synthetic-en"),
    20,
    secondsEach,
  )
  product = await startProduct()
  closing.push(() => product.stop())
  sound = await startSoundServer()
  closing.push(() => sound.stop())
  chromium = await browsers.chromium({ microphone: said.wav })
  closing.push(() => chromium.close())
  firefox = await browsers.firefox({ sound })
  closing.push(() => firefox.close())
}, 180_000)

afterAll(async () => {
  for (const bot of bots.splice(0)) bot.stop()
  for (const close of closing.reverse()) await close()
})

async function seat(link: string): Promise<Bot> {
  const bot = await joinSpace(link, { origin: product.url, waitMs: 40_000 })
  bots.push(bot)
  return bot
}

const epochOrders = (bot: Bot) =>
  bot.orders.filter((order): order is Extract<MediaOrder, { kind: "epoch" }> => order.kind === "epoch")
/** Everything a seat was ever given, and nothing of it forgotten. */
const keysOf = (bot: Bot): Keyhole => new Keyhole(p, epochOrders(bot))
const payloads = (frames: readonly RecordedFrame[]) => frames.map(({ payload }) => payload)
const epochOf = (bot: Bot): number => bot.state.chain?.head?.fields.epoch ?? 0

test("a host opens a room in Chromium; people come in by link in Chromium and in Firefox", async () => {
  host = await Attendee.host(await chromium.visitor(), product.url, "A quiet evening")
  groupLink = await host.invite("the quiet ones", "Listener", "A group")
  scribe = await seat(groupLink)
  recorder = await Recorder.with(scribe, product.sfuUrl)
  closing.push(() => recorder.close())
  const [first, second] = [await host.invite("Bianca"), await host.invite("Carlo")]
  inChromium = await Attendee.join(await chromium.visitor(), first)
  inFirefox = await Attendee.join(await firefox.visitor(), second)
  await host.reads("Only these 4 seats can hear")
  expect(scribe.state.chain?.count).toBe(4)
})

test("listeners in both browsers hear what the host says, in English and Italian; without a key it is noise", async () => {
  await host.turnOnMicrophone()
  await recorder.more(50)
  noise = await playSealed(inChromium.page, payloads((await recorder.more(400)).slice(-200)))
  await Promise.all([inChromium, inFirefox].map(({ page }) => expectWords(page, said, answered)))
})

/**
 * Whether each voice is heard in two pieces of a second and more, likelier than anything that the keyless' noise was taken for, and
 * than anything this sound would be taken for by somebody who listens for other words. A busy machine leaves gaps in the
 * sound: it is listened to up to three times.
 */
async function expectWords(page: Page, spoken: Medley, others: Medley): Promise<void> {
  const inNoise = await recognise(spoken.parts, noise)
  expect(inNoise.length, "audible seconds of noise").toBeGreaterThan(5)
  const found: Recognised[] = []
  const wrong: Recognised[] = []
  const missing = (): readonly string[] => {
    const highest = Math.max(...[...inNoise, ...wrong].map(({ score }) => score))
    return [...spoken.parts.keys()].flatMap((name) => {
      const its = found.filter((one) => one.name === name).map(({ score }) => score)
      return its.filter((score) => score > highest).length >= 2
        ? []
        : [`${name}: ${its.join(", ")} against ${highest.toString()}`]
    })
  }
  for (let left = 3; left > 0 && (found.length === 0 || missing().length > 0); left--) {
    const heard = await hear(page, 4 * secondsEach + 1)
    found.push(...(await recognise(spoken.parts, heard)))
    wrong.push(...(await recognise(others.parts, heard)))
  }
  expect(missing()).toEqual([])
}

test("a second speaker in Firefox is heard in Chromium", async () => {
  speaker = await Attendee.join(await firefox.visitor(), await host.invite("Dario", "Speaker"))
  await speaker.turnOnMicrophone()
  talkInto(sound, answered.wav)
  await recorder.more(50)
  await expectWords(host.page, answered, said)
})

/** Says it again and again. */
function talkInto(server: SoundServer, wav: string): void {
  void server.say(wav).ended.then(() => {
    if (bots.length > 0) talkInto(server, wav)
  })
}

test("a late joiner opens none of the frames recorded before, and those that follow", async () => {
  const before = payloads(recorder.frames)
  const late = await seat(groupLink)
  await recorder.more(100)
  const after = payloads(await recorder.more(200))
  expect(before.length).toBeGreaterThan(1000)
  expect(await keysOf(scribe).count(before)).toBeGreaterThan(0.9 * before.length)
  expect(await keysOf(late).count(before)).toBe(0)
  expect(await keysOf(late).count(after)).toBeGreaterThan(190)
})

test("killing and restarting the key service leaves the sound untouched, and the room goes on", async () => {
  const listeners = [inChromium, inFirefox]
  const reported = await Promise.all(listeners.map(async (listener) => (await listener.reports()).length))
  await product.killService()
  const outage = await recorder.more(600)
  await product.startService()
  const resumed = await recorder.more(300)

  const during = await flowsOf(outage, keysOf(scribe))
  expect([...during.keys()].sort()).toEqual([0, 1])
  for (const { longestGapMs, sealedMs, arrivedMs } of during.values()) {
    expect(longestGapMs).toBeLessThanOrEqual(500)
    // a busy machine's sound card is slow, but never stands still
    expect(sealedMs).toBeGreaterThan(0.5 * arrivedMs)
  }
  // livekit-client takes up its signalling again with an ICE restart, which costs some packets: 0.1 to 0.3 s of sound
  const after = await flowsOf(resumed, keysOf(scribe))
  for (const { longestGapMs } of after.values()) expect(longestGapMs).toBeLessThanOrEqual(3000)
  for (const [place, listener] of listeners.entries()) {
    const reports = (await listener.reports()).slice(reported[place])
    expect(reports.length).toBeGreaterThan(3)
    // about a second apart; two by request may lie closer
    const spaced = reports.filter((report, i) => i === 0 || report.at - (reports[i - 1]?.at ?? 0) > 500)
    for (const [i, report] of spaced.entries())
      expect(report.opened).toBeGreaterThan(i === 0 ? 0 : (spaced[i - 1]?.opened ?? 0))
  }

  const newcomer = await seat(groupLink)
  await recorder.more(100)
  expect(await keysOf(newcomer).count(payloads(await recorder.more(200)))).toBeGreaterThan(190)
  await host.reads("Only these 7 seats can hear")
})

describe("a reloaded tab comes back to the same seat", () => {
  test("a listener's in either browser, and hears again", async () => {
    for (const listener of [inChromium, inFirefox]) {
      const [name, seats] = [await listener.name(), scribe.state.chain?.count]
      await listener.reload()
      await listener.reads("Hearing")
      expect(await listener.name()).toBe(name)
      expect(scribe.state.chain?.count).toBe(seats)
      expect((await recognise(said.parts, await hear(listener.page, 4))).length).toBeGreaterThan(0)
    }
  })

  test.each([
    ["a speaker's", () => speaker, 1],
    ["the host's", () => host, 0],
  ] as const)("%s, and is heard again", async (_whose, who, index) => {
    const [name, seats, epoch] = [await who().name(), scribe.state.chain?.count, epochOf(scribe)]
    await who().reload()
    expect(await who().name()).toBe(name)
    await who().turnOnMicrophone()
    await scribe.until((bot) => epochOf(bot) > epoch, "a new epoch: no counter of the old one comes again")
    await recorder.more(100)
    const frames = payloads(await recorder.more(200))
    const keys = keysOf(scribe)
    const seen = await Promise.all(frames.map((frame) => keys.look(frame)))
    expect(seen.filter((one) => one?.index === index && one.epoch > epoch).length).toBeGreaterThan(50)
    expect(scribe.state.chain?.count).toBe(seats)
  })
})

test("a removed listener opens nothing sealed more than 2 s after the Head arrived", async () => {
  const removed = await seat(await host.invite("somebody to be removed"))
  await recorder.more(100)
  const before = payloads(await recorder.more(200))
  const epoch = epochOf(scribe)
  const from = performance.now()
  const arrival = scribe.until((bot) => epochOf(bot) > epoch, "the Head of the kick").then(() => performance.now())
  await host.remove("somebody to be removed")
  const head = await arrival
  await removed.until(({ state }) => state.phase === "gone")
  await recorder.until(() => (recorder.frames.at(-1)?.at ?? 0) > head + 5000, "5 s of frames after the Head")

  const sealedAt = recorder.sealedAt(from)
  const after = payloads(recorder.frames.filter((frame) => frame.at >= from && sealedAt(frame) > head + 2000))
  expect(after.length).toBeGreaterThan(100)
  expect(await keysOf(removed).count(before)).toBeGreaterThan(190)
  expect(await keysOf(removed).count(after)).toBe(0)
  expect(await keysOf(scribe).count(after)).toBeGreaterThan(0.9 * after.length)
  expect(removed.state.problem).toBe("removed")
})

describe("in everything the media server forwarded", () => {
  test("a keyless peer opens nothing, finds no word and no size", async () => {
    const frames = payloads(recorder.frames)
    expect(frames.length).toBeGreaterThanOrEqual(3000)
    expect(new Set(frames.map(({ length }) => length))).toEqual(new Set([frameBytes]))

    const other = await hostSpace({ origin: product.url })
    bots.push(other)
    const guesses = [other.state.secret?.secret ?? p.random(32), new Uint8Array(32), p.hash(scribe.state.space)]
    // with all that is public in its place: only the secret is missing
    const keyless = new Keyhole(
      p,
      epochOrders(scribe).flatMap((order) => guesses.map((secret) => ({ ...order, step: 0, secret }))),
    )
    expect(await keyless.count(frames)).toBe(0)

    const keys = keysOf(scribe)
    const packets = (await Promise.all(frames.map((frame) => keys.look(frame)))).flatMap((seen) => seen?.packet ?? [])
    const needles = packets.filter(({ length }) => length >= 40).map((packet) => Buffer.from(packet.subarray(8, 24)))
    const some = needles.filter((_, place) => place % Math.ceil(needles.length / 200) === 0)
    const found = (within: readonly Uint8Array[]): number => {
      const all = Buffer.concat(within)
      return some.filter((needle) => all.includes(needle)).length
    }
    expect(some.length).toBeGreaterThan(100)
    expect(found(packets)).toBe(some.length)
    expect(found(frames)).toBe(0)
  })

  test("no counter was used twice under one key, over all reloads", async () => {
    const keys = keysOf(scribe)
    const seen = await Promise.all(recorder.frames.map(({ payload }) => keys.look(payload)))
    const nonces = seen.flatMap((one) => (one ? [[one.epoch, one.index, one.step, one.counter].join("/")] : []))
    const repeated = (list: readonly string[]): number => list.length - new Set(list).size
    expect(nonces.length).toBeGreaterThan(0.9 * recorder.frames.length)
    expect(repeated(nonces)).toBe(0)
    expect(repeated([...nonces, ...nonces.slice(0, 1)])).toBe(1)
  })
})
