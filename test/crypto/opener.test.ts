import { afterEach, describe, expect, it, vi } from "vitest"

import { webCrypto } from "#crypto/base/subtle"
import { frameKey } from "#crypto/media/aead"
import { encodeCell } from "#crypto/media/cell"
import { encodeKid } from "#crypto/media/kid"
import { ratchet, sframeBase } from "#crypto/media/key-schedule"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import type { EpochSecret } from "#crypto/media/epoch-secret"
import type { Sealer } from "#crypto/media/sealer"
import { epochSecret, listener, outcome, packet, speaker } from "./frame-room.ts"

afterEach(() => {
  vi.restoreAllMocks()
})

/** A frame made by hand: any counter, any plaintext. Step 0. */
async function forged(known: EpochSecret, index: number, counter: number, plaintext?: Uint8Array): Promise<Uint8Array> {
  const key = await frameKey(sframeBase(p, known.secret, known.view), encodeKid(known.epoch, index, 0))
  return key.seal(counter, plaintext ?? encodeCell(packet(), known.cell, false).cell)
}

const frames = async (sealer: Sealer, count: number) =>
  Promise.all(Array.from({ length: count }, (_, i) => sealer.seal(packet(i))))

describe("a frame that was tampered with", () => {
  it("is refused for every single bit, and costs one AEAD at most", async () => {
    const known = epochSecret()
    const frame = await speaker(known, 1).seal(packet())
    const { opener, elapse } = listener(known)
    const decrypt = vi.spyOn(webCrypto().subtle, "decrypt")
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const changed = Uint8Array.from(frame)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      decrypt.mockClear()
      const opening = opener.open("t", changed, 0)
      elapse()
      expect(outcome(await opening), String(bit)).not.toBe("packet")
      expect(decrypt.mock.calls.length).toBeLessThanOrEqual(1)
    }
    // the control: the same listener, after all that, opens the frame itself
    expect(outcome(await opener.open("t", frame, 0))).toBe("packet")
  })

  it("is refused when cut or stretched, without any AEAD", async () => {
    const known = epochSecret()
    const frame = await speaker(known, 1).seal(packet())
    const { opener } = listener(known)
    const decrypt = vi.spyOn(webCrypto().subtle, "decrypt")
    for (let length = 0; length < frame.length; length++)
      expect(outcome(await opener.open("t", frame.subarray(0, length), 0)), String(length)).toBe("malformed")
    expect(outcome(await opener.open("t", Uint8Array.of(...frame, 0), 0))).toBe("malformed")
    expect(decrypt).not.toHaveBeenCalled()
  })

  it("closes nothing: a thousand bad frames later the good one opens", async () => {
    const known = epochSecret()
    const frame = await speaker(known, 1).seal(packet())
    const { opener } = listener(known)
    const bad = Uint8Array.from(frame)
    bad[100] = (bad[100] ?? 0) ^ 1
    const outcomes = await Promise.all(Array.from({ length: 1000 }, () => opener.open("t", bad, 0)))
    expect(new Set(outcomes.map(outcome))).toEqual(new Set(["bad-tag"]))
    expect(opener.indexOf("t", 0)).toBeUndefined()
    expect(outcome(await opener.open("t", frame, 0))).toBe("packet")
  })
})

describe("clear bytes", () => {
  it("never come through: Opus, the SFU's silence, an empty frame, noise", async () => {
    const { opener } = listener(epochSecret())
    const serverSilence = new Uint8Array(80)
    serverSilence.set([0xf8, 0xff, 0xfe])
    expect(outcome(await opener.open("t", serverSilence, 0))).toBe("sfu-silence")
    expect(outcome(await opener.open("t", new Uint8Array([...serverSilence, 0]), 0))).toBe("malformed")
    expect(outcome(await opener.open("t", Uint8Array.of(0xf8, 0xff, 0xfe), 0))).toBe("malformed")
    expect(outcome(await opener.open("t", new Uint8Array(0), 0))).toBe("malformed")
    serverSilence[79] = 1
    expect(outcome(await opener.open("t", serverSilence, 0))).toBe("malformed")
  })
})

