import { spawn } from "node:child_process"
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { root } from "../lib/root.mjs"
import type { Mutant } from "./mutant.ts"

/** What a test run said: the titles of tests that passed and of those that failed. */
interface Outcome {
  readonly passed: readonly string[]
  readonly failed: readonly string[]
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** What of the project a test needs; the rest is not copied. */
const parts = ["audits", "crypto", "server", "test", "tools", "web"]
/** A test that a mutant sends into an endless wait is ended, and counts as red. */
const patienceMs = 120_000

/** A copy of the project in which bugs are planted, one at a time. */
export class Workshop {
  readonly #path: string

  private constructor(path: string) {
    this.#path = path
  }

  static async open(): Promise<Workshop> {
    const path = await mkdtemp(join(tmpdir(), "sottovoce-mutants-"))
    for (const part of parts) await cp(join(root, part), join(path, part), { recursive: true })
    for (const file of await readdir(root)) if (/\.(json|ts)$/.test(file)) await cp(join(root, file), join(path, file))
    await symlink(join(root, "node_modules"), join(path, "node_modules"))
    return new Workshop(path)
  }

  /**
   * Plants a bug, runs the test that should catch it, and takes the bug out again.
   * @returns what went red; nothing: the bug was not caught.
   * @throws Error if the bug cannot be planted, or the test is not there
   */
  async plant(mutant: Mutant): Promise<readonly string[]> {
    const file = join(this.#path, mutant.file)
    const sound = await readFile(file, "utf8")
    if (sound.split(mutant.find).length !== 2)
      throw new Error(`"${mutant.name}" cannot be planted: its text stands not exactly once in ${mutant.file}.`)
    await writeFile(
      file,
      sound.replace(mutant.find, () => mutant.replace),
    )
    try {
      const { passed, failed } = await this.#test(mutant)
      if (passed.length + failed.length === 0)
        throw new Error(`"${mutant.name}" names a test that is not there: ${mutant.test}, "${mutant.title}".`)
      return failed
    } finally {
      await writeFile(file, sound)
    }
  }

  async close(): Promise<void> {
    await rm(this.#path, { recursive: true, force: true })
  }

  async #test({ test, title }: Mutant): Promise<Outcome> {
    const report = join(this.#path, "report.json")
    await rm(report, { force: true })
    const escaped = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    const vitest = join("node_modules", "vitest", "vitest.mjs")
    const child = spawn(
      process.execPath,
      [vitest, "run", "--project", "units", test, "-t", escaped, "--reporter=json", `--outputFile=${report}`],
      { cwd: this.#path, stdio: "ignore" },
    )
    const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs)
    await new Promise((resolve) => child.on("close", resolve))
    clearTimeout(timer)
    const text = await readFile(report, "utf8").catch(() => undefined)
    if (text === undefined) return { passed: [], failed: [`${title} (ended after ${patienceMs / 1000} s)`] }
    const all = (JSON.parse(text) as Report).testResults.flatMap(({ assertionResults }) => assertionResults)
    const named = (status: string) => all.filter((one) => one.status === status).map(({ fullName }) => fullName.trim())
    return { passed: named("passed"), failed: named("failed") }
  }
}
