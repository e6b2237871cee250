import { concat, fromHex, wipe, type Bytes } from "../base/bytes.ts"
import type { Primitives } from "../base/primitives.ts"
import { blindCheckpoint, sealCheckpoint, type CheckpointPlace } from "./checkpoint.ts"
import { encodeFrames, fitting, maxFrames, positionOf, type FramePlace, type SentFrame } from "./checkpoint-body.ts"
import { frameHash, type PassingFrame } from "./frame-hash.ts"
import { lastStep } from "./key-schedule.ts"
import { decodeKid } from "./kid.ts"

/** Where a frame was sealed; the same object for all frames of one key. */
export interface SealedPlace {
  /** In hex; undefined before any space's secret came. */
  readonly space: string | undefined
  readonly epoch: number
  readonly kid: number
  /** check(e, r, index), 32 B; undefined for silence under a key nobody has. */
  readonly check: Bytes | undefined
}

/** What the holder of the seat key is asked to sign; it adds the Head it follows. `frames`: see encodeFrames. */
export interface Unsigned extends CheckpointPlace {
  readonly frames: Bytes
}

/** Its answer; undefined: it does not vouch for that. */
export type Endorsement = { readonly head: Bytes; readonly signature: Bytes } | undefined

/** Collects what a sealer sealed and makes checkpoints of it: one for the life of a worker, like the sealer. */
export interface CheckpointSender {
  /** To be the sealer's `onSealed`. */
  sealed(place: SealedPlace, counter: number, frame: Uint8Array): void
  /**
   * What is to be sent now; to be called every 0.5 s. Number and size hang on how many frames left and on the epochs
   * they are of, which the SFU counts anyway: never on what is in them, nor on whether anybody can open them.
   */
  due(): Promise<readonly Bytes[]>
  /** The keys of an epoch and of all before it are forgotten; what is still due of them is blind. */
  retire(epoch: number): void
  /** Forgets what was collected, and its keys. The numbers stay. */
  wipe(): void
}

/** Checkpoints of one epoch at once, as many as its frames fill: after a standstill of the worker it catches up. */
const atOnce = 4
/**
 * Checkpoints that follow the last frame of an epoch, whether anything is left to name or not: the holder of the seat
 * key may have been busy.
 */
const tail = 2
/** Frames that wait to be named: of twice as many the older half never will be. */
const waitingFrames = 512

const sharedBy = 32

/** A frame that is to be named. */
interface Waiting extends PassingFrame {
  /** It was sealed since the last time: one before it may still be under way. */
  fresh: boolean
}

/** One epoch of one space. */
interface Batch {
  readonly name: string
  readonly space: Bytes
  readonly epoch: number
  kid: number
  /** Of the same step as `kid`; undefined as long as all was silence. */
  check: Bytes | undefined
  frames: Waiting[]
  /** The newest frame named so far. */
  named: FramePlace | undefined
  /** Frames since the last time, silence included. */
  left: number
  /** Times since a frame left. */
  idle: number
}

