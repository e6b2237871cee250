import fc from "fast-check"
import { describe, expect, it } from "vitest"

import { toHex } from "#crypto/base/bytes"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { frameKey } from "#crypto/media/aead"
import { encodeCell } from "#crypto/media/cell"
import { counterLimit, createCounter } from "#crypto/media/counter"
import { createSealer } from "#crypto/media/sealer"
import { decodeRoomHeader } from "#crypto/media/sframe-header"
import { epochSecret, listener, outcome, packet, speaker } from "./frame-room.ts"

const header = (frame: Uint8Array) => decodeRoomHeader(frame) ?? expect.fail("no header")
const ignore = { onCounterLimit: () => undefined }

describe("a sealed frame", () => {
  it("is 21 bytes longer than its cell, whatever the packet, muted or not, sending or stalled", async () => {
    const known = epochSecret()
    const sealer = speaker(known, 1)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), fc.boolean(), async (bytes, muted, stalled) => {
        sealer.setMuted(muted)
        if (stalled) sealer.stall()
        else sealer.send({ epoch: 1, step: 0, index: 1 })
        expect(await sealer.seal(bytes)).toHaveLength(120 + 21)
      }),
      { numRuns: 60 },
    )
  })

  it("opens to its packet, of every length that fits", async () => {
    const known = epochSecret()
    const sealer = speaker(known, 1)
    const { opener } = listener(known)
    for (const length of [0, 1, 117, 118])
      expect(await opener.open("t", await sealer.seal(packet(length)), 0)).toEqual({
        kind: "packet",
        packet: packet(length),
        index: 1,
        muted: false,
      })
    expect(outcome(await opener.open("t", await sealer.seal(packet(119)), 0))).toBe("lost-cell")
    expect(sealer.counts()).toEqual({ sealed: 5, lost: 1, silenced: 0 })
  })

  it("carries the muted bit inside, where only members see it", async () => {
    const known = epochSecret()
    const sealer = speaker(known, 1)
    const { opener } = listener(known)
    sealer.setMuted(true)
    expect(await opener.open("t", await sealer.seal(packet()), 0)).toMatchObject({ kind: "packet", muted: true })
    sealer.setMuted(false)
    expect(await opener.open("t", await sealer.seal(packet()), 0)).toMatchObject({ kind: "packet", muted: false })
  })

  it("has a counter no other frame of its key has, frames sealed at once included", async () => {
    const sealer = speaker(epochSecret(), 1)
    const frames = await Promise.all(Array.from({ length: 300 }, () => sealer.seal(packet())))
    expect(frames.map((frame) => header(frame).counter)).toEqual(Array.from({ length: 300 }, (_, i) => 256 + i))
  })
})

describe("packets sealed at the same time", () => {
  it("open to what each of them was, before and after the key is ready, whatever its length", async () => {
    const known = epochSecret()
    const sealer = speaker(known, 1)
    const { opener } = listener(known)
    const packets = Array.from({ length: 60 }, (_, i) => Uint8Array.from({ length: 1 + ((i * 37) % 118) }, () => i))
    for (let round = 0; round < 2; round++) {
      const frames = await Promise.all(packets.map((bytes) => sealer.seal(bytes)))
      for (const [i, frame] of frames.entries())
        expect(await opener.open("t", frame, 0)).toMatchObject({ kind: "packet", packet: packets[i] })
    }
  })
})

