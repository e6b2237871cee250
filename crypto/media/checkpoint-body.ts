import { concat, equal, uint, type Bytes } from "../base/bytes.ts"
import { UsageError } from "../base/errors.ts"
import { counterLimit } from "./counter.ts"
import { lastStep } from "./key-schedule.ts"

/** Frames one checkpoint has room for: 0.5 s at 20 ms are 25. */
export const maxFrames = 32
/** Runs of consecutive counters one checkpoint has room for: a step changes, a frame is dropped. */
export const maxSegments = 3
/** Bytes kept of each frame's SHA-256. A second frame to a given hash costs 2^80 tries, and they must open, too. */
export const hashBytes = 10

const segmentBytes = 6
/** Bytes of the part that names the frames: segments and hashes, filled up with zeros. */
export const framesBytes = maxSegments * segmentBytes + maxFrames * hashBytes

/** Where a frame stands in its sender's epoch. */
export interface FramePlace {
  readonly step: number
  readonly counter: number
}

/** One frame as its sender sealed it. */
export interface SentFrame extends FramePlace {
  /** SHA-256 of the whole SFrame frame, its first {@link hashBytes}. */
  readonly hash: Bytes
}

/** Where a frame stands in its sender's epoch: later frames are greater, over all steps. */
export function positionOf(step: number, counter: number): number {
  return step * 2 ** 32 + counter
}

/**
 * The longest run of frames at the start of a list that one checkpoint can name.
 * @param frames - In order of position.
 */
export function fitting(frames: readonly FramePlace[]): number {
  let segments = 0
  let count = 0
  for (let before: FramePlace | undefined; count < maxFrames; count++) {
    const frame = frames[count]
    if (frame === undefined) break
    if (before?.step !== frame.step || before.counter + 1 !== frame.counter) segments++
    if (segments > maxSegments) break
    before = frame
  }
  return count
}

/**
 * segments[3] {step u8, first counter u32, count u8} ‖ hashes[32] ‖ zeros.
 * @throws UsageError `frames` if they do not fit
 */
export function encodeFrames(frames: readonly SentFrame[]): Bytes {
  if (frames.length === 0 || fitting(frames) !== frames.length)
    throw new UsageError("frames", "These frames do not fit one checkpoint.")
  const bytes = new Uint8Array(framesBytes)
  let segment = -1
  frames.forEach(({ step, counter, hash }, i) => {
    const before = frames[i - 1]
    if (before?.step !== step || before.counter + 1 !== counter)
      bytes.set(concat(uint(step, 1), uint(counter, 4)), ++segment * segmentBytes)
    const count = segment * segmentBytes + 5
    bytes[count] = (bytes[count] ?? 0) + 1
    bytes.set(hash, maxSegments * segmentBytes + i * hashBytes)
  })
  return bytes
}

/** The inverse of {@link encodeFrames}; undefined for everything it would not write. */
export function decodeFrames(bytes: Uint8Array): readonly SentFrame[] | undefined {
  if (bytes.length !== framesBytes) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames: SentFrame[] = []
  let newest = -1
  for (let at = 0; at < maxSegments * segmentBytes; at += segmentBytes) {
    const step = view.getUint8(at)
    const first = view.getUint32(at + 1)
    const count = view.getUint8(at + 5)
    if (count === 0) continue
    const position = positionOf(step, first)
    if (step > lastStep || first + count > counterLimit || position <= newest) return undefined
    if (frames.length + count > maxFrames) return undefined
    for (let i = 0; i < count; i++) {
      const hash = maxSegments * segmentBytes + frames.length * hashBytes
      frames.push({ step, counter: first + i, hash: Uint8Array.from(bytes.subarray(hash, hash + hashBytes)) })
    }
    newest = position + count - 1
  }
  // one list of frames, one form: no bytes beside it, no segment split or moved
  return frames.length > 0 && equal(encodeFrames(frames), bytes) ? frames : undefined
}
