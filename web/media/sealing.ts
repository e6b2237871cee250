import type { Sealer } from "#crypto/media/sealer"
import { ownBuffer } from "./own-buffer.ts"
import { runInOrder } from "./pipeline.ts"
import type { Transformer } from "./scope.ts"
import type { SealTally } from "./tally.ts"

/**
 * Runs one sending transform until its streams close: every packet of the encoder, an empty one included, becomes
 * exactly one sealed frame in its order, or is dropped. There is no other way through.
 */
export async function runSealing(transformer: Transformer, sealer: Sealer, tally: SealTally): Promise<void> {
  const lostBefore = sealer.counts().lost
  await runInOrder(transformer, (frame) =>
    sealer.seal(new Uint8Array(frame.data)).then(
      (sealed) => {
        frame.data = ownBuffer(sealed)
        tally.lost = sealer.counts().lost - lostBefore
        tally.sealed++
        return true
      },
      () => {
        tally.dropped++
        return false
      },
    ),
  )
}
