import { describe, expect, it } from "vitest"
import type { Verdict } from "../../audits/audit.ts"
import { audits } from "../../audits/registry.ts"
import { reportHtml } from "../../audits/report/html.ts"
import { exitStatus, makeReport } from "../../audits/report/report.ts"
import { reportText } from "../../audits/report/text.ts"
import type { SelfTest } from "../../audits/self-test.ts"
import { cleanEvidence } from "./synthetic.ts"

const clean = cleanEvidence()
const { subject, gatheredAt, versions } = clean
const nothing = { subject, gatheredAt, versions, missing: ["subscribe without keys: refused"] }
const leaky = { ...clean, removal: { askedAt: 24_000, headAt: 26_100 } }

function proof(leakyArm: Verdict, cleanArm: Verdict): SelfTest {
  return { arms: new Map(audits.map(({ id }) => [id, { leaky: leakyArm, clean: cleanArm }])), figures: [] }
}

describe("the exit status", () => {
  it.each([
    [0, "everything passed and every control was red", clean, proof("leak", "pass")],
    [0, "everything passed and controls were not asked for", clean, undefined],
    [1, "one audit found a leak", leaky, proof("leak", "pass")],
    [2, "nothing was gathered", nothing, proof("leak", "pass")],
    [2, "the detectors called leaky subjects clean", clean, proof("pass", "pass")],
    [2, "the detectors called the clean subject leaky", clean, proof("leak", "leak")],
    [2, "blind detectors found a leak", leaky, proof("pass", "pass")],
  ])("is %d if %s", (status, _, evidence, arms) => {
    expect(exitStatus(makeReport(evidence, audits, arms))).toBe(status)
  })
})

describe("the report", () => {
  it("says first what was not examined", () => {
    const report = makeReport(nothing, audits, undefined)
    expect(report.notExamined[0]).toBe("subscribe without keys: refused")
    expect(report.notExamined).toHaveLength(1 + audits.length + 1)
    const page = reportHtml(report)
    const places = ["Not examined", "What these tests do not show", "Verdicts"].map((title) => page.indexOf(title))
    expect(places.every((place) => place > 0)).toBe(true)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  it("has for each audit its bound and what it said of its control", () => {
    const { rows } = makeReport(clean, audits, proof("leak", "pass"))
    expect(rows.map(({ id }) => id)).toEqual(audits.map(({ id }) => id))
    for (const { n, bound, control } of rows) {
      expect(bound).toBeCloseTo(Math.min(1, 3 / n), 10)
      expect(control).toBe("leak")
    }
  })

  it("needs nothing from elsewhere and takes no markup from what was seen", () => {
    const page = reportHtml(makeReport({ ...clean, subject: "<script>x</script>" }, audits, undefined))
    expect(page).not.toMatch(/<script|src=|href=|url\(/)
    expect(page).toContain("&lt;script&gt;")
  })

  it("never shows the secret of the link", () => {
    const report = makeReport(clean, audits, proof("leak", "pass"))
    const all = JSON.stringify(report) + reportHtml(report) + reportText(report)
    expect(all).not.toContain(clean.joining?.spelled)
  })
})