/** @param endorse - Signs with the seat key; never rejects, and answers before the next `due`. */
export function createCheckpointSender(
  p: Primitives,
  endorse: (unsigned: Unsigned) => Promise<Endorsement>,
): CheckpointSender {
  const batches = new Map<string, Batch>()
  // Never emptied, as the sealer's counters: a nonce must not come back.
  const numbers = new Map<string, number>()
  let store = new Uint8Array(0)
  let used = 0
  let retired = -1
  // Their keys are overwritten: a frame that was under way meanwhile must not be vouched for under zeros.
  const spent = new WeakSet<SealedPlace>()
  let current: { readonly place: SealedPlace; readonly batch: Batch } | undefined

  /** A copy: many share a buffer, for a buffer of its own costs a frame more than what is in it. */
  function keep(frame: Uint8Array): Uint8Array {
    if (store.length - used < frame.length) [store, used] = [new Uint8Array(sharedBy * frame.length), 0]
    const kept = store.subarray(used, (used += frame.length))
    kept.set(frame)
    return kept
  }

  function open(place: SealedPlace): Batch {
    const name = `${place.space ?? ""}/${place.epoch.toString()}`
    const before = batches.get(name)
    const batch = before ?? empty(name, place)
    batches.set(name, batch)
    // frames finish out of order: one of an older step says nothing new
    if (place.kid >= batch.kid) {
      batch.kid = place.kid
      if (place.check !== undefined && place.epoch > retired && !spent.has(place)) {
        if (batch.check !== undefined) wipe(batch.check)
        batch.check = place.check.slice()
      }
    }
    return batch
  }

  async function make(batch: Batch): Promise<Bytes> {
    const { name, space, epoch, kid, check } = batch
    const seq = numbers.get(name) ?? 0
    numbers.set(name, seq + 1)
    const taken = batch.frames.splice(0, fitting(batch.frames.slice(0, unbroken(batch))))
    batch.named = taken.at(-1) ?? batch.named
    if (check === undefined || taken.length === 0) return blindCheckpoint(p, kid, seq)
    const key = check.slice()
    const frames = encodeFrames(taken.map(hashed))
    const endorsed = await endorse({ space, epoch, index: decodeKid(kid)?.index ?? 0, seq, frames })
    const sealed =
      endorsed === undefined || batches.get(name) !== batch
        ? blindCheckpoint(p, kid, seq)
        : sealCheckpoint(p, key, { kid, seq }, concat(endorsed.head, frames), endorsed.signature)
    wipe(key)
    if (endorsed === undefined) batch.frames.unshift(...taken)
    return sealed
  }

  return {
    sealed(place, counter, frame) {
      if (current?.place !== place) current = { place, batch: open(place) }
      const { batch } = current
      batch.left++
      if (place.check === undefined || batch.check === undefined) return
      batch.frames.push({ step: place.kid & lastStep, counter, bytes: keep(frame), fresh: true })
      // half of them at once: to drop one for each that comes would move all others
      if (batch.frames.length >= 2 * waitingFrames) batch.frames.splice(0, waitingFrames)
    },
    async due() {
      const made: Promise<Bytes>[] = []
      for (const batch of [...batches.values()]) {
        batch.idle = batch.left > 0 ? 0 : batch.idle + 1
        batch.frames.sort((a, b) => positionOf(a.step, a.counter) - positionOf(b.step, b.counter))
        if (batch.idle > tail) batch.frames.length = 0
        const wanted = batch.idle > tail ? 0 : Math.max(1, Math.ceil(batch.left / maxFrames))
        for (let i = 0; i < Math.min(wanted, atOnce); i++) made.push(make(batch))
        batch.left = 0
        for (const frame of batch.frames) frame.fresh = false
      }
      const sealed = await Promise.all(made)
      for (const batch of [...batches.values()]) if (batch !== current?.batch && batch.idle >= tail) forget(batch)
      return sealed
    },
    retire(epoch) {
      retired = Math.max(retired, epoch)
      if (current !== undefined && current.place.epoch <= epoch) leave()
      for (const batch of batches.values())
        if (batch.epoch <= epoch) {
          if (batch.check !== undefined) wipe(batch.check)
          batch.check = undefined
          batch.frames.length = 0
        }
    },
    wipe() {
      for (const batch of [...batches.values()]) forget(batch)
      leave()
      retired = -1
    },
  }

  /** The place of the newest frame is over: this was the last to hold on to its key. */
  function leave(): void {
    if (current?.place.check !== undefined) {
      wipe(current.place.check)
      spent.add(current.place)
    }
    current = undefined
  }

  function forget(batch: Batch): void {
    if (batch.check !== undefined) wipe(batch.check)
    batches.delete(batch.name)
  }
}

/**
 * How many frames from the start follow each other without a gap that a frame still being sealed may fill: receivers
 * take no counter that a checkpoint passed over.
 */
function unbroken({ frames, named }: Batch): number {
  const end = frames.findIndex((frame, i) => {
    const before = frames[i - 1] ?? named
    return frame.fresh && before?.step === frame.step && frame.counter > before.counter + 1
  })
  return end < 0 ? frames.length : end
}

function hashed({ step, counter, bytes }: PassingFrame): SentFrame {
  return { step, counter, hash: frameHash(bytes) }
}

function empty(name: string, { space, epoch, kid }: SealedPlace): Batch {
  return {
    name,
    space: fromHex(space ?? ""),
    epoch,
    kid,
    check: undefined,
    frames: [],
    named: undefined,
    left: 0,
    idle: 0,
  }
}
