import { randomBytes } from "node:crypto"
import type { Page } from "playwright-core"
import type { TappedPage } from "./tapped-page.ts"

/**
 * Has the page itself send three random words to its own server: in a URL, in a header, in a body. A capture that does
 * not show them would not show a secret either.
 */
export async function plantWords(page: Page): Promise<string[]> {
  const words = [1, 2, 3].map(() => `planted${randomBytes(8).toString("hex")}`)
  const [inUrl = "", inHeader = "", inBody = ""] = words
  await page.evaluate(
    async ({ inUrl, inHeader, inBody }) => {
      await fetch(`/audit?${inUrl}`)
      await fetch("/audit", { headers: { "x-audit": inHeader } })
      await fetch("/audit", { method: "POST", body: inBody })
    },
    { inUrl, inHeader, inBody },
  )
  return words
}

/** Address bar, title, referrer, and each entry of the session history. */
export async function visibleAddresses({ page, context }: TappedPage): Promise<string[]> {
  const session = await context.newCDPSession(page)
  const { entries } = await session.send("Page.getNavigationHistory")
  await session.detach()
  const inPage = await page.evaluate(() => {
    const { location, document } = globalThis as unknown as {
      location: { href: string }
      document: { title: string; referrer: string }
    }
    return [location.href, document.title, document.referrer]
  })
  return [page.url(), ...inPage, ...entries.flatMap(({ url, title }) => [url, title])]
}
