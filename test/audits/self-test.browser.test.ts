import { expect, it } from "vitest"
import { runControls } from "../../audits/live.ts"
import { audits } from "../../audits/registry.ts"

it(
  "every audit is red on a real page with its defect and green on the same page without",
  async () => {
    const said: string[] = []
    const { figures } = await runControls((line) => said.push(line))
    expect(figures).toHaveLength(2 * audits.length)
    expect(
      figures.filter(({ ok }) => !ok),
      said.join("\n"),
    ).toEqual([])
  },
  5 * 60_000,
)
