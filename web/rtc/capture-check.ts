/** One comparison: packets the browser says it sent, and frames the worker says it sealed just before and just after. */
export interface Reading {
  readonly sealedBefore: number
  readonly sent: number
  readonly sealedAfter: number
}

/** Frames between worker, encoder and network at the moment of reading, and the 50 ms for which statistics are cached. */
const inFlight = 2
/** So many packets make a comparison. */
const enough = 5

/**
 * Judges a sender's readings, one after the other (both counts are its own, from its beginning).
 * `equal`: every packet sent was sealed. `leak`: more was sent than sealed. `unclear`: read again.
 */
export function createCaptureCheck(): (reading: Reading) => "equal" | "unclear" | "leak" {
  let earlier: { readonly sealed: number; readonly sent: number } | undefined
  return ({ sealedBefore, sent, sealedAfter }) => {
    // what was sent by then must have been sealed by now: no delay explains this away
    if (sent > sealedAfter) return "leak"
    // A slow page: more was sealed while it read. That proves nothing, and a leak cannot hide behind it for long, for both
    // counts are of all packets ever: as soon as one reading is quick, the line above finds it.
    if (sent > sealedBefore + inFlight || sent < enough) return "unclear"
    if (sent >= sealedBefore - inFlight) return "equal"
    // Frames sealed before the connection was ready are lost, and no leak; from then on both must grow alike.
    const before = earlier ?? { sealed: sealedBefore, sent }
    const grown = sent - before.sent
    if (earlier === undefined || grown >= enough) earlier = { sealed: sealedBefore, sent }
    const alike = Math.abs(sealedBefore - before.sealed - grown) <= inFlight
    return grown >= enough && alike ? "equal" : "unclear"
  }
}
