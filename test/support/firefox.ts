import { launch, type Page as PuppeteerPage } from "puppeteer-core"
import type { Browser, Page } from "./browsers.ts"
import { untilTrue } from "./until-true.ts"
import { findFirefox } from "./executables.ts"

export interface FirefoxOptions {
  /** A sound server, whose default source is the microphone; else Firefox fakes one that hums, and plays into nothing. */
  readonly sound?: { readonly environment: Readonly<Record<string, string>> }
  readonly language?: string
}

/** Starts the system's Firefox over WebDriver BiDi. Each visitor is a container of their own. */
export async function launchFirefox(options: FirefoxOptions): Promise<Browser> {
  const browser = await launch({
    browser: "firefox",
    executablePath: findFirefox(),
    headless: true,
    env: { ...process.env, ...options.sound?.environment },
    extraPrefsFirefox: {
      "media.navigator.streams.fake": options.sound === undefined,
      "media.navigator.permission.disabled": true,
      "media.navigator.permission.device": false,
      "media.autoplay.default": 0,
      // the SFU of a test listens on loopback, where Firefox gathers no candidates by itself
      "media.peerconnection.ice.loopback": true,
      "media.peerconnection.ice.obfuscate_host_addresses": false,
      "intl.locale.requested": options.language ?? "en-GB",
      "intl.accept_languages": options.language ?? "en-GB",
      "app.update.auto": false,
      "browser.safebrowsing.downloads.enabled": false,
      "network.captive-portal-service.enabled": false,
      "network.connectivity-service.enabled": false,
    },
  })
  return {
    name: "firefox",
    version: await browser.version(),
    async visitor() {
      const context = await browser.createBrowserContext()
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

function wrap(page: PuppeteerPage): Page {
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
    evaluate: <Value>(expression: string): Promise<Value> => page.evaluate(expression) as Promise<Value>,
    click: (selector) => page.locator(selector).click(),
    fill: (selector, text) => page.locator(selector).fill(text),
    until: (expression, withinMs) => untilTrue((asked) => page.evaluate(asked), expression, withinMs),
    text: (selector) => page.$eval(selector, (element) => element.textContent),
    async screenshot(path) {
      await page.screenshot({ path })
    },
    console: said,
    close: () => page.close(),
  }
}
