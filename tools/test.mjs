import { ensureTestPrograms } from "./lib/debian.mjs"
import { ensurePage } from "./lib/page-build.mjs"
import { onPinnedNode } from "./lib/pinned-node.mjs"
import { checkQuality } from "./lib/quality.mjs"
import { sfuBinary } from "./lib/sfu-build.mjs"
import { runSuite } from "./lib/suite.mjs"
import { say } from "./lib/trouble.mjs"

// npm test: installs what is missing, then runs every check and every test, browsers included.
// npm test -- PATTERN: only the test files whose path contains PATTERN.
const args = process.argv.slice(2)

await onPinnedNode(async () => {
  const total = { passed: 0, failed: 0 }
  const add = ({ passed, failed }) => {
    total.passed += passed
    total.failed += failed
  }
  add(await step("programs that the tests need", ensureTestPrograms))
  add(await step("media server", sfuBinary))
  add(await step("page", ensurePage))
  if (args.length === 0) add(await checkQuality())
  add(await runSuite(args))
  process.exitCode = total.failed === 0 ? 0 : 1
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`)
})

/** A part of the set-up counts as a test: the tests that can do without it still run. */
async function step(name, make) {
  try {
    await make()
    say(`✓ ${name}`)
    return { passed: 1, failed: 0 }
  } catch (error) {
    say(`✗ ${name}\n${error.message}\n`)
    return { passed: 0, failed: 1 }
  }
}
