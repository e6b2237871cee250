import { equal, type Bytes } from "../base/bytes.ts"
import { positionOf, type SentFrame } from "./checkpoint-body.ts"
import { frameHash, type PassingFrame } from "./frame-hash.ts"

/** Frames that may wait for their checkpoint, and hashes that may wait for their frame: five seconds of them. */
export const waitingLimit = 256
/** A frame this far ahead of a checkpoint, of the same step, is none its sender sealed. */
export const farAhead = 512

/** What a frame is to its sender's checkpoints when it comes. */
export type Entry =
  /** A checkpoint named it already. */
  | "vouched"
  /** Its checkpoint has not come yet. */
  | "waiting"
  /** A checkpoint that is here passed it over, or it came before: it is not its sender's, or far too late. */
  | "passed-over"
  /** A checkpoint names another frame in its place. */
  | "contradicted"
  /** More wait than are remembered. */
  | "overflow"

/** What a checkpoint did to the frames that came before it. */
export interface Settled {
  /** A frame that came is not the one its sender sealed. */
  readonly contradicted: boolean
  /** A frame waited so long that no checkpoint will name it any more. */
  readonly missed: boolean
  /** It named at least one frame that came since the one before, and passed none over. */
  readonly clean: boolean
}

/** One sender's frames of one epoch against its checkpoints. Times are milliseconds of one monotonic clock. */
export interface Ledger {
  /** The number of the newest checkpoint; −1 before the first. */
  readonly seq: number
  enter(frame: PassingFrame, now: number): Entry
  /** @param patienceMs - How long a frame may wait before it counts as missed; twice that if it lies ahead. */
  settle(seq: number, frames: readonly SentFrame[], now: number, patienceMs: number): Settled
  /** When the oldest frame came that still waits. */
  oldest(): number | undefined
  /** Forgets the frames that wait. */
  clear(): void
  /** Its sender is in a newer epoch: only frames that were named already may still come. */
  close(): void
}

export function createLedger(): Ledger {
  const waiting = new Map<number, { readonly bytes: Uint8Array; readonly at: number }>()
  const named = new Map<number, Bytes>()
  let seq = -1
  let end = -1
  let matched = 0
  let closed = false

  function nameFrame(frame: SentFrame): "matched" | "contradicted" | "ahead" {
    const position = positionOf(frame.step, frame.counter)
    const came = waiting.get(position)
    if (came === undefined) {
      named.set(position, frame.hash)
      return "ahead"
    }
    waiting.delete(position)
    return equal(frameHash(came.bytes), frame.hash) ? "matched" : "contradicted"
  }

  return {
    get seq() {
      return seq
    },
    enter({ step, counter, bytes }, now) {
      const position = positionOf(step, counter)
      const promised = named.get(position)
      if (promised !== undefined) {
        if (!equal(promised, frameHash(bytes))) return "contradicted"
        named.delete(position)
        matched++
        return "vouched"
      }
      if (closed || position <= end) return "passed-over"
      const before = waiting.get(position)
      if (before !== undefined) return equal(before.bytes, bytes) ? "passed-over" : "contradicted"
      if (waiting.size >= waitingLimit) return "overflow"
      waiting.set(position, { bytes, at: now })
      return "waiting"
    },
    settle(number, frames, now, patienceMs) {
      const isFirst = seq < 0
      seq = number
      let contradicted = false
      for (const frame of frames) {
        const result = nameFrame(frame)
        if (result === "matched") matched++
        else if (result === "contradicted") contradicted = true
      }
      const [first, last] = [frames[0], frames.at(-1)]
      if (first === undefined || last === undefined) return { contradicted, missed: false, clean: false }
      const start = positionOf(first.step, first.counter)
      const newEnd = positionOf(last.step, last.counter)
      let missed = false
      let passedOver = false
      for (const [position, { at }] of waiting) {
        const age = now - at
        if (position < start && isFirst) {
          // from before this listener could hear checkpoints: never again, and never longer than the patience
          waiting.delete(position)
        } else if (position <= newEnd) {
          passedOver = true
          if (age < patienceMs) continue
          waiting.delete(position)
          missed = true
        } else if (Math.floor(position / 2 ** 32) === last.step && position > newEnd + farAhead) {
          waiting.delete(position)
          contradicted = true
        } else if (age >= 2 * patienceMs) {
          waiting.delete(position)
          missed = true
        }
      }
      end = Math.max(end, newEnd)
      for (const position of named.keys()) {
        if (named.size <= waitingLimit) break
        named.delete(position)
      }
      const clean = matched > 0 && !passedOver && !contradicted && !missed
      matched = 0
      return { contradicted, missed, clean }
    },
    oldest: () => waiting.values().next().value?.at,
    clear() {
      waiting.clear()
    },
    close() {
      closed = true
      waiting.clear()
    },
  }
}
