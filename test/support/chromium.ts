import { chromium, type Page as PlaywrightPage } from "playwright-core"
import type { Browser, Page } from "./browsers.ts"
import { untilTrue } from "./until-true.ts"
import { findChromium } from "./executables.ts"

export interface ChromiumOptions {
  /** A 48 kHz mono WAV that the fake microphone plays from its beginning, again and again; else it beeps. */
  readonly microphone?: string
  /** "phone" has a touch screen of 390 × 844. */
  readonly screen?: "phone" | "desktop"
  readonly colorScheme?: "light" | "dark"
  readonly language?: string
  readonly arguments?: readonly string[]
}

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // several visitors share one browser: none of them is in the background
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
]

/** Starts the system's Chromium. Each visitor is a fresh profile. */
export async function launchChromium(options: ChromiumOptions): Promise<Browser> {
  const microphone = options.microphone === undefined ? [] : [`--use-file-for-fake-audio-capture=${options.microphone}`]
  const browser = await chromium.launch({
    executablePath: findChromium(),
    headless: false,
    args: ["--headless=new", ...quiet, ...microphone, ...(options.arguments ?? [])],
    // sound is what the tests listen to
    ignoreDefaultArgs: ["--mute-audio"],
  })
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }
  return {
    name: "chromium",
    version: browser.version(),
    async visitor() {
      const context = await browser.newContext({
        ...(options.screen === "phone" ? phone : { viewport: { width: 1280, height: 800 } }),
        colorScheme: options.colorScheme ?? "light",
        locale: options.language ?? "en-GB",
        permissions: ["microphone"],
      })
      return {
        async page(url) {
          const page = wrap(await context.newPage())
          await page.open(url)
          return page
        },
        close: () => context.close(),
      }
    },
    close: () => browser.close(),
  }
}

function wrap(page: PlaywrightPage): Page {
  const said: string[] = []
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`))
  page.on("pageerror", (error) => said.push(`error: ${String(error)}`))
  return {
    url: () => page.url(),
    async open(url) {
      await page.goto(url)
    },
    async reload() {
      await page.reload()
    },
    evaluate: (expression) => page.evaluate(expression),
    click: (selector) => page.click(selector),
    fill: (selector, text) => page.fill(selector, text),
    until: (expression, withinMs) => untilTrue((asked) => page.evaluate(asked), expression, withinMs),
    text: async (selector) => (await page.textContent(selector)) ?? "",
    async screenshot(path) {
      await page.screenshot({ path })
    },
    console: said,
    close: () => page.close(),
  }
}
