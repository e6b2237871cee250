import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"

/** Path of the first of these programs that the PATH has. @throws Error that names what to install */
export function findExecutable(names: readonly string[], what: string): string {
  for (const name of names)
    for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
      const path = join(folder, name)
      try {
        accessSync(path, constants.X_OK)
        return path
      } catch {
        // the next one
      }
    }
  throw new Error(`${what} is needed: none of ${names.join(", ")} is on the PATH.`)
}

export const findChromium = (): string =>
  findExecutable(["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"], "Chromium")

export const findFirefox = (): string => findExecutable(["firefox-esr", "firefox"], "Firefox")
