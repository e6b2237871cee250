/** One comparison: packets the browser says it sent, and frames the worker says it sealed just before and just after. */
export interface Reading {
  readonly sealedBefore: number
  readonly sent: number
  readonly sealedAfter: number
}

/** Frames between worker, encoder and network at the moment of reading, and the 50 ms for which statistics are cached. */
const inFlight = 2
/** As many unclear readings in a row are no coincidence. */
const patience = 4
/** Before the source goes through, so many packets must have left sealed. */
const enough = 5

/**
 * Judges a sender's readings, one after the other (both counts are its own, from its beginning).
 * `equal`: every packet sent was sealed. `leak`: more was sent than sealed. `unclear`: read again.
 */
export function createCaptureCheck(): (reading: Reading) => "equal" | "unclear" | "leak" {
  let tooMany = 0
  return ({ sealedBefore, sent, sealedAfter }) => {
    // what was sent by then must have been sealed by now: no delay explains this away
    if (sent > sealedAfter) return "leak"
    if (sent > sealedBefore + inFlight) return ++tooMany < patience ? "unclear" : "leak"
    tooMany = 0
    // sealed frames may be lost before they are sent, which is no leak, but no proof either
    return sent >= enough && sent >= sealedBefore - inFlight ? "equal" : "unclear"
  }
}
