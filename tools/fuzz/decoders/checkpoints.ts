import { concat } from "#crypto/base/bytes"
import { checkpointClear, openCheckpoint, readClear, sealCheckpoint } from "#crypto/media/checkpoint"
import { decodeFrames, encodeFrames } from "#crypto/media/checkpoint-body"
import { encodeKid } from "#crypto/media/kid"
import type { Decoder } from "../decoder.ts"
import type { Fixture } from "./samples.ts"

const hash = new Uint8Array(10).fill(6)
const run = (step: number, first: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ step, counter: first + i, hash }))

/** What senders sign about their frames: its clear part, its inside as an insider may write it, and the whole. */
export function checkpointDecoders({ p, bytes }: Fixture): readonly Decoder[] {
  const sealed = bytes("checkpoint", "checkpoint")
  const key = bytes("checkpoint", "key")
  const lists = [run(0, 256, 1), run(0, 256, 32), [...run(1, 300, 7), ...run(1, 310, 7), ...run(2, 256, 7)]]
  const again = (clear: NonNullable<ReturnType<typeof readClear>>) => ({
    kid: encodeKid(clear.kid.tag - 1, clear.kid.index, clear.kid.step),
    seq: clear.seq,
  })
  return [
    {
      ...{ name: "checkpoint-clear", drives: ["readClear"], cost: 1, samples: [sealed] },
      read(input) {
        const clear = readClear(input)
        if (clear === undefined) return undefined
        const { kid, seq } = again(clear)
        return concat(checkpointClear(kid, seq), input.subarray(8))
      },
    },
    {
      ...{ name: "checkpoint-frames", drives: ["decodeFrames"], cost: 1, samples: lists.map(encodeFrames) },
      read(input) {
        const frames = decodeFrames(input)
        return frames && encodeFrames(frames)
      },
    },
    {
      ...{ name: "checkpoint", drives: ["openCheckpoint"], cost: 1, samples: [sealed] },
      read(input) {
        const opened = openCheckpoint(p, key, input)
        const clear = readClear(input)
        return opened && clear && sealCheckpoint(p, key, again(clear), opened.body, opened.signature)
      },
    },
  ]
}
