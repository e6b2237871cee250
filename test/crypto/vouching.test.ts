import { describe, expect, it } from "vitest"

import { concat, type Bytes } from "#crypto/base/bytes"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { checkpointMessage, sealCheckpoint } from "#crypto/media/checkpoint"
import { encodeFrames } from "#crypto/media/checkpoint-body"
import { createCheckpointSender, type SealedPlace } from "#crypto/media/checkpoint-sender"
import { frameHash } from "#crypto/media/frame-hash"
import { encodeKid } from "#crypto/media/kid"
import { checkKey } from "#crypto/media/key-schedule"
import { createVouching } from "#crypto/media/vouching"
import type { EpochSecret } from "#crypto/media/epoch-secret"
import { forge, Listener, seats, Speaker, stageSecret } from "./vouching-room.ts"
import { garbage } from "../support/garbage.ts"

const all = (outcomes: readonly string[]) => [...new Set(outcomes)].sort()

async function seconds(listener: Listener, speaker: Speaker, count: number): Promise<string[]> {
  const outcomes: string[] = []
  for (let half = 0; half < 2 * count; half++) outcomes.push(...(await listener.halfSecond(speaker)))
  return outcomes
}

describe("an honest sender", () => {
  it("is heard at once, every frame of it, and verified within a second", async () => {
    const known = stageSecret()
    const [ada, listener] = [new Speaker(known, 1), new Listener(known)]
    expect(await listener.hears((await ada.frames(1))[0] ?? new Uint8Array(0))).toBe("packet")
    expect(listener.trust(1)).toBe("unverified")
    expect(all(await seconds(listener, ada, 0.5))).toEqual(["packet"])
    expect(listener.now).toBeLessThanOrEqual(1000)
    expect(listener.trust(1)).toBe("verified")
    expect(all(await seconds(listener, ada, 10))).toEqual(["packet"])
    expect(listener.trust(1)).toBe("verified")
  })

  it("stays heard over steps, epochs, losses, reordering, and checkpoints that come before their frames", async () => {
    const [one, two] = [stageSecret({ epoch: 1 }), stageSecret({ epoch: 2 })]
    const [ada, listener] = [new Speaker(one, 1), new Listener(one, two)]
    const outcomes = await seconds(listener, ada, 1)
    ada.sendIn(one, 1)
    outcomes.push(...(await listener.halfSecond(ada, (frame, i) => (i % 3 === 0 ? undefined : frame))))
    // the epoch changes in the middle of a checkpoint
    const [before, after] = [await ada.frames(10), (ada.sendIn(two), await ada.frames(15))]
    for (const frame of [...before, ...after.toReversed()]) outcomes.push(await listener.hears(frame))
    listener.now += 500
    const due = await ada.checkpoints.due()
    expect(due).toHaveLength(2)
    for (const checkpoint of due) expect(await listener.take(checkpoint)).toMatchObject({ index: 1 })
    const late = await ada.frames(25)
    for (const checkpoint of await ada.checkpoints.due()) await listener.take(checkpoint)
    for (const frame of late) outcomes.push(await listener.hears(frame))
    listener.now += 500
    outcomes.push(...(await seconds(listener, ada, 4)))
    expect(all(outcomes)).toEqual(["packet"])
    expect(listener.trust(1)).toBe("verified")
  })

  it("is heard by whoever comes in later, with or without the checkpoint of what was cut in two", async () => {
    const known = stageSecret()
    const ada = new Speaker(known, 1)
    await ada.frames(60)
    await ada.checkpoints.due()
    const listener = new Listener(known)
    for (const frame of await ada.frames(10)) expect(await listener.hears(frame)).toBe("packet")
    await ada.checkpoints.due()
    listener.now += 500
    expect(all(await seconds(listener, ada, 4))).toEqual(["packet"])
    expect(listener.trust(1)).toBe("verified")
  })

  it("is heard while others flood with garbage, forged signatures and blind checkpoints", async () => {
    const known = stageSecret()
    const [ada, listener] = [new Speaker(known, 1), new Listener(known)]
    const eve = new Speaker(known, 1, p.random(32))
    const mute = new Speaker(known, 1)
    mute.signs = false
    const outcomes: string[] = []
    for (let half = 0; half < 12; half++) {
      await eve.frames(25)
      await mute.frames(25)
      for (const frame of await ada.frames(25)) {
        outcomes.push(await listener.hears(frame))
        listener.now += 20
      }
      const noise = [...(await eve.checkpoints.due()), ...(await mute.checkpoints.due()), garbage(442)]
      for (let i = 0; i < 40; i++)
        for (const bytes of noise) expect(await listener.take(bytes, 2 + (i % 2))).toBeUndefined()
      for (const checkpoint of await ada.checkpoints.due()) await listener.take(checkpoint)
    }
    expect(all(outcomes)).toEqual(["packet"])
    expect(listener.trust(1)).toBe("verified")
  })
})

