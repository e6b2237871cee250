import fc from "fast-check"
import { describe, expect, it } from "vitest"

import { UsageError } from "#crypto/base/errors"
import { counterLimit, createCounter, firstCounter } from "#crypto/media/counter"
import { decodeKid, encodeKid, epochTag } from "#crypto/media/kid"
import { createReplayWindow, replayWindowSize } from "#crypto/media/replay-window"

describe("a replay window", () => {
  it("takes any counter first", () => {
    for (const counter of [0, 256, 65536, 2 ** 31 - 1]) expect(createReplayWindow().commit(counter)).toBe(true)
  })

  it("takes late frames down to top − 1023, each once", () => {
    for (const [late, taken] of [
      [5000, false],
      [4999, true],
      [5000 - replayWindowSize + 1, true],
      [5000 - replayWindowSize, false],
      [5000 - replayWindowSize - 1, false],
      [0, false],
    ] as const) {
      const window = createReplayWindow()
      window.commit(5000)
      expect(window.peek(late), String(late)).toBe(taken)
      expect(window.commit(late), String(late)).toBe(taken)
      expect(window.commit(late), String(late)).toBe(false)
    }
  })

  it("has no bound ahead", () => {
    const window = createReplayWindow()
    window.commit(256)
    for (const ahead of [257, 256 + replayWindowSize, 100_000, 2 ** 31 - 1]) expect(window.commit(ahead)).toBe(true)
  })

  it("changes nothing by peeking", () => {
    const window = createReplayWindow()
    expect(window.peek(9)).toBe(true)
    expect(window.peek(9)).toBe(true)
    expect(window.commit(9)).toBe(true)
    expect(window.peek(9)).toBe(false)
  })

  it("agrees with a set that forgets nothing, in any order of arrival", () => {
    const arrivals = fc.array(fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 2000, max: 2100 })), {
      maxLength: 300,
    })
    fc.assert(
      fc.property(arrivals, (counters) => {
        const window = createReplayWindow()
        const seen = new Set<number>()
        let top = -1
        for (const counter of counters) {
          const expected = top < 0 || (counter > top - replayWindowSize && !seen.has(counter))
          expect(window.commit(counter)).toBe(expected)
          if (!expected) continue
          seen.add(counter)
          top = Math.max(top, counter)
        }
      }),
    )
  })
})

describe("a counter", () => {
  it("starts at 256 and never gives a value twice", () => {
    const counter = createCounter()
    const values = Array.from({ length: 2000 }, () => counter.next())
    expect(values[0]).toBe(firstCounter)
    expect(new Set(values).size).toBe(2000)
  })

  it("ends before 2^31, for good", () => {
    const counter = createCounter(counterLimit - 2)
    expect([counter.next(), counter.next()]).toEqual([counterLimit - 2, counterLimit - 1])
    for (let i = 0; i < 3; i++)
      expect(() => counter.next()).toThrow(expect.objectContaining({ code: "counter-exhausted", fault: "caller" }))
    expect(() => createCounter(counterLimit).next()).toThrow(UsageError)
  })
})

describe("a KID", () => {
  it("holds epoch tag, index and step, each in its own bits", () => {
    const parts = fc.tuple(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.integer({ min: 0, max: 63 }),
      fc.integer({ min: 0, max: 63 }),
    )
    fc.assert(
      fc.property(parts, ([epoch, index, step]) => {
        const kid = encodeKid(epoch, index, step)
        expect(kid).toBeGreaterThanOrEqual(0x1000)
        expect(kid).toBeLessThanOrEqual(0xffff)
        expect(decodeKid(kid)).toEqual({ tag: epochTag(epoch), index, step })
      }),
    )
  })

  it("wraps after fifteen epochs, and no tag is 0", () => {
    expect(Array.from({ length: 16 }, (_, epoch) => epochTag(epoch))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1,
    ])
    expect(decodeKid(0x0fff)).toBeUndefined()
    expect(decodeKid(0x1000)).toEqual({ tag: 1, index: 0, step: 0 })
    expect(decodeKid(0xffff)).toEqual({ tag: 15, index: 63, step: 63 })
  })

  it("takes no index or step past 63", () => {
    for (const bad of [-1, 64, 255, 0.5]) {
      expect(() => encodeKid(1, bad, 0)).toThrow(UsageError)
      expect(() => encodeKid(1, 0, bad)).toThrow(UsageError)
    }
  })
})
