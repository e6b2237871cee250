import { webPrimitives as p } from "#crypto/base/web-primitives"
import { createOpener } from "#crypto/media/opener"
import { createSealer } from "#crypto/media/sealer"
import { ownBuffer } from "../../../web/media/own-buffer.ts"
import { serveRounds, type Ends, type TimedFrame } from "./round.ts"

const cell = 120
const sealer = createSealer(p, { onCounterLimit: () => undefined })
const opener = createOpener(p, (ms, run) => setTimeout(run, ms))
const known = { space: p.random(16), view: p.random(32), epoch: 1, step: 0, secret: p.random(32), indices: [0], cell }
sealer.install(known)
sealer.send({ epoch: 1, step: 0, index: 0 })
opener.install(known)
opener.seated([0])

async function pipelined({ readable, writable }: Ends, work: (frame: TimedFrame) => Promise<boolean>) {
  const reader = readable.getReader()
  const writer = writable.getWriter()
  const limit = 16
  const inFlight: { frame: TimedFrame; done: Promise<boolean> }[] = []
  const one = async () => {
    const first = inFlight.shift()
    if (first && (await first.done)) void writer.write(first.frame)
  }
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    inFlight.push({ frame: value, done: work(value) })
    if (inFlight.length >= limit) await one()
  }
  while (inFlight.length) await one()
  await writer.close()
}

serveRounds({
  sealedBytes: cell,
  seal(ends) {
    void pipelined(ends, async (frame) => { frame.data = ownBuffer(await sealer.seal(new Uint8Array(frame.data))); return true })
  },
  open(ends) {
    void pipelined(ends, async (frame) => {
      const r = await opener.open("in", new Uint8Array(frame.data), performance.now())
      if (r.kind === "drop") return false
      frame.data = ownBuffer(r.packet); return true })
  },
})