describe("a frame from elsewhere", () => {
  const known = epochSecret()

  it("of another secret, view, sender or epoch does not open", async () => {
    for (const other of [{ secret: p.random(32) }, { view: p.random(32) }]) {
      const frame = await speaker({ ...known, ...other }, 1).seal(packet())
      expect(outcome(await listener(known).opener.open("t", frame, 0))).toBe("bad-tag")
    }
    // the same bytes under another sender's KID
    const frame = await forged(known, 1, 256)
    const relabelled = Uint8Array.from(frame)
    relabelled.set([encodeKid(1, 2, 0) >> 8, encodeKid(1, 2, 0) & 255], 1)
    expect(outcome(await listener(known).opener.open("t", relabelled, 0))).toBe("bad-tag")
    expect(outcome(await listener(known).opener.open("t", frame, 0))).toBe("packet")
  })

  it("fifteen epochs off has the same tag and still does not open", async () => {
    const wrapped = epochSecret({ epoch: 16 })
    const [first, frame] = await frames(speaker(known, 1), 2)
    if (first === undefined || frame === undefined) throw new Error("no frames")
    expect(outcome(await listener(wrapped).opener.open("t", first, 0))).toBe("bad-tag")
    expect(outcome(await listener(known).opener.open("t", first, 0))).toBe("packet")
    // epoch 1 goes when epoch 16 comes: its tag names one epoch only
    const { opener } = listener(known, wrapped)
    expect(outcome(await opener.open("t", await speaker(wrapped, 1).seal(packet()), 0))).toBe("packet")
    expect(outcome(await opener.open("t", frame, 0))).toBe("bad-tag")
  })

  it("of an index outside the epoch's roster is dropped without an AEAD", async () => {
    const decrypt = vi.spyOn(webCrypto().subtle, "decrypt")
    const frame = await speaker(known, 5).seal(packet())
    expect(outcome(await listener(known).opener.open("t", frame, 0))).toBe("not-seated")
    expect(decrypt).not.toHaveBeenCalled()
  })

  it("of a step before the first this seat learned does not open", async () => {
    const early = speaker(known, 1)
    const frame = await early.seal(packet())
    early.send({ epoch: 1, step: 1, index: 1 })
    const later = await early.seal(packet())
    // what a member let in at step 1 knows
    const joined = { ...known, step: 1, secret: ratchet(p, known.secret, known.view, 1) }
    const { opener } = listener(joined)
    expect(outcome(await opener.open("t", frame, 0))).toBe("old-step")
    expect(outcome(await opener.open("t", later, 0))).toBe("packet")
  })
})

describe("a removed member", () => {
  it("is not heard from the moment the newest Head says so, in any epoch, not even in a frame being opened", async () => {
    const known = epochSecret()
    const sealer = speaker(known, 1)
    const { opener } = listener(known)
    const [first, second, third] = await frames(sealer, 3)
    if (first === undefined || second === undefined || third === undefined) throw new Error("no frames")
    expect(outcome(await opener.open("t", first, 0))).toBe("packet")
    const opening = opener.open("t", second, 20)
    opener.seated([0, 2, 3])
    expect(outcome(await opening)).toBe("not-seated")
    expect(outcome(await opener.open("t", third, 40))).toBe("not-seated")
  })

  it("cannot open the next epoch's frames", async () => {
    const known = epochSecret({ epoch: 1 })
    const next = epochSecret({ epoch: 2 })
    const { opener, elapse } = listener(known)
    const opening = opener.open("t", await speaker(next, 1).seal(packet()), 0)
    elapse()
    expect(outcome(await opening)).toBe("unknown-epoch")
  })
})

describe("a repeated frame", () => {
  it("opens once, also when it comes twice at the same time or on two tracks", async () => {
    const known = epochSecret()
    const { opener } = listener(known)
    const frame = await speaker(known, 1).seal(packet())
    const outcomes = await Promise.all(["t", "t", "u", "t"].map((track) => opener.open(track, frame, 0)))
    expect(outcomes.filter(({ kind }) => kind === "packet")).toHaveLength(1)
    expect(outcome(await opener.open("t", frame, 5))).toBe("replayed")
  })

  it("is known for 1024 counters back; reordered frames all open", async () => {
    const known = epochSecret()
    const { opener } = listener(known)
    for (const counter of [5000, 4999, 5001, 3979, 3978]) {
      const late = counter > 5001 - 1024
      expect(outcome(await opener.open("t", await forged(known, 1, counter), 0)), String(counter)).toBe(
        late ? "packet" : "replayed",
      )
    }
  })

  it("costs no AEAD", async () => {
    const known = epochSecret()
    const { opener } = listener(known)
    const frame = await speaker(known, 1).seal(packet())
    await opener.open("t", frame, 0)
    const decrypt = vi.spyOn(webCrypto().subtle, "decrypt")
    expect(outcome(await opener.open("t", frame, 0))).toBe("replayed")
    expect(decrypt).not.toHaveBeenCalled()
  })

  it("is remembered when an earlier step of its epoch becomes known", async () => {
    const known = epochSecret()
    const { opener } = listener({ ...known, step: 1, secret: ratchet(p, known.secret, known.view, 1) })
    const sealer = speaker(known, 1)
    sealer.send({ epoch: 1, step: 1, index: 1 })
    const frame = await sealer.seal(packet())
    expect(outcome(await opener.open("t", frame, 0))).toBe("packet")
    opener.install(known)
    expect(outcome(await opener.open("t", frame, 0))).toBe("replayed")
  })
})

