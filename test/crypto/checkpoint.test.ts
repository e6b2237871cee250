import fc from "fast-check"
import { describe, expect, it } from "vitest"

import { concat, equal } from "#crypto/base/bytes"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import {
  blindCheckpoint,
  checkpointBytes,
  checkpointMessage,
  openCheckpoint,
  readClear,
  sealCheckpoint,
} from "#crypto/media/checkpoint"
import { decodeFrames, encodeFrames, fitting, framesBytes, type SentFrame } from "#crypto/media/checkpoint-body"
import { frameHash } from "#crypto/media/frame-hash"
import { encodeKid } from "#crypto/media/kid"
import { checkKey, ratchet, sframeBase } from "#crypto/media/key-schedule"

const hash = (seed: number) => frameHash(Uint8Array.of(seed & 255, seed >> 8))
const run = (step: number, first: number, count: number): SentFrame[] =>
  Array.from({ length: count }, (_, i) => ({ step, counter: first + i, hash: hash(first + i) }))
const body = concat(p.random(16), encodeFrames(run(0, 256, 25)))
const clear = { kid: encodeKid(1, 2, 0), seq: 9 }
const key = p.random(32)
const signature = new Uint8Array(64).fill(5)

describe("the frames of a checkpoint", () => {
  const frameList = fc
    .array(
      fc.tuple(
        fc.integer({ min: 0, max: 63 }),
        fc.integer({ min: 0, max: 2 ** 31 - 40 }),
        fc.integer({ min: 1, max: 12 }),
      ),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    .map((runs) => runs.sort(([a, b], [c, d]) => a - c || b - d))
    .filter((runs) =>
      runs.every(([step, first], i) => {
        const before = runs[i - 1]
        return before?.[0] !== step || before[1] + before[2] <= first
      }),
    )
    .map((runs) => runs.flatMap(([step, first, count]) => run(step, first, count)))

  it("come back as they were, in one size, whatever they are", () => {
    fc.assert(
      fc.property(frameList, (frames) => {
        const some = frames.slice(0, fitting(frames))
        const bytes = encodeFrames(some)
        expect(bytes.length).toBe(framesBytes)
        expect(decodeFrames(bytes)).toEqual(some)
      }),
    )
  })

  it("have one form: no other bytes are read as a list that would be written differently", () => {
    const bytes = encodeFrames([...run(3, 300, 4), ...run(3, 310, 2)])
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Uint8Array.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ change
        const read = decodeFrames(changed)
        if (read !== undefined) expect(encodeFrames(read)).toEqual(changed)
      }),
    )
    // a list split in two, one out of order, one past the last counter, none at all
    const split = concat(bytes)
    split.set([3, 0, 0, 1, 44, 2, 3, 0, 0, 1, 46, 2])
    expect(decodeFrames(split)).toBeUndefined()
    const reversed = Uint8Array.from(bytes)
    reversed.set(bytes.subarray(6, 12), 0)
    reversed.set(bytes.subarray(0, 6), 6)
    expect(decodeFrames(reversed)).toBeUndefined()
    const far = Uint8Array.from(bytes)
    far.set([3, 127, 255, 255, 254, 4])
    expect(decodeFrames(far)).toBeUndefined()
    expect(decodeFrames(new Uint8Array(framesBytes))).toBeUndefined()
    expect(decodeFrames(bytes)).toBeDefined()
  })

  it("stop where the room ends: 32 frames, three runs", () => {
    expect(fitting(run(0, 256, 40))).toBe(32)
    expect(fitting([...run(0, 256, 2), ...run(0, 260, 2), ...run(1, 256, 2), ...run(2, 256, 2)])).toBe(6)
    expect(() => encodeFrames(run(0, 256, 33))).toThrow(expect.objectContaining({ code: "frames" }) as Error)
    expect(() => encodeFrames([])).toThrow()
  })
})

describe("a checkpoint", () => {
  it("opens to what was sealed, at 442 bytes", () => {
    const sealed = sealCheckpoint(p, key, clear, body, signature)
    expect(sealed.length).toBe(442)
    expect(sealed.length).toBe(checkpointBytes)
    expect(readClear(sealed)).toEqual({ kid: { tag: 2, index: 2, step: 0 }, seq: 9 })
    const opened = openCheckpoint(p, key, sealed)
    expect(opened).toMatchObject({ head: body.slice(0, 16), body, signature, frames: run(0, 256, 25) })
  })

  it("does not open with any bit changed, under any other key, at any other length", () => {
    const sealed = sealCheckpoint(p, key, clear, body, signature)
    for (let bit = 0; bit < sealed.length * 8; bit += 5) {
      const changed = Uint8Array.from(sealed)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(openCheckpoint(p, key, changed)).toBeUndefined()
    }
    expect(openCheckpoint(p, p.random(32), sealed)).toBeUndefined()
    for (const length of [0, 8, 441]) expect(openCheckpoint(p, key, sealed.subarray(0, length))).toBeUndefined()
    expect(openCheckpoint(p, key, concat(sealed, Uint8Array.of(0)))).toBeUndefined()
  })

  it("vouches for no step beyond its key's", () => {
    const ahead = concat(p.random(16), encodeFrames(run(1, 256, 3)))
    expect(openCheckpoint(p, key, sealCheckpoint(p, key, clear, ahead, signature))).toBeUndefined()
    const later = { kid: encodeKid(1, 2, 1), seq: 9 }
    expect(openCheckpoint(p, key, sealCheckpoint(p, key, later, ahead, signature))).toBeDefined()
  })

  it("tells the SFU nothing but its place: a blind one has the same clear bytes and the same size", () => {
    const sealed = sealCheckpoint(p, key, clear, body, signature)
    const blind = blindCheckpoint(p, clear.kid, clear.seq)
    expect(blind.length).toBe(sealed.length)
    expect(blind.subarray(0, 8)).toEqual(sealed.subarray(0, 8))
    expect(openCheckpoint(p, key, blind)).toBeUndefined()
  })

  it("signs its space, epoch, index and number: no two places give the same bytes", () => {
    const place = { space: new Uint8Array(16), epoch: 1, index: 2, seq: 3 }
    const message = checkpointMessage(place, body)
    for (const other of [{ space: new Uint8Array(16).fill(1) }, { epoch: 2 }, { index: 3 }, { seq: 4 }])
      expect(equal(checkpointMessage({ ...place, ...other }, body), message)).toBe(false)
  })

  it("has a key of its own for each index, step and history, which is no other key", () => {
    const [secret, view] = [p.random(32), p.random(32)]
    const keys = [
      checkKey(p, secret, view, 1),
      checkKey(p, secret, view, 2),
      checkKey(p, secret, p.random(32), 1),
      checkKey(p, ratchet(p, secret, view, 1), view, 1),
      sframeBase(p, secret, view),
    ].map((one) => one.join())
    expect(new Set(keys).size).toBe(keys.length)
  })
})