describe("an insider who seals frames as somebody else", () => {
  it("is marked within 1 s and silent within 2 s, and stays so", async () => {
    const known = stageSecret()
    const listener = new Listener(known)
    // the keys of the epoch are all it needs; the seat key it has not
    const eve = new Speaker(known, 1, seats[2]?.seed)
    let markedAt: number | undefined
    let lastHeard = 0
    for (let half = 0; half < 20; half++)
      for (const [i, frame] of (await eve.frames(25)).entries()) {
        if ((await listener.hears(frame)) === "packet") lastHeard = listener.now
        listener.now += 20
        if (listener.trust(1) === "doubtful") markedAt ??= listener.now
        if (i === 24) for (const checkpoint of await eve.checkpoints.due()) await listener.take(checkpoint)
      }
    expect(markedAt).toBeLessThanOrEqual(1000)
    expect(lastHeard).toBeGreaterThan(0)
    expect(lastHeard).toBeLessThanOrEqual(2000)
    expect(listener.trust(1)).toBe("doubtful")
  })

  it("in the place of single frames is found out by the next checkpoint; two clean ones later its victim is heard again", async () => {
    const known = stageSecret()
    const [ada, listener] = [new Speaker(known, 1), new Listener(known)]
    await seconds(listener, ada, 1)
    const forged = await forge(known, 1, 256 + 50 + 7)
    const outcomes = await listener.halfSecond(ada, (frame, i) => (i === 7 ? forged : frame))
    expect(all(outcomes)).toEqual(["packet"])
    expect(listener.trust(1)).toBe("tampered")
    expect(all(await seconds(listener, ada, 1))).toEqual(["unvouched"])
    expect(all(await seconds(listener, ada, 2))).toEqual(["packet"])
    expect(listener.trust(1)).toBe("verified")
  })

  it("does not get in where the checkpoint is already here", async () => {
    const known = stageSecret()
    const [ada, listener] = [new Speaker(known, 1), new Listener(known)]
    await seconds(listener, ada, 1)
    await ada.frames(25)
    for (const checkpoint of await ada.checkpoints.due()) await listener.take(checkpoint)
    expect(await listener.hears(await forge(known, 1, 306))).toBe("unvouched")
    expect(listener.trust(1)).toBe("tampered")
  })

  it("who is ahead of its victim on the counters it takes does not keep them: the honest frames come in their place", async () => {
    const known = stageSecret()
    const [ada, listener] = [new Speaker(known, 1), new Listener(known)]
    await seconds(listener, ada, 1)
    // the counters of the three half seconds that follow, and one that is under way now
    for (let ahead = 0; ahead < 80; ahead++) await listener.hears(await forge(known, 1, 256 + 50 + 10 + ahead))
    await listener.halfSecond(ada)
    expect(listener.trust(1)).toBe("tampered")
    await seconds(listener, ada, 1)
    // of 25 frames whose counters were taken none is missing once she is heard again
    expect(all(await seconds(listener, ada, 1))).toEqual(["packet"])
    expect(listener.trust(1)).toBe("verified")
  })

  it("finds no counter that a checkpoint has passed: not one lost on the way, not one of the past", async () => {
    const known = stageSecret()
    const ada = new Speaker(known, 1)
    for (let half = 0; half < 20; half++) {
      await ada.frames(25)
      await ada.checkpoints.due()
    }
    const listener = new Listener(known)
    await seconds(listener, ada, 1)
    for (const counter of [300, 600, 755])
      expect(await listener.hears(await forge(known, 1, counter))).toBe("unvouched")
    expect(all(await seconds(listener, ada, 3))).toEqual(["packet"])
    expect(listener.trust(1)).toBe("verified")
  })

  it("who tries again whenever its victim is heard again waits twice as long each time", async () => {
    const known = stageSecret()
    const [ada, listener] = [new Speaker(known, 1), new Listener(known)]
    await seconds(listener, ada, 1)
    let forgedHeard = 0
    let counter = 256 + 50
    for (let half = 0; half < 120; half++) {
      const tries = listener.trust(1) === "verified"
      const forged = await Promise.all(Array.from({ length: 25 }, (_, i) => forge(known, 1, counter + i)))
      counter += 25
      const outcomes = await listener.halfSecond(ada, (frame, i) => (tries ? forged[i] : frame))
      if (tries) forgedHeard += outcomes.filter((outcome) => outcome === "packet").length
    }
    // half a second each: after 1, 2, 4, 8, 16 and 32 s of silence
    expect(forgedHeard).toBe(6 * 25)
  })

  it("cannot shut its victim out for good with a counter or a step far ahead", async () => {
    for (const step of [0, 63]) {
      const known = stageSecret()
      const [ada, listener] = [new Speaker(known, 1), new Listener(known)]
      await seconds(listener, ada, 1)
      expect(await listener.hears(await forge(known, 1, 2 ** 31 - 1, step))).toBe("packet")
      await seconds(listener, ada, 6)
      expect(all(await seconds(listener, ada, 3))).toEqual(["packet"])
      expect(listener.trust(1)).toBe("verified")
      // and the forged frame does not come a second time
      expect(await listener.hears(await forge(known, 1, 300))).not.toBe("packet")
    }
  })

  it("on a track of its own gives its place up to the real sender as soon as it is silenced", async () => {
    const known = stageSecret()
    const [ada, listener] = [new Speaker(known, 1), new Listener(known)]
    const eve = new Speaker(known, 1, seats[2]?.seed)
    for (let i = 0; i < 100; i++) {
      for (const frame of await eve.frames(1)) await listener.hears(frame, "eve")
      listener.now += 20
    }
    expect(listener.trust(1)).toBe("doubtful")
    await ada.frames(200)
    await ada.checkpoints.due()
    await ada.checkpoints.due()
    const outcomes: string[] = []
    for (let half = 0; half < 12; half++) outcomes.push(...(await listener.halfSecond(ada)))
    expect(outcomes).not.toContain("other-sender")
    expect(outcomes.slice(-100)).toEqual(Array(100).fill("packet"))
  })
})

