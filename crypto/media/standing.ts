import { createLedger, type Ledger } from "./ledger.ts"
import type { SentFrame } from "./checkpoint-body.ts"
import type { PassingFrame } from "./frame-hash.ts"

/** What a listener knows of one sender's voice. */
export type Trust =
  /** It has only just begun. */
  | "unverified"
  /** Its checkpoints name what is heard. */
  | "verified"
  /** What is heard, or was a moment ago, is named by no checkpoint: at first marked, then not played. */
  | "doubtful"
  /** Somebody else sealed frames in its place: not played. */
  | "tampered"

/** A frame that waits this long for its checkpoint is doubted; these are due every 0.5 s. */
export const doubtMs = 900
/** And then its sender is not played. */
export const silenceMs = 1900
/** A doubt is told this long after the last frame: whoever has left is not accused for ever. */
const tellMs = 5000
/** Clean checkpoints before a sender is played again; doubled each time, and back to this after so many clean ones. */
const firstPenalty = 2
const lastPenalty = 64
const forgiveness = 60

/** What to do with a frame: `refused` is not its sender's, `silenced` may be, but is not played. */
export type Verdict = "heard" | "silenced" | "refused"

/** What a verified checkpoint asks of the frame layer. */
export interface Settlement {
  /** Counters above the newest frame it names may come, and none at or below. */
  readonly anchor: boolean
}

/** One sender, over all its epochs. Times are milliseconds of one monotonic clock. */
export interface Standing {
  enter(epoch: number, frame: PassingFrame, now: number): Verdict
  /** The number a checkpoint of this epoch has to be above. */
  seq(epoch: number): number
  settle(epoch: number, seq: number, frames: readonly SentFrame[], now: number): Settlement
  trust(now: number): Trust
  retire(epoch: number): void
}

export function createStanding(): Standing {
  const ledgers = new Map<number, Ledger>()
  let owed = 0
  let penalty = firstPenalty
  let cleanInARow = 0
  let cause: "doubtful" | "tampered" = "doubtful"
  let vouched = false
  let lastFrame = -Infinity
  let newest = -1

  function ledgerOf(epoch: number): Ledger {
    const ledger = ledgers.get(epoch) ?? createLedger()
    if (!ledgers.has(epoch) && epoch < newest) ledger.close()
    ledgers.set(epoch, ledger)
    return ledger
  }

  function accuse(why: "doubtful" | "tampered"): void {
    // nothing that waits will be played again, so nothing of it has to be named
    for (const ledger of ledgers.values()) ledger.clear()
    if (owed === 0) {
      owed = penalty
      penalty = Math.min(lastPenalty, penalty * 2)
      cause = why
    } else if (why === "tampered") cause = why
    owed = Math.max(owed, firstPenalty)
    cleanInARow = 0
  }

  function waitedFor(now: number): number {
    let longest = 0
    for (const ledger of ledgers.values()) longest = Math.max(longest, now - (ledger.oldest() ?? now))
    return longest
  }

  return {
    enter(epoch, frame, now) {
      lastFrame = now
      const entry = ledgerOf(epoch).enter(frame, now)
      if (entry === "contradicted") accuse("tampered")
      if (entry === "contradicted" || entry === "passed-over") return "refused"
      if (entry === "vouched") vouched = true
      if (entry === "overflow") accuse("doubtful")
      return owed > 0 || waitedFor(now) >= silenceMs ? "silenced" : "heard"
    },
    seq: (epoch) => ledgers.get(epoch)?.seq ?? -1,
    settle(epoch, seq, frames, now) {
      newest = Math.max(newest, epoch)
      const { contradicted, missed, clean } = ledgerOf(epoch).settle(seq, frames, now, silenceMs)
      for (const [other, ledger] of ledgers) if (other < epoch) ledger.close()
      if (contradicted || missed) {
        accuse(contradicted ? "tampered" : "doubtful")
        return { anchor: true }
      }
      if (!clean) return { anchor: false }
      vouched = true
      if (++cleanInARow >= forgiveness) penalty = firstPenalty
      if (owed === 0) return { anchor: false }
      owed--
      return { anchor: owed === 0 }
    },
    trust(now) {
      if (owed > 0) return cause
      if (waitedFor(now) >= doubtMs && now - lastFrame < tellMs) return "doubtful"
      return vouched ? "verified" : "unverified"
    },
    retire(epoch) {
      ledgers.delete(epoch)
    },
  }
}
