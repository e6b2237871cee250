import { describe, expect, it } from "vitest"
import { isNewEnoughVersion } from "../../tools/lib/go.mjs"
import { countReport } from "../../tools/lib/suite.mjs"

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
})
const report = (numPassedTests: number, numFailedTests: number, ...testResults: ReturnType<typeof file>[]) => ({
  numPassedTests,
  numFailedTests,
  testResults,
})

describe("the count of a run", () => {
  it("is vitest's own when every test ran", () => {
    expect(countReport(report(2, 0, file("passed", "passed", "passed")), 0)).toEqual({ passed: 2, failed: 0 })
    expect(countReport(report(1, 1, file("failed", "passed", "failed")), 1)).toEqual({ passed: 1, failed: 1 })
  })

  it("has a failure for a file that could not be loaded or whose hook failed", () => {
    expect(countReport(report(3, 0, file("passed", "passed"), file("failed")), 1)).toEqual({ passed: 3, failed: 1 })
    expect(countReport(report(3, 0, file("failed", "passed")), 1)).toEqual({ passed: 3, failed: 1 })
  })

  it("has a failure when vitest failed without naming a test", () => {
    expect(countReport(report(3, 0, file("passed", "passed")), 1)).toEqual({ passed: 3, failed: 1 })
  })

  it("has a failure when there is no report", () => {
    expect(countReport(undefined, 1)).toEqual({ passed: 0, failed: 1 })
    expect(countReport(undefined, 0)).toEqual({ passed: 0, failed: 1 })
  })
})

it.each([
  ["go version go1.26.8 linux/amd64", true],
  ["go version go1.26 linux/arm64", true],
  ["go version go2.0.1 linux/amd64", true],
  ["go version go1.25.9 linux/amd64", false],
  ["go version go1.19.8 linux/amd64", false],
  ["go version devel", false],
  [undefined, false],
])("of %s the media server is compiled: %s", (text, expected) => {
  expect(isNewEnoughVersion(text)).toBe(expected)
})
