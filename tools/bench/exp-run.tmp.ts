import { browsers } from "/work/main/test/support/browsers.ts"
import { serveTestPage } from "/work/main/test/support/test-page.ts"
const page = await serveTestPage("bench-exp")
for (const launch of [browsers.chromium, browsers.firefox]) {
  const b = await launch()
  const v = await b.visitor(); const pg = await v.page(page.url)
  await pg.until("globalThis.frameBench !== undefined")
  const r = await pg.evaluate<Record<string, {sealMs:number, openMs:number}[]>>(`frameBench.run({rounds: 20, frames: 1000})`)
  for (const [n, rs] of Object.entries(r)) {
    const st = (f: (x: any)=>number) => { const s = rs.map(f).sort((a,b)=>a-b); return `min ${s[0]!.toFixed(0)} q1 ${s[5]!.toFixed(0)} med ${s[s.length>>1]!.toFixed(0)}` }
    console.log(b.name.padEnd(9), n.padEnd(12), "seal", st(x=>x.sealMs), " open", st(x=>x.openMs), " both", st(x=>x.sealMs+x.openMs))
  }
  await b.close()
}
await page.stop()
