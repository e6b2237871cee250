import type { Opener } from "#crypto/media/opener"
import type { TransformOptions } from "./messages.ts"
import { ownBuffer } from "./own-buffer.ts"
import { runInOrder } from "./pipeline.ts"
import type { Transformer } from "./scope.ts"
import type { OpenTally } from "./tally.ts"

/** What the page hears of a receiving transform while it runs. */
export interface OpeningListener {
  /** The first authentic frame since the track was bound to this sender index. */
  authentic(index: number): void
}

/**
 * Runs one receiving transform until its streams close: a frame that opens goes to the decoder, any other is counted
 * and ends here. There is no other way through.
 * @param now - Milliseconds of a monotonic clock.
 */
export async function runOpening(
  transformer: Transformer,
  { id }: TransformOptions,
  opener: Opener,
  tally: OpenTally,
  now: () => number,
  listener: OpeningListener,
): Promise<void> {
  await runInOrder(transformer, (frame) =>
    opener.open(id, new Uint8Array(frame.data), now()).then((result) => {
      if (result.kind === "drop") {
        tally.drops[result.reason]++
        return false
      }
      frame.data = ownBuffer(result.packet)
      tally.opened++
      tally.muted = result.muted
      if (tally.index !== result.index) {
        tally.index = result.index
        listener.authentic(result.index)
      }
      return true
    }),
  )
}
