import { describe, expect, it } from "vitest"
import { benches } from "../../tools/bench/benches.ts"
import { atMost, context, exactly } from "../../tools/bench/figure.ts"
import { readOptions } from "../../tools/bench/options.ts"
import { withParts } from "../../tools/bench/parts.ts"
import { median, quantile } from "../../tools/bench/stats.ts"
import { node } from "./command.ts"

const bench = (...args: readonly string[]) => node(["tools/bench/bench.ts", ...args])

// each start loads two browser drivers and a bundler
describe("npm run bench", { timeout: 60_000 }, () => {
  it("--help names every bench and what it promises", async () => {
    const { status, stdout } = await bench("--help")
    expect(status).toBe(0)
    for (const { name, promise } of benches) expect(stdout).toContain(`${name.padEnd(10)}${promise}`)
    expect(benches.map(({ name }) => name)).toEqual(["frame", "rotate", "lockout", "churn", "takeover", "join"])
  })

  it("an unknown bench or option is one sentence and exit status 2", async () => {
    const unknown = await bench("--only", "nothing", "--json")
    expect([unknown.status, unknown.stdout]).toEqual([2, ""])
    expect(unknown.stderr).toBe("--only takes one of frame, rotate, lockout, churn, takeover, join (see --help).\n")
    expect((await bench("--fast")).status).toBe(2)
  })

  it("runs all of them unless one is named", () => {
    expect(readOptions([])?.chosen).toEqual(benches)
    expect(readOptions(["--only", "rotate"])?.chosen.map(({ name }) => name)).toEqual(["rotate"])
  })
})

describe("a figure", () => {
  it("is ok up to its goal and not beyond", () => {
    expect([29.9, 30, 30.1].map((value) => atMost("x", value, "ms", 30).ok)).toEqual([true, true, false])
    expect([20, 21, 22].map((value) => exactly("x", value, "B", 21).ok)).toEqual([false, true, false])
    expect(context("x", 1e9, "ms")).toEqual({ name: "x", value: 1e9, unit: "ms", goal: null, ok: true })
  })

  it("says so even when rounding hides by how much it missed", () => {
    expect(atMost("x", 0.6001, "×", 0.6)).toEqual({ name: "x", value: 0.6, unit: "×", goal: "≤ 0.6", ok: false })
  })
})

it("quantiles are values of the sample", () => {
  const sample = [5, 1, 4, 2, 3]
  expect([0, 0.2, 0.21, 0.5, 0.95, 1].map((share) => quantile(sample, share))).toEqual([1, 1, 2, 3, 5, 5])
  expect(median([7])).toBe(7)
  expect(() => median([])).toThrow(RangeError)
})

it("whatever a bench started is ended, the last first, also when it failed", async () => {
  const ended: string[] = []
  const failing = withParts(async (parts) => {
    parts.end(() => void ended.push("first"))
    parts.end(() => Promise.reject(new Error("already gone")))
    parts.end(() => void ended.push("last"))
    throw new Error("broken")
  })
  await expect(failing).rejects.toThrow("broken")
  expect(ended).toEqual(["last", "first"])
})