describe("a counter", () => {
  it("goes on when the sender is made anew, when it stalls, and when the space is left and entered again", async () => {
    const known = epochSecret()
    const sealer = speaker(known, 1)
    const seen: number[] = []
    const note = async () => seen.push(header(await sealer.seal(packet())).counter)
    await note()
    sealer.send({ epoch: 1, step: 0, index: 1 })
    await note()
    sealer.stall()
    await note()
    sealer.send({ epoch: 1, step: 0, index: 1 })
    await note()
    sealer.wipe()
    sealer.install(known)
    sealer.send({ epoch: 1, step: 0, index: 1 })
    await note()
    expect(seen).toEqual([256, 257, 258, 259, 260])
  })

  it("starts anew with each step, index and epoch, for each has its own key", async () => {
    const known = epochSecret()
    const sealer = speaker(known, 1)
    const next = epochSecret({ epoch: 2 })
    sealer.install(next)
    await sealer.seal(packet())
    const places = [
      { epoch: 1, step: 1, index: 1 },
      { epoch: 1, step: 1, index: 2 },
      { epoch: 2, step: 0, index: 1 },
    ]
    for (const to of places) {
      sealer.send(to)
      expect(header(await sealer.seal(packet())).counter).toBe(256)
    }
  })

  it("that is used up stalls the sender and asks for a rotation, once", async () => {
    const known = epochSecret({ epoch: 9 })
    const asked: number[] = []
    const sealer = speaker(known, 1, {
      onCounterLimit: (epoch) => asked.push(epoch),
      newCounter: () => createCounter(counterLimit - 2),
    })
    const { opener } = listener(known)
    const outcomes: string[] = []
    const sizes = new Set<number>()
    for (let i = 0; i < 5; i++) {
      const frame = await sealer.seal(packet())
      sizes.add(frame.length)
      outcomes.push(outcome(await opener.open("t", frame, 0)))
    }
    // silence counts on its own then, far behind the window
    expect(outcomes).toEqual(["packet", "packet", "replayed", "replayed", "replayed"])
    expect(asked).toEqual([9])
    expect(sizes.size).toBe(1)
  })

  it("that is used up stays so: the same place again is silence", async () => {
    const known = epochSecret()
    const sealer = speaker(known, 1, { newCounter: () => createCounter(counterLimit - 1) })
    const { opener } = listener(known)
    await sealer.seal(packet())
    sealer.send({ epoch: 1, step: 0, index: 1 })
    expect(outcome(await opener.open("t", await sealer.seal(packet()), 0))).toBe("bad-tag")
    expect(sealer.counts().silenced).toBe(1)
  })
})

describe("a stalled sender", () => {
  it("looks like any other, and nobody opens what it sends", async () => {
    const known = epochSecret()
    const sealer = speaker(known, 3)
    const { opener } = listener(known)
    const live = await sealer.seal(packet())
    sealer.stall()
    const stalled = await Promise.all([sealer.seal(packet()), sealer.seal(packet())])
    for (const frame of stalled) {
      expect(frame).toHaveLength(live.length)
      expect(header(frame).kid).toBe(header(live).kid)
      expect(outcome(await opener.open("t", frame, 0))).toBe("bad-tag")
    }
    sealer.send({ epoch: 1, step: 0, index: 3 })
    expect(outcome(await opener.open("t", await sealer.seal(packet()), 0))).toBe("packet")
    expect(sealer.counts()).toEqual({ sealed: 4, lost: 0, silenced: 2 })
  })

  it("is what every sender is before its first key, at the size the space will have", async () => {
    const sealer = createSealer(p, ignore)
    expect(await sealer.seal(packet())).toHaveLength(120 + 21)
    const known = epochSecret({ cell: 200, epoch: 4 })
    sealer.install(known)
    const frame = await sealer.seal(packet())
    expect(frame).toHaveLength(200 + 21)
    expect(outcome(await listener(known).opener.open("t", frame, 0))).toBe("bad-tag")
  })

  it("uses another random key each time", async () => {
    const sealer = createSealer({ ...p, random: (length) => new Uint8Array(length) }, ignore)
    const control = await sealer.seal(packet())
    expect(toHex(await createSealer({ ...p, random: (n) => new Uint8Array(n) }, ignore).seal(packet()))).toBe(
      toHex(control),
    )
    expect(toHex(await createSealer(p, ignore).seal(packet()))).not.toBe(
      toHex(await createSealer(p, ignore).seal(packet())),
    )
  })

  it("seals Opus silence and nothing of the packet, should its random key ever be guessed", async () => {
    const sealer = createSealer({ ...p, random: (length) => new Uint8Array(length) }, ignore)
    const frame = await sealer.seal(packet())
    const { kid, counter, length } = header(frame)
    const cell = await (await frameKey(new Uint8Array(32), kid)).open(counter, length, frame)
    expect(cell).toEqual(encodeCell(Uint8Array.of(0xf8, 0xff, 0xfe), 120, false).cell)
  })

  it("is what a sender is after a wipe", async () => {
    const known = epochSecret()
    const sealer = speaker(known, 1)
    sealer.wipe()
    expect(outcome(await listener(known).opener.open("t", await sealer.seal(packet()), 0))).toBe("bad-tag")
    expect(() => {
      sealer.send({ epoch: 1, step: 0, index: 1 })
    }).toThrow(expect.objectContaining({ code: "no-secret" }))
  })
})

