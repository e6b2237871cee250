import { webPrimitives as p } from "#crypto/base/web-primitives"
import { createCheckpointSender } from "#crypto/media/checkpoint-sender"
import { createOpener } from "#crypto/media/opener"
import { createSealer } from "#crypto/media/sealer"
import { createVouching } from "#crypto/media/vouching"
import { runOpening } from "../../../web/media/opening.ts"
import { runSealing } from "../../../web/media/sealing.ts"
import { createTally } from "../../../web/media/tally.ts"
import { serveRounds } from "./round.ts"

// The product's own pipes, as its media worker runs them.

const cell = 120
const tally = createTally()
const checkpoints = createCheckpointSender(p, () => Promise.resolve(undefined))
const sealer = createSealer(p, { onCounterLimit: () => undefined, onSealed: checkpoints.sealed })
const vouching = createVouching()
// faster than any room, so that no checkpoint could keep up: the work is done, the verdict is not waited for
const opener = createOpener(p, (ms, run) => setTimeout(run, ms), {
  ...vouching,
  enter(...frame) {
    vouching.enter(...frame)
    return "heard"
  },
})
const known = {
  space: p.random(16),
  view: p.random(32),
  epoch: 1,
  step: 0,
  secret: p.random(32),
  indices: [0],
  seats: [],
  cell,
}
sealer.install(known)
sealer.send({ epoch: 1, step: 0, index: 0 })
opener.install(known)
opener.seated([0])

serveRounds({
  sealedBytes: cell,
  seal(ends) {
    void runSealing({ ...ends, options: { direction: "seal", id: "out" } }, sealer, tally.sealing("out"))
  },
  open(ends) {
    const options = { direction: "open", id: "in" } as const
    void runOpening({ ...ends, options }, options, opener, tally.opening("in"), () => performance.now(), {
      authentic: () => undefined,
    })
  },
})
