import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { browsers, type Browser } from "../support/browsers.ts"
import { hear, likeness, loudness, readWav, sameSpeech } from "../support/hearing.ts"
import { startSoundServer, type SoundServer } from "../support/pulse.ts"
import { startTestSfu, type TestSfu } from "../support/sfu.ts"
import { speeches, type Speech } from "../support/speech.ts"
import {
  clear,
  type Counts,
  dropped,
  opened,
  sealed,
  talker,
  type TalkOptions,
  type Talker,
} from "../support/talk-page.ts"
import { serveTestPage, type ServedPage } from "../support/test-page.ts"

let sfu: TestSfu
let served: ServedPage
let sound: SoundServer
let chromium: Browser
let firefox: Browser
let english: Speech
let italian: Speech

beforeAll(async () => {
  const corpus = await speeches()
  english = named(corpus, "human-en")
  italian = named(corpus, "synthetic-it")
  ;[sfu, served, sound] = await Promise.all([startTestSfu(), serveTestPage("talk"), startSoundServer()])
  chromium = await browsers.chromium({ microphone: english.wav })
  firefox = await browsers.firefox({ sound })
}, 120_000)

afterAll(async () => {
  await Promise.allSettled([chromium.close(), firefox.close()])
  await Promise.allSettled([sfu.stop(), served.stop(), sound.stop()])
})

function named(corpus: readonly Speech[], name: Speech["name"]): Speech {
  const found = corpus.find((speech) => speech.name === name)
  if (found === undefined) throw new Error(`There is no speech ${name}.`)
  return found
}

/** A speaker and a listener in a room of their own. */
async function pair(
  browser: Browser,
  speaker: Partial<TalkOptions> = {},
  use: (speaker: Talker, listener: Talker) => Promise<void>,
): Promise<void> {
  const room = await sfu.room()
  const [a, b] = await Promise.all([
    talker(browser, served.url, sfu, room, { index: 0, ...speaker }),
    talker(browser, served.url, sfu, room, { index: 1 }),
  ])
  try {
    await b.connect("listener")
    await use(a, b)
  } finally {
    await Promise.all([a.close(), b.close()])
  }
}

/** Counts once the speaker sends nothing more and nothing is on its way: the same twice. */
async function settled(speaker: Talker, listener: Talker): Promise<{ speaker: Counts; listener: Counts }> {
  await speaker.hush()
  const read = async () => ({ speaker: await speaker.counts(), listener: await listener.counts() })
  let counts = await read()
  await expect
    .poll(
      async () => {
        const before = JSON.stringify(counts)
        counts = await read()
        return JSON.stringify(counts) === before
      },
      { interval: 200, timeout: 10_000 },
    )
    .toBe(true)
  return counts
}

const unsent = (counts: Counts): number => sealed(counts) - counts.sent

/**
 * Frames sealed and never sent so far, at most: those from before the connection was ready. The browser's count is read
 * first and lags behind the worker's by some, so it is the least of many readings.
 */
async function unsentSoFar(speaker: Talker): Promise<number> {
  let least = Infinity
  for (let reading = 0; reading < 15; reading++) least = Math.min(least, unsent(await speaker.counts()))
  return least
}

/** At some moment as many packets have been sent as frames were sealed, but for those lost before. */
async function expectAsManySent(speaker: Talker, lost: number): Promise<void> {
  await expect
    .poll(async () => unsent(await speaker.counts()), { interval: 5, timeout: 10_000 })
    .toBeLessThanOrEqual(lost)
}

/** Frames that may be sealed and not sent where a track starts or ends: those a busy machine has between worker and network. */
const underWay = 10

/** No packet was sent that is no sealed frame, and what was sealed and not sent was under way at the start or the end. */
function expectAllSealed(counts: Counts, lost: number): void {
  expect(counts.sent).toBeGreaterThan(0)
  expect(lost).toBeLessThanOrEqual(underWay)
  expect(unsent(counts)).toBeGreaterThanOrEqual(0)
  expect(unsent(counts)).toBeLessThanOrEqual(lost + underWay)
}