describe("a track", () => {
  it("belongs to the sender of its first authentic frame, until 1 s passes without one", async () => {
    const known = epochSecret()
    const { opener } = listener(known)
    const [one, two] = [speaker(known, 1), speaker(known, 2)]
    expect(outcome(await opener.open("t", await one.seal(packet()), 0))).toBe("packet")
    expect(outcome(await opener.open("t", await two.seal(packet()), 999))).toBe("other-sender")
    expect(opener.indexOf("t", 999)).toBe(1)
    expect(opener.indexOf("t", 1000)).toBeUndefined()
    expect(outcome(await opener.open("t", await two.seal(packet()), 1000))).toBe("packet")
    expect(opener.indexOf("t", 1000)).toBe(2)
  })

  it("is the only one its sender is heard on, until it ends", async () => {
    const known = epochSecret()
    const { opener } = listener(known)
    const sealer = speaker(known, 1)
    expect(outcome(await opener.open("t", await sealer.seal(packet()), 0))).toBe("packet")
    expect(outcome(await opener.open("u", await sealer.seal(packet()), 500))).toBe("other-sender")
    opener.forgetTrack("t")
    expect(outcome(await opener.open("u", await sealer.seal(packet()), 501))).toBe("packet")
  })

  it("is not held by frames that do not open", async () => {
    const known = epochSecret()
    const { opener } = listener(known)
    const stranger = speaker({ ...known, secret: p.random(32) }, 1)
    expect(outcome(await opener.open("t", await stranger.seal(packet()), 0))).toBe("bad-tag")
    expect(outcome(await opener.open("t", await speaker(known, 2).seal(packet()), 1))).toBe("packet")
  })
})

describe("an old key", () => {
  it("is over 2 s after its sender's first verified frame of a newer step", async () => {
    const known = epochSecret()
    const { opener } = listener(known)
    const sealer = speaker(known, 1)
    const [late, tooLate] = await frames(sealer, 2)
    sealer.send({ epoch: 1, step: 1, index: 1 })
    expect(outcome(await opener.open("t", await sealer.seal(packet()), 1000))).toBe("packet")
    expect(outcome(await opener.open("t", late ?? packet(), 3000))).toBe("packet")
    expect(outcome(await opener.open("t", tooLate ?? packet(), 3001))).toBe("old-step")
    // others are judged by their own frames
    expect(outcome(await opener.open("u", await speaker(known, 2).seal(packet()), 9000))).toBe("packet")
  })

  it("does not live on because its sender ratchets again and again", async () => {
    const known = epochSecret()
    const { opener } = listener(known)
    const sealer = speaker(known, 1)
    const [old] = await frames(sealer, 1)
    for (let step = 1; step <= 6; step++) {
      sealer.send({ epoch: 1, step, index: 1 })
      await opener.open("t", await sealer.seal(packet()), step * 500)
    }
    expect(outcome(await opener.open("t", old ?? packet(), 3000))).toBe("old-step")
  })

  it("of an older epoch is over 2 s after the first verified frame of the newer one; a forged one starts nothing", async () => {
    const [one, two] = [epochSecret({ epoch: 1 }), epochSecret({ epoch: 2 })]
    const { opener } = listener(one, two)
    const [before, late, tooLate] = await frames(speaker(one, 1), 3)
    const false2 = speaker({ ...two, secret: p.random(32) }, 1)
    expect(outcome(await opener.open("t", await false2.seal(packet()), 0))).toBe("bad-tag")
    expect(outcome(await opener.open("t", before ?? packet(), 5000))).toBe("packet")
    expect(outcome(await opener.open("t", await speaker(two, 1).seal(packet()), 5000))).toBe("packet")
    expect(outcome(await opener.open("t", late ?? packet(), 7000))).toBe("packet")
    expect(outcome(await opener.open("t", tooLate ?? packet(), 7001))).toBe("old-step")
  })
})