describe("a media server", () => {
  it("that withholds checkpoints makes the sound stop within 2 s, and start when they come", async () => {
    const known = stageSecret()
    const [ada, listener] = [new Speaker(known, 1), new Listener(known)]
    await seconds(listener, ada, 1)
    const withheld: Bytes[] = []
    const outcomes: string[] = []
    for (let half = 0; half < 6; half++) {
      for (const frame of await ada.frames(25)) {
        outcomes.push(await listener.hears(frame))
        listener.now += 20
      }
      withheld.push(...(await ada.checkpoints.due()))
    }
    expect(outcomes.lastIndexOf("packet")).toBeLessThan(100)
    expect(listener.trust(1)).toBe("doubtful")
    for (const checkpoint of withheld) await listener.take(checkpoint)
    expect(all(await seconds(listener, ada, 2))).toEqual(["packet"])
    expect(listener.trust(1)).toBe("verified")
  })

  it("that swaps two streams, or gives one the other's checkpoints, is no match: each index has its own", async () => {
    const known = stageSecret()
    const listener = new Listener(known)
    const [ada, bob] = [new Speaker(known, 1), new Speaker(known, 2)]
    // frames say who they are of, so the track they come on changes nothing
    for (const frame of await ada.frames(25)) expect(await listener.hears(frame, "bob's track")).toBe("packet")
    await bob.frames(25)
    for (const checkpoint of await bob.checkpoints.due()) await listener.take(checkpoint)
    listener.now += 1000
    expect(listener.trust(1)).toBe("doubtful")
    for (const checkpoint of await ada.checkpoints.due()) await listener.take(checkpoint)
    expect(listener.trust(1)).toBe("verified")
  })

  it("gets nothing from a frame that it plays again", async () => {
    const known = stageSecret()
    const [ada, listener] = [new Speaker(known, 1), new Listener(known)]
    const frames = await ada.frames(25)
    for (const frame of frames) expect(await listener.hears(frame)).toBe("packet")
    for (const checkpoint of await ada.checkpoints.due()) await listener.take(checkpoint)
    for (const frame of frames) expect(await listener.hears(frame)).toMatch(/replayed|unvouched/)
    expect(listener.trust(1)).toBe("verified")
  })
})

