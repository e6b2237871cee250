import { webPrimitives as p } from "#crypto/base/web-primitives"
import { createOpener } from "#crypto/media/opener"
import { createSealer } from "#crypto/media/sealer"
import { runOpening } from "../../../web/media/opening.ts"
import { runSealing } from "../../../web/media/sealing.ts"
import { createTally } from "../../../web/media/tally.ts"
import { serveRounds } from "./round.ts"

// The product's own pipes, as its media worker runs them.

const cell = 120
const tally = createTally()
const sealer = createSealer(p, { onCounterLimit: () => undefined })
const opener = createOpener(p, (ms, run) => setTimeout(run, ms))
const known = { space: p.random(16), view: p.random(32), epoch: 1, step: 0, secret: p.random(32), indices: [0], cell }
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
