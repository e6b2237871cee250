import { describe, expect, it } from "vitest"
import type { Figure } from "../../tools/bench/figure.ts"
import { makeDecoders } from "../../tools/fuzz/decoders.ts"
import { readOptions } from "../../tools/fuzz/options.ts"
import { node } from "../tools/command.ts"

/** What runs before a change is accepted sets 200000. */
const inputs = process.env["FUZZ_INPUTS"] ?? "2000"

const fuzz = (...args: readonly string[]) => node(["tools/fuzz/fuzz.ts", ...args])

describe("npm run fuzz", { timeout: 600_000 }, () => {
  it(`finds nothing in any decoder with ${inputs} inputs for each`, async () => {
    const { status, stdout, stderr } = await fuzz("--inputs", inputs, "--json")
    const said = JSON.parse(stdout) as { ok: boolean; figures: Figure[]; findings: unknown[] }
    expect(said.findings).toEqual([])
    expect(said.figures.filter(({ ok }) => !ok)).toEqual([])
    expect([said.ok, status]).toEqual([true, 0])
    const tried = said.figures.filter(({ name }) => name.endsWith(": inputs"))
    expect(tried).toHaveLength((await makeDecoders()).length)
    expect(stderr).toContain(`head: ${inputs} inputs`)
  })

  it("one decoder alone, under another seed", async () => {
    const { status, stdout } = await fuzz("--only", "kid", "--seed", "other", "--inputs", "100")
    expect([status, stdout]).toEqual([0, "Nothing was found.\n"])
  })

  it("an unknown decoder, a number that is none and an unknown option are a sentence and exit status 2", async () => {
    const unknown = await fuzz("--only", "nothing", "--json")
    expect([unknown.status, unknown.stdout]).toEqual([2, ""])
    expect(unknown.stderr).toMatch(/^--only takes one of invite, policy, .*\.\n$/)
    const none = await fuzz("--inputs", "many")
    expect([none.status, none.stderr]).toEqual([2, "--inputs takes a number from 1 to 999999999.\n"])
    expect((await fuzz("--fast")).status).toBe(2)
  })

  it("gives 200000 inputs to each unless told otherwise", () => {
    expect(readOptions([])).toEqual({ inputs: 200_000, seed: "1", only: undefined, json: false })
    expect(readOptions(["--help"])).toBeUndefined()
  })
})
