import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { handOver } from "./pinned-node.mjs"
import { pinnedNode } from "./install.mjs"
import { root } from "./root.mjs"

/**
 * Runs vitest over everything, or over the files whose path contains one of the patterns.
 * @param {string[]} args - Patterns and options of vitest.
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runSuite(args) {
  const folder = mkdtempSync(join(tmpdir(), "sottovoce-test-"))
  try {
    const report = join(folder, "report.json")
    const vitest = join(root, "node_modules", "vitest", "vitest.mjs")
    const options = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]
    const status = await handOver([pinnedNode, vitest, "run", "--root", root, ...options, ...args])
    return countReport(readReport(report), status)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Counts a report of vitest's JSON reporter. What fails outside of a test (a file that cannot be loaded, a hook, an
 * unhandled rejection, a crash before the report) counts as one failed test: a red run never counts as green.
 */
export function countReport(report, status) {
  if (report === undefined) return { passed: 0, failed: 1 }
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  )
  const passed = report.numPassedTests
  const failed = report.numFailedTests + brokenFiles.length
  return { passed, failed: failed === 0 && status !== 0 ? 1 : failed }
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"))
  } catch {
    return undefined
  }
}
