import { expect, it } from "vitest"
import { auditLocal } from "../../audits/live.ts"
import { audits } from "../../audits/registry.ts"

it(
  "a deployment of this checkout passes every audit",
  async () => {
    const evidence = await auditLocal(25, () => undefined)
    const judged = audits.map((audit) => ({ id: audit.id, ...audit.judge(evidence) }))
    const trouble = judged.filter(({ verdict }) => verdict !== "pass")
    expect(trouble, evidence.missing.join("\n")).toEqual([])
  },
  5 * 60_000,
)
