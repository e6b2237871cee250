import { spawn } from "node:child_process"

// Descriptor 3 is a pipe whose other end only the parent holds: it closes when the parent asks for the end or dies,
// even by SIGKILL. A LiveKit with participants waits for ever after one SIGTERM, so the signal is repeated.
const guard = `
"$@" 3<&- & child=$!
( read -r line <&3; kill -TERM $child; sleep 2; kill -TERM $child; sleep 2; kill -KILL $child ) >/dev/null 2>&1 & watch=$!
wait $child; status=$?
kill $watch 2>/dev/null
exit $status`

/**
 * Starts a program that ends when this process ends, however that happens.
 * @param {string[]} argv - Program and arguments.
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, onLine?: (line: string) => void }} options
 * @returns {{ exited: Promise<number>, lastLines: () => string, stop: () => Promise<void> }}
 *   `lastLines`: the end of what it wrote, for an error text. `stop`: SIGTERM, again after 2 s, SIGKILL after 4 s.
 */
export function spawnGuarded(argv, options = {}) {
  // Its own process group: Ctrl-C in the terminal reaches the parent alone, which then stops its parts in order.
  const child = spawn("sh", ["-c", guard, "guard", ...argv], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  })
  const lines = []
  const keep = (line) => {
    lines.push(line)
    if (lines.length > 20) lines.shift()
    options.onLine?.(line)
  }
  for (const stream of [child.stdout, child.stderr]) readLines(stream, keep)
  const life = child.stdio[3]
  life.on("error", () => {})
  const exited = new Promise((resolve) => {
    child.once("error", () => resolve(127))
    child.once("exit", (status) => resolve(status ?? 1))
  })
  return {
    exited,
    lastLines: () => lines.join("\n"),
    stop: async () => {
      life.end()
      await exited
    },
  }
}

function readLines(stream, onLine) {
  let rest = ""
  stream.setEncoding("utf8")
  stream.on("data", (text) => {
    const parts = (rest + text).split("\n")
    rest = parts.pop()
    parts.forEach(onLine)
  })
  stream.on("end", () => {
    if (rest !== "") onLine(rest)
  })
}
