import { webPrimitives as p } from "#crypto/base/web-primitives"
import { createOpener } from "#crypto/media/opener"
import { createSealer } from "#crypto/media/sealer"
import { frameKey } from "#crypto/media/aead"
onmessage = async () => {
const pk = new Uint8Array(60).fill(3)
const log: string[] = []
const handle = await crypto.subtle.importKey("raw", new Uint8Array(16), "AES-GCM", false, ["encrypt","decrypt"])
const iv = new Uint8Array(12), additionalData = new Uint8Array(5)
const big = new Uint8Array(120)
const subtle = crypto.subtle
const fk = await frameKey(new Uint8Array(32), 0x1041)
const sealer = createSealer(p, { onCounterLimit: () => undefined })
const opener = createOpener(p, (ms, run) => setTimeout(run, ms))
const known = { space: p.random(16), view: p.random(32), epoch: 1, step: 0, secret: p.random(32), indices: [0], cell: 120 }
sealer.install(known); sealer.send({ epoch: 1, step: 0, index: 0 }); opener.install(known); opener.seated([0])
const frames: Uint8Array[] = []
for (let i=0;i<26*1024;i++) frames.push(await sealer.seal(pk))
let n = 0
const ct = await subtle.encrypt({ name: "AES-GCM", iv, additionalData, tagLength: 128 }, handle, big)
const f5 = await (async (i: number) => fk.seal(i, big))(300)
const params = { name: "AES-GCM", iv, additionalData, tagLength: 128 }
const variants: Record<string, (i: number) => Promise<unknown>> = {
 A_raw: () => subtle.encrypt({ name: "AES-GCM", iv, additionalData, tagLength: 128 }, handle, big),
 F_await: async () => await subtle.encrypt({ name: "AES-GCM", iv, additionalData, tagLength: 128 }, handle, big),
 N_then: () => subtle.encrypt({ name: "AES-GCM", iv, additionalData, tagLength: 128 }, handle, big).then((x) => x),
 O_thenconcat: () => subtle.encrypt({ name: "AES-GCM", iv, additionalData, tagLength: 128 }, handle, big).then((x) => { const o = new Uint8Array(141); o.set(additionalData); o.set(new Uint8Array(x), 5); return o }),
 P_iv_then3: () => subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12), additionalData, tagLength: 128 }, handle, big).then((x) => x).then((x) => x).then((x) => x),
 Q_params: () => subtle.encrypt(params, handle, big),
 R_newpromise: () => new Promise((ok, bad) => { subtle.encrypt(params, handle, big).then(ok, bad) }),
 I_aead: (i) => fk.seal(i, big),
 J_sealer: () => sealer.seal(pk),
 K_rawdec: () => subtle.decrypt({ name: "AES-GCM", iv, additionalData, tagLength: 128 }, handle, ct),
 L_aeadopen: () => fk.open(300, 5, f5),
 M_opener: () => opener.open("in", frames[n++]!, 1),
}
const best: Record<string, number> = {}
for (let r = 0; r < 26; r++) for (const [name, f] of Object.entries(variants)) {
  const a = performance.now(); for (let i=0;i<1024;i+=64) await Promise.all(Array.from({length:64},(_, j)=>f(i+j)))
  best[name] = Math.min(best[name] ?? 1e9, (performance.now()-a)/1.024) }
for (const [name, v] of Object.entries(best)) log.push(name + " " + v.toFixed(2))
postMessage(log.join("\n"))
}
