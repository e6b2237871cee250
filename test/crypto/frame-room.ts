import { webPrimitives as p } from "#crypto/base/web-primitives"
import type { EpochSecret } from "#crypto/media/epoch-secret"
import { createOpener, type Opened, type Opener } from "#crypto/media/opener"
import { createSealer, type Sealer, type SealerOptions } from "#crypto/media/sealer"
import { keysOnly } from "../support/keys-only.ts"

/** One epoch's secret as a room would share it, with fresh random values for what is not given. */
export function epochSecret(given: Partial<EpochSecret> = {}): EpochSecret {
  return {
    space: new Uint8Array(16).fill(7),
    view: p.random(32),
    epoch: 1,
    step: 0,
    secret: p.random(32),
    indices: [0, 1, 2, 3, 63],
    seats: [],
    cell: 120,
    ...given,
  }
}

/** A sender that already sends in `known` as `index`. */
export function speaker(known: EpochSecret, index: number, options: Partial<SealerOptions> = {}): Sealer {
  const sealer = createSealer(p, { onCounterLimit: () => undefined, ...options })
  sealer.install(known)
  sealer.send({ epoch: known.epoch, step: known.step, index })
  return sealer
}

/** A receiver whose timers run when the test says so. */
export function listener(...known: readonly EpochSecret[]): {
  readonly opener: Opener
  /** Lets the time of all waiting timers pass. */
  readonly elapse: () => void
} {
  let timers: (() => void)[] = []
  const opener = createOpener(p, (_ms, run) => timers.push(run), keysOnly)
  for (const one of known) opener.install(one)
  return {
    opener,
    elapse() {
      const due = timers
      timers = []
      for (const run of due) run()
    },
  }
}

/** What became of a frame, in a word. */
export function outcome(opened: Opened): string {
  return opened.kind === "packet" ? "packet" : opened.reason
}

export function packet(length = 60): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255)
}
