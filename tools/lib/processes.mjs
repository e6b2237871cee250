import { spawn, spawnSync } from "node:child_process"
import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"

/** Full path of a program on the PATH, or undefined. */
export function onPath(name) {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      continue
    }
  }
  return undefined
}

/** What a quick program writes to stdout, trimmed; undefined when it is missing or fails. */
export function outputOf(argv, options = {}) {
  const result = spawnSync(argv[0], argv.slice(1), {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    ...options,
  })
  return result.status === 0 ? result.stdout.trim() : undefined
}

/**
 * Runs a program to its end. Everything it writes goes to our stderr, as it comes, unless `onLine` takes it.
 * @param {string[]} argv
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean, onChunk?: (text: string) => void }} options
 * @returns {Promise<{ status: number, output: string }>}
 */
export function run(argv, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(argv[0], argv.slice(1), {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
    })
    let output = ""
    const take = (text) => {
      output = (output + text).slice(-100_000)
      if (options.onChunk !== undefined) options.onChunk(text)
      else if (options.quiet !== true) process.stderr.write(text)
    }
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", take)
    child.once("error", (error) => resolve({ status: 127, output: error.message }))
    child.once("close", (status) => resolve({ status: status ?? 1, output }))
  })
}