describe("a checkpoint", () => {
  const frames = [256, 257].map((counter) => ({ step: 0, counter, hash: frameHash(Uint8Array.of(counter & 255)) }))
  const body = concat(p.random(16), encodeFrames(frames))
  const sealedAs = async (
    known: EpochSecret,
    changed: { space?: Bytes; epoch?: number; index?: number; seq?: number; signer?: number } = {},
  ) => {
    const place = { space: Uint8Array.from(known.space), epoch: known.epoch, index: 1, seq: 5, ...changed }
    const signature = await p.sign(seats[changed.signer ?? 1]?.seed ?? p.random(32), checkpointMessage(place, body))
    const key = checkKey(p, known.secret, known.view, 1)
    return sealCheckpoint(p, key, { kid: encodeKid(known.epoch, 1, 0), seq: 5 }, body, signature)
  }

  it("counts once, and none before it afterwards", async () => {
    const known = stageSecret()
    const listener = new Listener(known)
    const sealed = await sealedAs(known)
    expect(await listener.take(sealed)).toEqual({ index: 1, head: body.slice(0, 16) })
    expect(await listener.take(sealed)).toBeUndefined()
    const ada = new Speaker(known, 1)
    await ada.frames(1)
    for (const checkpoint of await ada.checkpoints.due()) expect(await listener.take(checkpoint)).toBeUndefined()
  })

  it("is nothing when its signature is for another space, epoch, sender or number, or by another seat", async () => {
    const known = stageSecret()
    const others = [{ space: new Uint8Array(16) }, { epoch: 2 }, { index: 2 }, { seq: 6 }, { signer: 2 }]
    for (const other of others) {
      const listener = new Listener(known)
      expect(await listener.take(await sealedAs(known, other)), JSON.stringify(other)).toBeUndefined()
      // the control: it is the signature that was wrong, and nothing was remembered of it
      expect(await listener.take(await sealedAs(known))).toMatchObject({ index: 1 })
    }
  })

  it("is nothing to another epoch's listeners, to those of another history, or of a sender who is out", async () => {
    const known = stageSecret()
    const sealed = await sealedAs(known)
    expect(await new Listener(stageSecret({ epoch: 2 })).take(sealed)).toBeUndefined()
    expect(await new Listener(stageSecret({ secret: known.secret })).take(sealed)).toBeUndefined()
    const listener = new Listener(known)
    listener.opener.seated([0, 2])
    expect(await listener.take(sealed)).toBeUndefined()
    listener.opener.seated([0, 1, 2])
    expect(await listener.take(sealed)).toBeDefined()
    listener.opener.retire(1)
    expect(await listener.take(await sealedAs(known))).toBeUndefined()
  })

  it("of an epoch that is over opens for nobody, and leaves in the same rhythm", async () => {
    const known = stageSecret()
    const [ada, eve] = [new Speaker(known, 1), new Speaker(known, 2)]
    const listener = new Listener(known)
    for (const one of [ada, eve]) await one.frames(25)
    ada.checkpoints.retire(1)
    const [over, lives] = [await ada.checkpoints.due(), await eve.checkpoints.due()]
    expect(over.map(({ length }) => length)).toEqual(lives.map(({ length }) => length))
    for (const checkpoint of over) expect(await listener.take(checkpoint)).toBeUndefined()
    // the control: another's, who has not retired it
    for (const checkpoint of lives) expect(await listener.take(checkpoint, 2)).toBeDefined()
  })

  it("leaves no key of an epoch that is over, and a frame that was under way then is vouched for under none", async () => {
    const keys: Bytes[] = []
    let asked = 0
    const sender = createCheckpointSender(p, () => {
      asked++
      return Promise.resolve({ head: new Uint8Array(32), signature: new Uint8Array(64) })
    })
    const place = (epoch: number): SealedPlace => {
      const check = p.random(32)
      keys.push(check)
      return { space: "ab".repeat(16), epoch, kid: encodeKid(epoch, 1, 0), check }
    }
    const [first, second] = [place(1), place(2)]
    sender.sealed(first, 0, p.random(100))
    sender.retire(1)
    expect(keys[0]).toEqual(new Uint8Array(32))
    sender.sealed(first, 1, p.random(100))
    await sender.due()
    expect(asked).toBe(0)
    sender.sealed(second, 0, p.random(100))
    await sender.due()
    expect(asked).toBe(1)
    sender.wipe()
    expect(keys[1]).toEqual(new Uint8Array(32))
    for (const over of [first, second]) sender.sealed(over, 2, p.random(100))
    await sender.due()
    expect(asked).toBe(1)
  })

  it("leaves in one size and rhythm, whether there is speech, silence under nobody's key, or a seat key that signs nothing", async () => {
    const shapes: string[] = []
    for (const stalled of [false, true, undefined]) {
      const ada = new Speaker(stageSecret(), 1)
      ada.signs = stalled !== undefined
      const rhythm: number[][] = []
      for (const frames of [25, 25, 24, 70, 0, 25]) {
        if (stalled === true) ada.sealer.stall()
        await ada.frames(frames)
        rhythm.push((await ada.checkpoints.due()).map(({ length }) => length))
      }
      shapes.push(JSON.stringify(rhythm))
    }
    expect(new Set(shapes)).toEqual(new Set(["[[442],[442],[442],[442,442,442],[442],[442]]"]))
  })
})

