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

type Work = (frame: TimedFrame) => Promise<boolean>
const loop = (limit: number) => async ({ readable, writable }: Ends, work: Work) => {
  const reader = readable.getReader()
  const writer = writable.getWriter()
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
const transform = async ({ readable, writable }: Ends, work: Work) => {
  let tail = Promise.resolve()
  const ts = new TransformStream<TimedFrame, TimedFrame>({
    transform(frame, out) { const d = work(frame); tail = tail.then(async () => { if (await d) out.enqueue(frame) }) },
    flush: () => tail,
  })
  await readable.pipeThrough(ts).pipeTo(writable)
}
const sealWork: Work = async (frame) => { frame.data = ownBuffer(await sealer.seal(new Uint8Array(frame.data))); return true }
const openWork: Work = async (frame) => {
      const r = await opener.open("in", new Uint8Array(frame.data), performance.now())
      if (r.kind === "drop") return false
      frame.data = ownBuffer(r.packet); return true }
export function serve(name: string) {
  const pipe = name === "loop16" ? loop(16) : name === "loop64" ? loop(64) : name === "loop256" ? loop(256): transform
  serveRounds({ sealedBytes: cell, seal(e) { void pipe(e, sealWork) }, open(e) { void pipe(e, openWork) } })
}
export function serveRaw(n: number, crypt: boolean) {
  let handle: CryptoKey
  void crypto.subtle.importKey("raw", new Uint8Array(16), "AES-GCM", false, ["encrypt","decrypt"]).then(k => { handle = k })
  const iv = new Uint8Array(12), additionalData = new Uint8Array(5), params = { name: "AES-GCM", iv, additionalData, tagLength: 128 }
  const pipe = loop(n)
  serveRounds({ sealedBytes: 60,
   seal(e) { void pipe(e, async (f) => { if (crypt) f.data = await crypto.subtle.encrypt(params, handle, f.data); return true }) },
   open(e) { void pipe(e, async (f) => { if (crypt) f.data = await crypto.subtle.decrypt(params, handle, f.data); return true }) } })
}
