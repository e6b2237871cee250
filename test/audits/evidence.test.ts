import { describe, expect, it } from "vitest"
import { digestEvidence, readEvidence, writeEvidence } from "../../audits/evidence-file.ts"
import { audits } from "../../audits/registry.ts"
import { cleanEvidence } from "./synthetic.ts"

describe("saved evidence", () => {
  const evidence = cleanEvidence()
  const again = readEvidence(writeEvidence(evidence))

  it("is judged as it was when it was gathered", () => {
    for (const audit of audits) expect(audit.judge(again)).toEqual(audit.judge(evidence))
  })

  it("keeps its digest", () => {
    expect(digestEvidence(again)).toBe(digestEvidence(evidence))
  })

  it("keeps apart what was not gathered and what was empty", () => {
    const { subject, gatheredAt, versions, missing } = evidence
    expect(readEvidence(writeEvidence({ subject, gatheredAt, versions, missing }))).not.toHaveProperty("frames")
  })

  it.each(["", "{}", "[1]", '{"subject":1}'])("%s is refused", (text) => {
    expect(() => readEvidence(text)).toThrow()
  })
})
