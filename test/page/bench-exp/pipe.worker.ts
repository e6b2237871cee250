import { webPrimitives as p } from "#crypto/base/web-primitives"
import { createOpener } from "#crypto/media/opener"
import { createSealer } from "#crypto/media/sealer"
import { ownBuffer } from "../../../web/media/own-buffer.ts"
import { serveRounds } from "./round.ts"
import { runInOrder } from "./pipeline.ts"
const cell = 120
const sealer = createSealer(p, { onCounterLimit: () => undefined })
const opener = createOpener(p, (ms, run) => setTimeout(run, ms))
const known = { space: p.random(16), view: p.random(32), epoch: 1, step: 0, secret: p.random(32), indices: [0], cell }
sealer.install(known)
sealer.send({ epoch: 1, step: 0, index: 0 })
opener.install(known)
opener.seated([0])
serveRounds({ sealedBytes: cell,
 seal(e) { void runInOrder(e as never, async (frame) => {
    frame.data = ownBuffer(await sealer.seal(new Uint8Array(frame.data))); return true }) },
 open(e) { void runInOrder(e as never, async (frame) => {
      const r = await opener.open("in", new Uint8Array(frame.data), performance.now())
      if (r.kind === "drop") return false
      frame.data = ownBuffer(r.packet); return true }) } })
