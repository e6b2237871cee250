import { toHex } from "../base/bytes.ts"
import type { SentFrame } from "./checkpoint-body.ts"
import type { EpochSecret } from "./epoch-secret.ts"
import type { Kid } from "./kid.ts"
import { createStanding, type Settlement, type Standing, type Trust, type Verdict } from "./standing.ts"

/**
 * Whether each sender vouches for the frames that came as its own. Everybody seated holds the keys of everybody's
 * frames; only a seat key, by checkpoints, says who sealed them. Times are milliseconds of one monotonic clock.
 */
export interface Vouching {
  /** A place that went to somebody else begins anew. */
  install(known: EpochSecret): void
  /** An authentic frame came: may it be played? */
  enter(epoch: number, kid: Kid, counter: number, frame: Uint8Array, now: number): Verdict
  /** The number a checkpoint has to be above. */
  seq(epoch: number, index: number): number
  /** A checkpoint came that its sender signed. */
  settle(epoch: number, index: number, seq: number, frames: readonly SentFrame[], now: number): Settlement
  /** By sender index, everybody of whom a frame or checkpoint came. */
  trust(now: number): ReadonlyMap<number, Trust>
  retire(epoch: number): void
  wipe(): void
}

export function createVouching(): Vouching {
  const standings = new Map<number, Standing>()
  const holders = new Map<number, string>()

  function standingOf(index: number): Standing {
    const standing = standings.get(index) ?? createStanding()
    standings.set(index, standing)
    return standing
  }

  return {
    install({ seats }) {
      for (const { index, seatPub } of seats) {
        const holder = toHex(seatPub)
        if (holders.get(index) !== holder) standings.delete(index)
        holders.set(index, holder)
      }
    },
    enter(epoch, { index, step }, counter, frame, now) {
      return standingOf(index).enter(epoch, { step, counter, bytes: frame }, now)
    },
    seq: (epoch, index) => standings.get(index)?.seq(epoch) ?? -1,
    settle: (epoch, index, seq, frames, now) => standingOf(index).settle(epoch, seq, frames, now),
    trust: (now) => new Map([...standings].map(([index, standing]) => [index, standing.trust(now)])),
    retire(epoch) {
      for (const standing of standings.values()) standing.retire(epoch)
    },
    wipe() {
      standings.clear()
      holders.clear()
    },
  }
}
