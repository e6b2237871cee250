import { webPrimitives as p } from "#crypto/base/web-primitives"
import { concat, type Bytes } from "#crypto/base/bytes"
import { encodeKid } from "#crypto/media/kid"
import { forge, Speaker, stageSecret } from "../../crypto/vouching-room.ts"
import type { SfuBehaviour } from "../sfu.ts"
import { indexOf, type Stage } from "../stage.ts"

const serverSilence = new Uint8Array(80)
serverSilence.set([0xf8, 0xff, 0xfe])

/** Beside each frame of ada one more, on her own track. */
const beside =
  (stage: Stage, make: (frame: Bytes) => Bytes): (() => void) =>
  () => {
    stage.forwarding.frame = (from, frame) => {
      const honest = { track: from, frame }
      return from === "ada" ? [{ track: from, frame: make(frame) }, honest] : [honest]
    }
  }

/** In place of each frame of ada another one. */
const instead =
  (stage: Stage, make: (frame: Bytes) => Bytes): (() => void) =>
  () => {
    stage.forwarding.frame = (from, frame) => [{ track: from, frame: from === "ada" ? make(frame) : frame }]
  }

const inject = (name: string, dropped: "malformed" | "sfu-silence", make: (frame: Bytes) => Bytes): SfuBehaviour => ({
  name,
  seen: { dropped },
  heard: ["ada", "bo"],
  async play(stage, strike) {
    await stage.run(1000)
    strike(beside(stage, make))
    await stage.run(2000)
  },
})

/** A media server that adds frames of its own, or changes those it is sent. */
export const injections: readonly SfuBehaviour[] = [
  inject("injects its 80 bytes of silence", "sfu-silence", () => serverSilence),
  inject("injects empty frames", "malformed", () => new Uint8Array(0)),
  inject("injects clear Opus of a sealed frame's size", "malformed", (frame) => {
    const opus = new Uint8Array(frame.length).fill(0x5a)
    opus[0] = 0xf8
    return opus
  }),
  inject("injects the three bytes of silence that others let pass", "malformed", () => Uint8Array.of(0xf8, 0xff, 0xfe)),
  inject("sends cells cut short as well", "malformed", (frame) => frame.slice(0, -1)),
  inject("sends cells stretched as well", "malformed", (frame) => concat(frame, Uint8Array.of(0))),
  {
    name: "leaves RTP padding on the payload",
    seen: { dropped: "malformed" },
    heard: ["bo"],
    async play(stage, strike) {
      await stage.run(1000)
      strike(instead(stage, (frame) => concat(frame, new Uint8Array(3), Uint8Array.of(4))))
      await stage.run(2000)
    },
  },
  {
    name: "sends garbage under a header that looks right",
    seen: { dropped: "bad-tag" },
    heard: ["ada", "bo"],
    async play(stage, strike) {
      await stage.run(1000)
      strike(beside(stage, (frame) => concat(frame.slice(0, 5), p.random(frame.length - 5))))
      await stage.run(2000)
    },
  },
  {
    name: "sends frames of an epoch that never comes",
    seen: { dropped: "unknown-epoch" },
    heard: ["ada", "bo"],
    async play(stage, strike) {
      await stage.run(1000)
      const kid = encodeKid(9, indexOf.ada, 0)
      strike(
        beside(stage, (frame) => {
          const other = frame.slice()
          other.set([kid >> 8, kid & 255], 1)
          return other
        }),
      )
      await stage.run(2000)
    },
  },
  {
    name: "writes a counter far ahead into a frame",
    seen: { dropped: "bad-tag" },
    heard: ["ada", "bo"],
    async play(stage, strike) {
      await stage.run(1000)
      strike(
        beside(stage, (frame) => {
          const other = frame.slice()
          other.set([0xff, 0xff], 3)
          return other
        }),
      )
      await stage.run(2000)
    },
  },
  {
    name: "takes a cell from another room to this one",
    seen: { dropped: "bad-tag" },
    heard: ["ada", "bo"],
    async play(stage, strike) {
      const elsewhere = new Speaker(stageSecret({ space: p.random(16) }), indexOf.ada)
      const frames = await elsewhere.frames(100)
      await stage.run(1000)
      strike(beside(stage, (frame) => frames.pop() ?? frame))
      await stage.run(1900)
    },
  },
  {
    name: "puts an insider's frames in a speaker's place",
    seen: { trust: "tampered", of: "ada" },
    untilFoundMs: 1000,
    heard: ["bo"],
    async play(stage, strike) {
      await stage.run(1000)
      let counter = 256 + 1000 / 20
      const insiders = await Promise.all(Array.from({ length: 200 }, () => forge(stage.known, indexOf.ada, counter++)))
      let next = 0
      strike(instead(stage, (frame) => insiders[next++] ?? frame))
      await stage.run(3000)
    },
  },
]