describe("frames that are sealed at the same time", () => {
  it("are named in their order, however they finish: none is passed over, and one that failed holds up nothing for long", async () => {
    const known = stageSecret()
    const sealed: { place: SealedPlace; counter: number; frame: Bytes }[] = []
    const ada = new Speaker(known, 1)
    const { sealed: pass } = ada.checkpoints
    ada.checkpoints.sealed = (place, counter, frame) => sealed.push({ place, counter, frame: Uint8Array.from(frame) })
    const frames = await ada.frames(100)
    const finish = (...which: readonly number[]) => {
      for (const one of which.flatMap((i) => sealed[i] ?? [])) pass(one.place, one.counter, one.frame)
    }
    const listener = new Listener(known)
    const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
    const outcomes: string[] = []
    const half = async (from: number, to: number) => {
      for (const checkpoint of await ada.checkpoints.due()) await listener.take(checkpoint)
      for (const frame of frames.slice(from, to)) outcomes.push(await listener.hears(frame))
      listener.now += 500
    }
    finish(...upTo(0, 23), 24)
    await half(0, 25)
    finish(23, ...upTo(25, 50))
    await half(25, 50)
    // frame 60 never was
    finish(...upTo(50, 60), ...upTo(61, 75))
    await half(50, 60)
    for (const frame of frames.slice(61, 75)) outcomes.push(await listener.hears(frame))
    finish(...upTo(75, 100))
    await half(75, 100)
    expect(all(outcomes)).toEqual(["packet"])
    expect(listener.trust(1)).toBe("verified")
  })
})

describe("a seat key that is not at hand for a moment", () => {
  it("vouches for the same frames half a second later, and the sender stays heard", async () => {
    const known = stageSecret()
    const [ada, listener] = [new Speaker(known, 1), new Listener(known)]
    const outcomes = await seconds(listener, ada, 1)
    ada.signs = false
    outcomes.push(...(await seconds(listener, ada, 0.5)))
    ada.signs = true
    outcomes.push(...(await seconds(listener, ada, 4)))
    expect(all(outcomes)).toEqual(["packet"])
    expect(listener.trust(1)).toBe("verified")
  })

  it("is asked no longer once the sender has left the air for a second, and nothing goes out then", async () => {
    const ada = new Speaker(stageSecret(), 1)
    ada.signs = false
    await ada.frames(25)
    const rhythm: number[] = []
    for (let half = 0; half < 8; half++) rhythm.push((await ada.checkpoints.due()).length)
    expect(rhythm).toEqual([1, 1, 1, 0, 0, 0, 0, 0])
  })
})

describe("what is remembered", () => {
  it("is bounded: whoever floods one index is silenced, not the machine", () => {
    const vouching = createVouching()
    const verdicts = Array.from({ length: 5000 }, (_, i) =>
      vouching.enter(1, { tag: 2, index: 1, step: 0 }, 256 + i, Uint8Array.of(i & 255, i >> 8), i / 10),
    )
    expect(verdicts.indexOf("silenced")).toBe(256)
    expect(verdicts.slice(256).every((verdict) => verdict === "silenced")).toBe(true)
  })

  it("of a place goes with its holder: whoever takes it begins anew", () => {
    const vouching = createVouching()
    vouching.install(stageSecret())
    for (let i = 0; i < 300; i++) vouching.enter(1, { tag: 2, index: 1, step: 0 }, 256 + i, Uint8Array.of(i & 255), 0)
    expect(vouching.trust(0).get(1)).toBe("doubtful")
    vouching.install(stageSecret({ epoch: 2, seats: [{ index: 1, seatPub: p.random(32) }] }))
    expect(vouching.trust(0).get(1)).toBeUndefined()
  })
})
