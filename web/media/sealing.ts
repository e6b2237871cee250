import type { Sealer } from "#crypto/media/sealer"
import { ownBuffer } from "./own-buffer.ts"
import type { EncodedFrame, Transformer } from "./scope.ts"
import type { SealTally } from "./tally.ts"

/**
 * Runs one sending transform until its streams close: every packet of the encoder, an empty one included, becomes
 * exactly one sealed frame in its order, or is dropped. There is no other way through.
 */
export async function runSealing(transformer: Transformer, sealer: Sealer, tally: SealTally): Promise<void> {
  const seal = new TransformStream<EncodedFrame, EncodedFrame>({
    async transform(frame, output) {
      const lostBefore = sealer.counts().lost
      try {
        frame.data = ownBuffer(await sealer.seal(new Uint8Array(frame.data)))
      } catch {
        tally.dropped++
        return
      }
      tally.lost += sealer.counts().lost - lostBefore
      tally.sealed++
      output.enqueue(frame)
    },
  })
  await transformer.readable.pipeThrough(seal).pipeTo(transformer.writable)
}