describe("an epoch", () => {
  it("is kept while two newer ones come, and not longer", async () => {
    const epochs = [1, 2, 3, 4].map((epoch) => epochSecret({ epoch }))
    const { opener, elapse } = listener(...epochs)
    const outcomes: string[] = []
    for (const known of epochs) {
      const opening = opener.open(`t${String(known.epoch)}`, await speaker(known, known.epoch - 1).seal(packet()), 0)
      elapse()
      outcomes.push(outcome(await opening))
    }
    expect(outcomes).toEqual(["unknown-epoch", "packet", "packet", "packet"])
    expect(opener.install(epochSecret({ epoch: 1 }))).toBe(false)
  })

  it("that was retired stays shut, even if its secret comes again", async () => {
    const known = epochSecret()
    const { opener, elapse } = listener(known)
    const frame = await speaker(known, 1).seal(packet())
    expect(outcome(await opener.open("t", frame, 0))).toBe("packet")
    opener.retire(1)
    expect(opener.install(known)).toBe(false)
    const opening = opener.open("t", frame, 0)
    elapse()
    expect(outcome(await opening)).toBe("unknown-epoch")
  })

  it("retired while a frame is being opened drops that frame", async () => {
    const known = epochSecret()
    const { opener } = listener(known)
    const opening = opener.open("t", await speaker(known, 1).seal(packet()), 0)
    opener.retire(1)
    expect(outcome(await opening)).toBe("unknown-epoch")
  })

  it("has one history and one space", () => {
    const known = epochSecret()
    const { opener } = listener(known)
    expect(() => opener.install({ ...known, view: p.random(32) })).toThrow(
      expect.objectContaining({ code: "other-view" }),
    )
    const elsewhere = epochSecret({ space: new Uint8Array(16) })
    expect(() => opener.install(elsewhere)).toThrow(expect.objectContaining({ code: "other-space" }))
    opener.wipe()
    expect(opener.install(elsewhere)).toBe(true)
  })
})

describe("a frame that comes before its epoch", () => {
  it("waits, and opens when the secret comes", async () => {
    const [one, two] = [epochSecret({ epoch: 1 }), epochSecret({ epoch: 2 })]
    const { opener } = listener(one)
    const opening = opener.open("t", await speaker(two, 1).seal(packet()), 0)
    opener.install(two)
    expect(outcome(await opening)).toBe("packet")
  })

  it("waits 200 ms once, not once per frame: behind one that waited in vain none waits", async () => {
    const [one, two] = [epochSecret({ epoch: 1 }), epochSecret({ epoch: 2 })]
    const { opener, elapse } = listener(one)
    const [a, b, c] = await frames(speaker(two, 1), 3)
    const opening = opener.open("t", a ?? packet(), 0)
    elapse()
    expect(outcome(await opening)).toBe("unknown-epoch")
    // no timer runs from here on: these would never settle if they waited
    expect(outcome(await opener.open("t", b ?? packet(), 201))).toBe("unknown-epoch")
    opener.install(two)
    expect(outcome(await opener.open("t", c ?? packet(), 221))).toBe("packet")
  })

  it("does not wait once the timer has run, though the clock stands a moment before it", async () => {
    const { opener, elapse } = listener(epochSecret({ epoch: 1 }))
    const [a, b] = await frames(speaker(epochSecret({ epoch: 2 }), 1), 2)
    const opening = opener.open("t", a ?? packet(), 0)
    elapse()
    expect(outcome(await opening)).toBe("unknown-epoch")
    expect(outcome(await opener.open("t", b ?? packet(), 199.9))).toBe("unknown-epoch")
  })

  it("has nine companions on its track at most", async () => {
    const [one, two] = [epochSecret({ epoch: 1 }), epochSecret({ epoch: 2 })]
    const { opener } = listener(one)
    const openings = (await frames(speaker(two, 1), 12)).map((frame) => opener.open("t", frame, 0))
    expect((await Promise.all(openings.slice(10))).map(outcome)).toEqual(["unknown-epoch", "unknown-epoch"])
    opener.install(two)
    expect(new Set((await Promise.all(openings.slice(0, 10))).map(outcome))).toEqual(new Set(["packet"]))
  })

  it("is let go by a wipe", async () => {
    const { opener } = listener(epochSecret({ epoch: 1 }))
    const opening = opener.open("t", await speaker(epochSecret({ epoch: 2 }), 1).seal(packet()), 0)
    opener.wipe()
    expect(outcome(await opening)).toBe("unknown-epoch")
  })
})

describe("an authentic frame", () => {
  it("with a cell no honest sender makes is dropped", async () => {
    const known = epochSecret()
    const { opener } = listener(known)
    const bad = encodeCell(packet(), 120, false).cell
    bad[119] = 1
    expect(outcome(await opener.open("t", await forged(known, 1, 256, bad), 0))).toBe("bad-cell")
    expect(outcome(await opener.open("t", await forged(known, 1, 257), 0))).toBe("packet")
  })

  it("comes from any step to the last, and each key is derived once", async () => {
    const known = epochSecret()
    const { opener } = listener(known)
    const imported = vi.spyOn(webCrypto().subtle, "importKey")
    const sealer = speaker(known, 63)
    sealer.send({ epoch: 1, step: 63, index: 63 })
    const sealed = await frames(sealer, 20)
    imported.mockClear()
    for (const frame of sealed) expect(outcome(await opener.open("t", frame, 0))).toBe("packet")
    expect(imported).toHaveBeenCalledTimes(1)
    expect(imported.mock.calls[0]?.[3]).toBe(false)
  })
})
