import { expect, it } from "vitest"
import { node } from "./command.ts"

interface Document {
  readonly ok: boolean
  readonly figures: readonly {
    readonly name: string
    readonly value: number
    readonly unit: string
    readonly goal: string | null
    readonly ok: boolean
  }[]
  readonly failures: readonly unknown[]
  readonly machine: { readonly cores: number; readonly node: string; readonly browsers: Record<string, string> }
}

// Whether a goal is met on a machine that runs tests says nothing; that everything is measured does.
it.each([
  ["frame", ["chromium", "firefox"], ["bytes added to a cell", "share of LiveKit's time"]],
  ["rotate", ["chromium"], ["1000 seats: make and wrap", "10000 seats: wraps"]],
  ["lockout", [], ["5 seats: p95"]],
  [
    "takeover",
    [],
    ["5 seats, standing deputy: to the next Head", "50 seats, fresh deputy: moderator's kick to its Head"],
  ],
  ["churn", [], ["a leaver's keys, longest", "a kick's"]],
  ["join", ["chromium"], ["tap to sound, p95", "what encryption adds"]],
])("a quick run of %s measures everything and prints one document", async (name, browsers, expected) => {
  const { status, stdout, stderr } = await node(["tools/bench/bench.ts", "--only", name, "--json", "--quick"])
  const { ok, figures, failures, machine } = JSON.parse(stdout) as Document
  expect(failures, stderr).toEqual([])
  expect(status).toBe(ok ? 0 : 1)
  expect(ok).toBe(figures.every((figure) => figure.ok))
  for (const part of expected) expect(figures.map((figure) => figure.name).join("\n")).toContain(part)
  for (const figure of figures) {
    expect(figure.name).toMatch(new RegExp(`^${name}\\b`))
    expect(figure.value, figure.name).not.toBeNaN()
    // bytes do not depend on what else the machine does
    if (figure.unit.startsWith("B")) expect(figure.ok, figure.name).toBe(true)
  }
  expect(Object.keys(machine.browsers)).toEqual(browsers)
  expect(machine.cores).toBeGreaterThan(0)
})
