import { describe, expect, test } from "vitest"
import { likeness, loudness, sameSpeech } from "./hearing.ts"
import { hearingRate } from "./log-mel.ts"

/** A chirping tone with a rhythm of its own: as unlike another seed as two sentences are. */
function babble(seed: number, seconds: number): Float32Array {
  let state = seed
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const sound = new Float32Array(seconds * hearingRate)
  let phase = 0
  for (let start = 0; start < sound.length;) {
    const length = Math.floor((0.05 + 0.2 * next()) * hearingRate)
    const [hertz, level] = [150 + 3000 * next() ** 2, next() < 0.3 ? 0 : 0.3]
    for (let i = start; i < Math.min(sound.length, start + length); i++) {
      phase += (2 * Math.PI * hertz) / hearingRate
      sound[i] = level * Math.sin(phase)
    }
    start += length
  }
  return sound
}

describe("the ear of the tests", () => {
  const said = babble(1, 12)

  test("knows a part of what was said, quieter and with noise", () => {
    const noise = babble(9, 12)
    const heard = said
      .slice(3.3 * hearingRate, 7 * hearingRate)
      .map((sample, i) => 0.3 * sample + 0.003 * (noise[i] ?? 0))
    expect(likeness(said, heard)).toBeGreaterThan(sameSpeech)
  })

  test("does not take other words for it", () => {
    expect(likeness(said, babble(2, 4))).toBeLessThan(sameSpeech)
  })

  test("hears nothing in silence", () => {
    const silence = new Float32Array(4 * hearingRate)
    expect(loudness(silence)).toBe(0)
    expect(likeness(said, silence)).toBe(0)
  })
})
