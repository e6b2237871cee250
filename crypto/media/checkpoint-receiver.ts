import { wipe, type Bytes } from "../base/bytes.ts"
import type { Primitives } from "../base/primitives.ts"
import { createBudget } from "./budget.ts"
import { checkpointMessage, openCheckpoint, readClear, type Checkpoint } from "./checkpoint.ts"
import type { OpenEpoch } from "./keyring.ts"
import type { Kid } from "./kid.ts"
import type { Opener } from "./opener.ts"
import type { Vouching } from "./vouching.ts"

/** Signatures checked for one source: four a second, and what a standstill holds up. */
const perSecond = 4
const burst = 16
/** Checkpoints that wait for their signature to be checked, of all sources. */
const waitingLimit = 128

/** Whose verified checkpoint it was, and the Head its sender follows: first 16 bytes of its id. */
export interface HeadSeen {
  readonly index: number
  readonly head: Bytes
}

/** Takes checkpoints in the order in which they come. */
export interface CheckpointReceiver {
  /**
   * At most one AEAD and one signature; what does not verify changes nothing.
   * @param source - Who brought it, as far as the SFU says: only shares of work hang on it.
   * @param now - Milliseconds of a monotonic clock.
   * @returns undefined if it is not a new checkpoint of a seated sender.
   */
  take(source: number, bytes: Uint8Array, now: number): Promise<HeadSeen | undefined>
}

export function createCheckpointReceiver(
  p: Primitives,
  opener: Pick<Opener, "epochOf" | "anchor">,
  vouching: Pick<Vouching, "seq" | "settle">,
): CheckpointReceiver {
  const budget = createBudget(perSecond, burst)
  let waiting = 0
  let before: Promise<unknown> = Promise.resolve()

  const isNew = (epoch: OpenEpoch, kid: Kid, seq: number): boolean =>
    opener.epochOf(kid)?.epoch === epoch.epoch && seq > vouching.seq(epoch.epoch, kid.index)

  function open(epoch: OpenEpoch, kid: Kid, bytes: Uint8Array): Checkpoint | undefined {
    const key = epoch.checkOf(kid)
    const opened = key === undefined ? undefined : openCheckpoint(p, key, bytes)
    wipe(...(key === undefined ? [] : [key]))
    return opened
  }

  async function verify(
    epoch: OpenEpoch,
    kid: Kid,
    seq: number,
    opened: Checkpoint,
    now: number,
  ): Promise<HeadSeen | undefined> {
    const { index } = kid
    const seatPub = epoch.seatOf(index)
    if (seatPub === undefined || !isNew(epoch, kid, seq)) return undefined
    const message = checkpointMessage({ space: epoch.space, epoch: epoch.epoch, index, seq }, opened.body)
    if (!(await p.verify(seatPub, message, opened.signature))) return undefined
    const last = opened.frames.at(-1)
    if (last === undefined || !isNew(epoch, kid, seq)) return undefined
    const { anchor } = vouching.settle(epoch.epoch, index, seq, opened.frames, now)
    opener.anchor({ ...kid, step: last.step }, last.counter, anchor, now)
    return { index, head: opened.head }
  }

  return {
    async take(source, bytes, now) {
      const clear = readClear(bytes)
      const epoch = clear === undefined ? undefined : opener.epochOf(clear.kid)
      if (clear === undefined || epoch === undefined || !isNew(epoch, clear.kid, clear.seq)) return undefined
      const opened = open(epoch, clear.kid, bytes)
      if (opened === undefined || waiting >= waitingLimit || !budget.take(source, now)) return undefined
      waiting++
      const mine = before.then(() => verify(epoch, clear.kid, clear.seq, opened, now))
      before = mine.catch(() => undefined)
      return mine.finally(() => {
        waiting--
      })
    },
  }
}
