import { browsers } from "../../test/support/browsers.ts"
import { serveTestPage } from "../../test/support/test-page.ts"
const page = await serveTestPage("bench-exp")
for (const launch of [browsers.chromium, browsers.firefox]) {
  const b = await launch()
  const v = await b.visitor(); const pg = await v.page(page.url)
  await pg.until("globalThis.micro !== undefined")
  console.log(b.name + "\n" + await pg.evaluate<string>(`micro()`))
  await b.close()
}
await page.stop()
