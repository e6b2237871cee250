import { spawn } from "node:child_process"
import { realpathSync } from "node:fs"
import { ensureInstalled, pinnedNode } from "./install.mjs"
import { command } from "./trouble.mjs"

/**
 * Runs a command's main function on the pinned Node with everything installed: at once when this process is that Node,
 * else by starting the same command line again with it. Every file of tools/ thus runs on any Node from 18.
 */
export function onPinnedNode(main) {
  return command(async () => {
    await ensureInstalled()
    if (realpathSync(process.execPath) === realpathSync(pinnedNode)) await main()
    else process.exitCode = await handOver([pinnedNode, ...process.argv.slice(1)])
  })
}

/** Runs a program in our place: its stdin, stdout and stderr are ours, signals reach it, its exit status is returned. */
export function handOver(argv, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), { stdio: "inherit", env })
    // Ctrl-C reaches both of us; we stay to pass on the exit status.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
    child.once("error", reject)
    child.once("exit", (status, signal) => resolve(status ?? (signal === "SIGINT" ? 130 : 143)))
  })
}