async function freshRoom(browser: Browser): Promise<void> {
  await pair(browser, {}, async (speaker, listener) => {
    await speaker.connect("speaker")
    await speaker.publish()
    await speaker.onAir()
    const lost = await unsentSoFar(speaker)
    await speaker.speak()
    await listener.page.until(`talk.counts().then(({ opening }) => opening.some(({ opened }) => opened >= 75))`)
    await expectAsManySent(speaker, lost)
    const counts = await settled(speaker, listener)
    expectAllSealed(counts.speaker, lost)
    expect(counts.speaker.sealing.map(({ dropped, lost }) => [dropped, lost])).toEqual([[0, 0]])
    expect(dropped(counts.listener)).toBe(0)
    expect(opened(counts.listener)).toBeGreaterThanOrEqual(75)
    // what came before the page heard of the track never reached the decoder
    expect(counts.listener.received - opened(counts.listener)).toBeLessThanOrEqual(50)
  })
}

describe("every packet that leaves was sealed, every frame that arrives opens", () => {
  test.each(Array.from({ length: 30 }, (_, place) => place + 1))("Chromium, fresh room %i of 30", async () => {
    await freshRoom(chromium)
  })
  test.each(Array.from({ length: 8 }, (_, place) => place + 1))("Firefox, fresh room %i of 8", async () => {
    await freshRoom(firefox)
  })
})

test("Chromium and Firefox hear each other's words; who lacks the key hears nothing", async () => {
  const room = await sfu.room()
  const [a, b, stranger] = await Promise.all([
    talker(chromium, served.url, sfu, room, { index: 0 }),
    talker(firefox, served.url, sfu, room, { index: 1 }),
    talker(firefox, served.url, sfu, room, { index: 2, secret: 8 }),
  ])
  await stranger.connect("listener")
  for (const speaker of [a, b]) {
    await speaker.connect("speaker")
    await speaker.publish()
    await speaker.onAir()
  }
  const [englishSound, italianSound] = [await readWav(english.wav), await readWav(italian.wav)]
  await Promise.all([a.speak(), b.speak()])

  await expect.poll(async () => (await stranger.counts()).received, { timeout: 20_000 }).toBeGreaterThan(100)
  expect(opened(await stranger.counts())).toBe(0)
  expect(loudness(await hear(stranger.page, 1))).toBe(0)
  await stranger.close()

  // a machine with too much to do leaves gaps in the sound: it may try again
  const patience = { timeout: 60_000, interval: 0 }
  await expect
    .poll(async () => {
      const heard = await hear(b.page, 4)
      // the same detector on the wrong words
      expect(likeness(italianSound, heard)).toBeLessThan(sameSpeech)
      return likeness(englishSound, heard)
    }, patience)
    .toBeGreaterThan(sameSpeech)
  await expect
    .poll(async () => {
      const said = sound.say(italian.wav)
      const heard = await hear(a.page, 4)
      said.stop()
      expect(likeness(englishSound, heard)).toBeLessThan(sameSpeech)
      return likeness(italianSound, heard)
    }, patience)
    .toBeGreaterThan(sameSpeech)

  await a.mute()
  await b.page.until(`talk.voices().others.some(([index, voice]) => index === 0 && voice.muted && voice.level === 0)`)
  const before = (await b.counts()).received
  // what was said before is still in the listener's jitter buffer
  expect(loudness((await hear(b.page, 3)).subarray(-8000))).toBeLessThan(0.003)
  // silence keeps the rhythm of speech
  expect((await b.counts()).received - before).toBeGreaterThan(50)
  await Promise.all([a.close(), b.close()])
})

