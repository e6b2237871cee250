import type { Bytes } from "#crypto/base/bytes"
import { stageSecret } from "../../crypto/vouching-room.ts"
import type { SfuBehaviour } from "../sfu.ts"
import type { Delivery, Name, Stage } from "../stage.ts"

const other = (name: Name): Name => (name === "ada" ? "bo" : "ada")

/** Keeps what passes, to play it later. */
function recording(stage: Stage): Delivery[] {
  const kept: Delivery[] = []
  stage.forwarding.frame = (track, frame) => {
    kept.push({ track, frame })
    return [{ track, frame }]
  }
  return kept
}

/** Plays frames of another time beside the honest ones, one each time. */
const playing = (stage: Stage, kept: readonly Delivery[], from = 0): (() => void) => {
  let next = from
  return () => {
    stage.forwarding.frame = (track, frame) => {
      const old = kept[next++]
      return old === undefined ? [{ track, frame }] : [old, { track, frame }]
    }
  }
}

/** A media server that handles what it is sent in ways of its own. */
export const handlings: readonly SfuBehaviour[] = [
  {
    name: "swaps the streams of two speakers",
    seen: { dropped: "other-sender" },
    heard: ["ada", "bo"],
    async play(stage, strike) {
      await stage.run(1000)
      strike(() => (stage.forwarding.frame = (from, frame) => [{ track: other(from), frame }]))
      await stage.run(4000)
    },
  },
  {
    name: "sends one speaker's frames on both tracks",
    seen: { dropped: "other-sender" },
    heard: ["ada", "bo"],
    async play(stage, strike) {
      await stage.run(1000)
      strike(
        () =>
          (stage.forwarding.frame = (from, frame) =>
            from === "ada"
              ? [
                  { track: "bo", frame },
                  { track: "ada", frame },
                ]
              : [{ track: "bo", frame }]),
      )
      await stage.run(2000)
    },
  },
  {
    name: "plays sound of ten seconds ago again",
    seen: { dropped: "replayed" },
    heard: ["ada", "bo"],
    async play(stage, strike) {
      const kept = recording(stage)
      await stage.run(10_000)
      strike(playing(stage, [...kept]))
      await stage.run(2000)
    },
  },
  {
    name: "plays each frame twice",
    seen: { dropped: "replayed" },
    heard: ["ada", "bo"],
    async play(stage, strike) {
      await stage.run(1000)
      strike(
        () =>
          (stage.forwarding.frame = (track, frame) => [
            { track, frame },
            { track, frame, afterMs: 40 },
          ]),
      )
      await stage.run(2000)
    },
  },
  {
    name: "reorders frames within a fifth of a second",
    seen: "nothing changes",
    heard: ["ada", "bo"],
    async play(stage, strike) {
      await stage.run(1000)
      let n = 0
      strike(
        () => (stage.forwarding.frame = (track, frame) => [{ track, frame, afterMs: (n++ * 7) % 10 === 0 ? 200 : 0 }]),
      )
      await stage.run(3000)
      stage.forwarding = {}
      await stage.run(1200)
    },
  },
  {
    name: "delays everything by the same three seconds",
    seen: "nothing changes",
    heard: ["ada", "bo"],
    async play(stage, strike) {
      await stage.run(1000)
      strike(() => {
        stage.forwarding.frame = (track, frame) => [{ track, frame, afterMs: 3000 }]
        stage.forwarding.checkpoint = (_from, bytes) => [{ bytes, afterMs: 3000 }]
      })
      await stage.run(6000)
    },
  },
  {
    name: "delays checkpoints by more than a second",
    seen: { trust: "doubtful", of: "ada" },
    heard: ["bo"],
    async play(stage, strike) {
      await stage.run(1000)
      strike(() => {
        stage.forwarding.checkpoint = (from, bytes) => [{ bytes, afterMs: from === "ada" ? 1200 : 0 }]
      })
      await stage.run(4000)
    },
  },
  {
    name: "drops a speaker's checkpoints",
    seen: { dropped: "unvouched" },
    heard: ["bo"],
    async play(stage, strike) {
      await stage.run(1000)
      strike(() => {
        stage.forwarding.checkpoint = (from, bytes) => (from === "ada" ? [] : [{ bytes }])
      })
      await stage.run(4000)
    },
  },
  {
    name: "says every checkpoint again, and gives one speaker the other's",
    seen: "nothing changes",
    heard: ["ada", "bo"],
    async play(stage, strike) {
      const kept: Bytes[] = []
      await stage.run(1000)
      strike(() => {
        stage.forwarding.checkpoint = (_from, bytes) => {
          kept.push(bytes)
          return [{ bytes }, ...kept.map((old) => ({ bytes: old, afterMs: 100 }))]
        }
      })
      await stage.run(3000)
    },
  },
  {
    name: "keeps one speaker from one listener",
    seen: { silent: "ada" },
    heard: ["bo"],
    async play(stage, strike) {
      await stage.run(1000)
      strike(() => {
        stage.forwarding.frame = (track, frame) => (track === "ada" ? [] : [{ track, frame }])
        stage.forwarding.checkpoint = (from, bytes) => (from === "ada" ? [] : [{ bytes }])
      })
      await stage.run(3000)
    },
  },
  {
    name: "forwards somebody after their removal",
    seen: { dropped: "not-seated" },
    heard: ["bo"],
    absent: ["ada"],
    async play(stage, strike) {
      await stage.run(1000)
      stage.seat("bo")
      // an honest one takes the track away
      stage.forwarding.frame = (track, frame) => (track === "ada" ? [] : [{ track, frame }])
      strike(() => (stage.forwarding = {}))
      await stage.run(2000)
    },
  },
  {
    name: "plays frames of fifteen epochs ago, whose tag has come round again",
    seen: { dropped: "bad-tag" },
    heard: ["ada", "bo"],
    async play(stage, strike) {
      const kept = recording(stage)
      await stage.run(3000)
      stage.move(stageSecret({ epoch: 16 }))
      stage.forwarding = {}
      await stage.run(1000)
      // counters that the new epoch has not come to yet
      strike(playing(stage, kept.slice(200)))
      await stage.run(1900)
    },
  },
  {
    name: "keeps frames of an epoch back until the next one is two seconds old",
    seen: { dropped: "old-step" },
    heard: ["ada", "bo"],
    async play(stage, strike) {
      await stage.run(1000)
      const kept: Delivery[] = []
      stage.forwarding.frame = (track, frame) => {
        kept.push({ track, frame })
        return []
      }
      await stage.run(100)
      stage.move(stageSecret({ epoch: 2 }))
      stage.forwarding = {}
      await stage.run(2200)
      strike(playing(stage, kept))
      await stage.run(2000)
    },
  },
  {
    name: "keeps frames of a step back until the last step is two seconds old",
    seen: { dropped: "old-step" },
    heard: ["ada", "bo"],
    async play(stage, strike) {
      stage.move(stage.known, 62)
      await stage.run(1000)
      const kept: Delivery[] = []
      stage.forwarding.frame = (track, frame) => {
        kept.push({ track, frame })
        return []
      }
      await stage.run(100)
      stage.move(stage.known, 63)
      stage.forwarding = {}
      await stage.run(2200)
      strike(playing(stage, kept))
      await stage.run(2000)
    },
  },
]
