import { UsageError } from "../base/errors.ts"

/** The first counter: with it every header has the same size for the first 65,280 frames. */
export const firstCounter = 256
/** Counters stay below this (RFC 9605 §9.1 leaves far more; the rooms rotate long before). */
export const counterLimit = 2 ** 31

export interface Counter {
  /** A value nobody got before. @throws UsageError `counter-exhausted`, and at every call from then on */
  next(): number
}

/** Counts the frames of one key. `first` lets a test stand near the limit. */
export function createCounter(first: number = firstCounter): Counter {
  let upcoming = first
  return {
    next() {
      if (upcoming >= counterLimit) throw new UsageError("counter-exhausted", "This key has sealed all its frames.")
      return upcoming++
    },
  }
}