describe("a sender", () => {
  it("never goes back to an older epoch or step, and goes on where it was when told to", async () => {
    const [one, two] = [epochSecret({ epoch: 1 }), epochSecret({ epoch: 2 })]
    const sealer = speaker(one, 1)
    sealer.install(two)
    sealer.send({ epoch: 2, step: 3, index: 1 })
    for (const back of [
      { epoch: 1, step: 0 },
      { epoch: 1, step: 63 },
      { epoch: 2, step: 2 },
    ])
      expect(() => {
        sealer.send({ ...back, index: 1 })
      }).toThrow(expect.objectContaining({ code: "old-epoch" }))
    const { opener } = listener(one, two)
    expect(outcome(await opener.open("t", await sealer.seal(packet()), 0))).toBe("packet")
  })

  it("told to send where it has no secret falls silent instead of keeping the old key", async () => {
    const known = epochSecret({ epoch: 1, step: 5 })
    for (const to of [
      { epoch: 2, step: 0 },
      { epoch: 1, step: 64 },
    ]) {
      const sealer = speaker(known, 1)
      const { opener } = listener(known)
      expect(() => {
        sealer.send({ ...to, index: 1 })
      }).toThrow()
      expect(outcome(await opener.open("t", await sealer.seal(packet()), 0))).toBe("bad-tag")
    }
  })

  it("ratchets to the step it is told", async () => {
    const known = epochSecret()
    const sealer = speaker(known, 1)
    const { opener } = listener(known)
    for (const step of [0, 1, 2, 62, 63]) {
      sealer.send({ epoch: 1, step, index: 1 })
      const frame = await sealer.seal(packet())
      expect(header(frame).kid & 63).toBe(step)
      expect(outcome(await opener.open("t", frame, 0))).toBe("packet")
    }
  })

  it("holds one space's secrets at a time", () => {
    const sealer = speaker(epochSecret(), 1)
    const other = epochSecret({ space: new Uint8Array(16) })
    expect(() => {
      sealer.install(other)
    }).toThrow(expect.objectContaining({ code: "other-space" }))
    sealer.wipe()
    sealer.install(other)
    sealer.send({ epoch: 1, step: 0, index: 1 })
  })
})

describe("an epoch that is over", () => {
  it("leaves nothing behind in whoever never sent, and does not come back", () => {
    const known = epochSecret()
    const sealer = createSealer(p, ignore)
    for (const one of [known, epochSecret({ epoch: 2 }), epochSecret({ epoch: 3 })]) sealer.install(one)
    expect(sealer.held()).toEqual([1, 2, 3])
    sealer.retire(2)
    sealer.install(known)
    expect(sealer.held()).toEqual([3])
    expect(() => sealer.send({ epoch: 2, step: 0, index: 1 })).toThrow("No secret of this epoch")
    // another space begins anew
    sealer.wipe()
    sealer.install(known)
    expect(sealer.held()).toEqual([1])
  })

  it("is sealed in no more by whoever still did, and its listeners hear nothing then", async () => {
    const known = epochSecret()
    const sealer = speaker(known, 1)
    const { opener } = listener(known)
    expect(outcome(await opener.open("t", await sealer.seal(packet()), 0))).toBe("packet")
    sealer.retire(1)
    expect(outcome(await opener.open("t", await sealer.seal(packet()), 0))).toBe("bad-tag")
    expect(sealer.counts().silenced).toBe(1)
  })
})
