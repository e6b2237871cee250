import { launchChromium, type ChromiumOptions } from "./chromium.ts"
import { launchFirefox, type FirefoxOptions } from "./firefox.ts"

/** A page in either browser. Expressions are JavaScript source; their values, awaited, come back as JSON. */
export interface Page {
  readonly url: () => string
  open(url: string): Promise<void>
  reload(): Promise<void>
  evaluate<Value>(expression: string): Promise<Value>
  click(selector: string): Promise<void>
  fill(selector: string, text: string): Promise<void>
  /** Resolves when the expression, or what it promises, is true. @throws after `withinMs` (30 s) */
  until(expression: string, withinMs?: number): Promise<void>
  text(selector: string): Promise<string>
  screenshot(path: string): Promise<void>
  /** All the console and page errors said so far. */
  readonly console: readonly string[]
  close(): Promise<void>
}

/** A person with a profile of their own: storage is shared by their pages and by nobody else's. */
export interface Visitor {
  page(url: string): Promise<Page>
  close(): Promise<void>
}

export interface Browser {
  readonly name: "chromium" | "firefox"
  readonly version: string
  visitor(): Promise<Visitor>
  close(): Promise<void>
}

export const browsers = {
  chromium: (options: ChromiumOptions = {}): Promise<Browser> => launchChromium(options),
  firefox: (options: FirefoxOptions = {}): Promise<Browser> => launchFirefox(options),
}
