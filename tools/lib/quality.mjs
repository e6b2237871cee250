import { join } from "node:path"
import { pinnedNode } from "./install.mjs"
import { run } from "./processes.mjs"
import { root } from "./root.mjs"
import { say } from "./trouble.mjs"

const module = (...path) => join("node_modules", ...path)
const tsc = module("typescript", "bin", "tsc")

/** Each counts as one test. web is typed by svelte-check: tsc sees no component. */
const checks = [
  ["formatting (prettier)", module("prettier", "bin", "prettier.cjs"), "--check", "--log-level", "warn", "."],
  ["rules (eslint)", module("eslint", "bin", "eslint.js"), "."],
  ["types of server and audits (tsc)", tsc, "-p", "tsconfig.json"],
  ["types of tools (tsc)", tsc, "-p", "tools"],
  ["types of crypto (tsc)", tsc, "-p", "crypto"],
  ["types of tests (tsc)", tsc, "-p", "test"],
  [
    "types of web (svelte-check)",
    module("svelte-check", "bin", "svelte-check"),
    ...["--workspace", "web", "--tsconfig", "tsconfig.json", "--fail-on-warnings", "--output", "human"],
  ],
  ["unused files, exports and dependencies (knip)", module("knip", "bin", "knip.js"), "--no-progress"],
]

/**
 * Runs every check, two at a time, and shows what the failing ones say.
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function checkQuality() {
  const waiting = [...checks]
  const result = { passed: 0, failed: 0 }
  const worker = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const [name, ...argv] = check
      const { status, output } = await run([pinnedNode, ...argv], { cwd: root, quiet: true })
      if (status === 0) result.passed += 1
      else result.failed += 1
      say(status === 0 ? `✓ ${name}` : `✗ ${name}\n${output.trim()}\n`)
    }
  }
  await Promise.all([worker(), worker()])
  return result
}
