import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { root } from "../lib/root.mjs"
import type { Mutant } from "./mutant.ts"
import type { Asked, Outcome } from "./outcome.ts"

/** What of the project a test needs; the rest is not copied. */
const parts = ["audits", "crypto", "server", "test", "tools", "web"]
/** A test that a mutant sends into an endless wait is ended, and counts as red. */
const patienceMs = 120_000

/** A copy of the project in which bugs are planted, one at a time. */
export class Workshop {
  readonly #path: string
  #tester: ChildProcess | undefined

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
    await this.#end()
    await rm(this.#path, { recursive: true, force: true })
  }

  async #test({ file, test, title }: Mutant): Promise<Outcome> {
    const tester = (this.#tester ??= await this.#begin())
    const asked: Asked = { changed: file, test, title }
    tester.send(asked)
    try {
      const outcome = await nextMessage(tester, patienceMs)
      if (outcome !== undefined) return outcome as Outcome
    } catch (error) {
      this.#tester = undefined
      throw error
    }
    await this.#end()
    return { passed: [], failed: [`${title} (ended after ${patienceMs / 1000} s)`] }
  }

  async #begin(): Promise<ChildProcess> {
    const tester = fork(join("tools", "mutants", "tester.ts"), { cwd: this.#path, stdio: "ignore" })
    if ((await nextMessage(tester, patienceMs)) === undefined) throw new Error("The tests of a copy do not begin.")
    return tester
  }

  async #end(): Promise<void> {
    const tester = this.#tester
    this.#tester = undefined
    if (tester?.exitCode !== null) return
    tester.kill("SIGKILL")
    await once(tester, "exit")
  }
}

/** What a process says next; nothing: it said nothing for so long. @throws Error when it ends before */
async function nextMessage(child: ChildProcess, withinMs: number): Promise<unknown> {
  const heard = new AbortController()
  const signal = AbortSignal.any([heard.signal, AbortSignal.timeout(withinMs)])
  try {
    return await Promise.race([
      once(child, "message", { signal }).then(([message]) => message as unknown),
      once(child, "exit", { signal }).then(() => Promise.reject(new Error("The tests of a copy ended unasked."))),
    ])
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  } finally {
    heard.abort()
  }
}
