import { spawn } from "node:child_process"
import { join } from "node:path"

export const root = join(import.meta.dirname, "..", "..")

export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs Node on a file of ours and waits for its end; `env` is added to an environment without a LiveKit. */
export function node(args: readonly string[], env: Readonly<Record<string, string>> = {}, stdin = ""): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(LIVEKIT|SOTTOVOCE)_/.test(name))
  const child = spawn(process.execPath, args, { cwd: root, env: { ...Object.fromEntries(inherited), ...env } })
  child.stdin.end(stdin)
  const stdout: string[] = []
  const stderr: string[] = []
  child.stdout.setEncoding("utf8").on("data", (text: string) => stdout.push(text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => stderr.push(text))
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (status) => resolve({ status, stdout: stdout.join(""), stderr: stderr.join("") }))
  })
}