test("an insider without the seat key it speaks for is marked, and silent after two seconds; everybody else is verified", async () => {
  await pair(chromium, { impostor: true }, async (impostor, listener) => {
    await impostor.connect("speaker")
    await impostor.publish()
    const trustIs = (trust: string) =>
      listener.page.until(`talk.voices().others.some(([index, voice]) => index === 0 && voice.trust === "${trust}")`)
    await trustIs("doubtful")
    await expect.poll(async () => unvouched(await listener.counts()), { timeout: 10_000 }).toBeGreaterThan(100)
    // two seconds are 100 frames, and what stood still on the way may come at once
    const silenced = opened(await listener.counts())
    expect(silenced).toBeLessThanOrEqual(150)
    expect(silenced).toBeGreaterThan(0)
    await expect.poll(async () => unvouched(await listener.counts()), { timeout: 10_000 }).toBeGreaterThan(200)
    expect(opened(await listener.counts())).toBe(silenced)
  })
  await pair(chromium, {}, async (speaker, listener) => {
    await speaker.connect("speaker")
    await speaker.publish()
    await listener.page.until(`talk.voices().others.some(([, voice]) => voice.trust === "verified")`)
    await listener.page.until(`talk.counts().then(({ opening }) => opening.some(({ opened }) => opened >= 250))`)
    expect(unvouched(await listener.counts())).toBe(0)
  })
})

const unvouched = (counts: Counts): number => counts.opening.reduce((sum, { drops }) => sum + drops.unvouched, 0)

describe.each(["chromium", "firefox"] as const)("in %s", (name) => {
  const browser = (): Browser => (name === "chromium" ? chromium : firefox)

  test("a media worker that starts late delays the sound and lets nothing out before", async () => {
    await pair(browser(), { late: { ms: 1000, answers: false } }, async (speaker, listener) => {
      await speaker.connect("speaker")
      await speaker.publish()
      await speaker.onAir()
      const lost = await unsentSoFar(speaker)
      await expectAsManySent(speaker, lost)
      const counts = await settled(speaker, listener)
      expectAllSealed(counts.speaker, lost)
      expect(clear(counts.listener)).toBe(0)
    })
  })

  test("transforms that start late hold the packets back", async () => {
    await pair(browser(), { late: { ms: 3000, answers: true } }, async (speaker, listener) => {
      await speaker.connect("speaker")
      await speaker.publish()
      await speaker.speak()
      await speaker.page.until("performance.now() > 6000")
      const counts = { speaker: await speaker.counts(), listener: await listener.counts() }
      expect(counts.speaker.sent).toBeLessThanOrEqual(sealed(counts.speaker))
      expect(clear(counts.listener)).toBe(0)
    })
  })

  test("a media worker that dies takes the sound with it, and the page says so", async () => {
    await pair(browser(), {}, async (speaker, listener) => {
      await speaker.connect("speaker")
      await speaker.publish()
      await speaker.onAir()
      await speaker.speak()
      await listener.page.until(`talk.counts().then(({ opening }) => opening.some(({ opened }) => opened >= 50))`)
      await speaker.killWorker()
      await speaker.heardOf("leak-suspected")
      const counts = await listener.counts()
      expect(clear(counts)).toBe(0)
      const bySfu = counts.opening.reduce((sum, { drops }) => sum + drops["sfu-silence"], 0)
      expect(dropped(counts)).toBe(bySfu)
    })
  })

  test("the counters of this test see clear packets where there are some", async () => {
    await pair(browser(), { leaky: true }, async (speaker, listener) => {
      await speaker.connect("speaker")
      await speaker.publish()
      await speaker.speak()
      await expect.poll(async () => clear(await listener.counts()), { timeout: 20_000 }).toBeGreaterThan(20)
      expect((await speaker.counts()).sent).toBeGreaterThan(sealed(await speaker.counts()))
    })
  })
})

test("a transform taken away in Firefox, which then sends in clear, takes the track down within seconds", async () => {
  await pair(firefox, {}, async (speaker, listener) => {
    await speaker.connect("speaker")
    await speaker.publish()
    await speaker.onAir()
    await speaker.removeTransforms()
    await speaker.heardOf("leak-suspected", 15_000)
    const { sent } = await speaker.counts()
    await listener.page.until(
      `talk.counts().then((counts) => (globalThis.last === counts.received) || void (globalThis.last = counts.received))`,
    )
    expect((await speaker.counts()).sent).toBe(sent)
  })
})
