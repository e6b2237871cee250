import { mkdir } from "node:fs/promises"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { chromium, type Browser } from "playwright-core"
import { openPreviewSite } from "./screens/preview-site.ts"
import { shots, type Shot } from "./screens/shots.ts"

const help = `Takes a picture of every state of the page, from literal states, into docs/screens.

  npm run screens -- [--only NAME] [--out FOLDER]

  --only NAME    pictures whose name contains NAME
  --out FOLDER   where to put them (default: docs/screens)
  --help         this text

Every state on a phone in light colours; the main ones on a desktop and in dark colours, too.`

const root = fileURLToPath(new URL("..", import.meta.url))
const browsers = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
]
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]

const looks = [
  { name: "phone-light", width: 390, height: 844, colorScheme: "light" },
  { name: "phone-dark", width: 390, height: 844, colorScheme: "dark" },
  { name: "desktop-light", width: 1280, height: 800, colorScheme: "light" },
  { name: "desktop-dark", width: 1280, height: 800, colorScheme: "dark" },
] as const
type Look = (typeof looks)[number]

/** Takes one picture. @returns what the page complained about, if anything. */
async function take(browser: Browser, origin: string, shot: Shot, look: Look, out: string): Promise<string[]> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.colorScheme,
    locale: shot.language ?? "en",
    timezoneId: "Europe/Rome",
    reducedMotion: "reduce",
  })
  try {
    const page = await context.newPage()
    const complaints: string[] = []
    page.on("pageerror", (error) => complaints.push(error.message))
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text())
    })
    await page.goto(`${origin}/?state=${shot.state}`)
    await page.locator(`html[data-shown=${shot.state}]`).waitFor({ state: "attached" })
    await shot.taps?.(page)
    // With transitions cut short a new colour still takes a frame for each element it is handed down to.
    await page.evaluate("new Promise((resolve) => setTimeout(resolve, 100))")
    await page.screenshot({ path: join(out, `${shot.name}.${look.name}.png`) })
    // The narrowest screen that has to do without scrolling sideways (WCAG 1.4.10).
    for (const width of [look.width, 320]) {
      await page.setViewportSize({ width, height: look.height })
      if ((await page.evaluate("document.documentElement.scrollWidth > innerWidth")) === true)
        complaints.push(`The page is wider than ${String(width)} px.`)
    }
    return complaints
  } finally {
    await context.close()
  }
}

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    out: { type: "string" },
    help: { type: "boolean", default: false },
  },
})
if (values.help) {
  console.log(help)
  process.exit(0)
}
const executablePath = browsers.find((path) => existsSync(path))
if (executablePath === undefined) {
  console.error("No Chromium was found: install the package chromium, or Google Chrome.")
  process.exit(1)
}
const out = values.out ?? join(root, "docs/screens")
await mkdir(out, { recursive: true })
const site = await openPreviewSite(root)
const browser = await chromium.launch({ executablePath, args: flags })
let bad = 0
try {
  for (const shot of shots.filter(({ name }) => name.includes(values.only)))
    for (const look of shot.everyLook === true ? looks : looks.slice(0, 1)) {
      const complaints = await take(browser, site.origin, shot, look, out)
      console.error(`${shot.name} ${look.name}${complaints.map((text) => `\n  ${text}`).join("")}`)
      bad += complaints.length
    }
} finally {
  await browser.close()
  await site.close()
}
process.exitCode = bad > 0 ? 1 : 0
