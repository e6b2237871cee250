import { resolve } from "node:path"
import { createVitest } from "vitest/node"
import { unitTests, type Asked, type Outcome } from "./outcome.ts"

// A process of its own, in a copy of the project: what it has read serves the next bug as well, and a test without an
// end ends with it.
// A planted bug may be that something never comes: it need not be waited for as long as on a machine that is only slow.
process.env["PATIENCE_MS"] = "12000"
const vitest = await createVitest({ root: process.cwd(), watch: false, project: [unitTests], reporters: [{}] })
await vitest.standalone()
let before: string | undefined

process.on("message", (asked: Asked) => {
  run(asked).then(
    (outcome) => process.send?.(outcome),
    () => process.exit(1),
  )
})
process.on("disconnect", () => process.exit())
process.send?.("ready")

async function run({ changed, test, title }: Asked): Promise<Outcome> {
  // The one before has been taken out again.
  for (const file of [before, changed]) if (file !== undefined) vitest.invalidateFile(resolve(file))
  before = changed
  vitest.setGlobalTestNamePattern(title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
  const file = vitest.getProjectByName(unitTests).createSpecification(resolve(test))
  const { testModules } = await vitest.runTestSpecifications([file])
  const all = testModules.flatMap(({ children }) => [...children.allTests()])
  const named = (state: string) => all.filter((one) => one.result().state === state).map(({ fullName }) => fullName)
  return { passed: named("passed"), failed: named("failed") }
}
