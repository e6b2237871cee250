import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, describe, expect, it } from "vitest"
import { z } from "zod"
import { saveEvidence } from "../../audits/evidence-file.ts"
import { readOptions } from "../../audits/options.ts"
import { cleanEvidence } from "./synthetic.ts"

const script = fileURLToPath(new URL("../../audits/run.ts", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "audit-command-"))
const figure = z.object({ name: z.string(), value: z.number(), unit: z.string(), goal: z.string(), ok: z.boolean() })
const document = z.object({ ok: z.boolean(), figures: z.array(figure).min(1) })

afterAll(() => {
  rmSync(folder, { recursive: true })
})

function audit(...args: readonly string[]) {
  const { status, stdout } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" })
  return { status, stdout }
}

describe("the audit command on saved evidence", () => {
  const clean = cleanEvidence()
  const file = join(folder, "evidence.json")

  it("ends with 0 and one JSON document for a clean session, and writes the page", async () => {
    await saveEvidence(file, clean)
    const page = join(folder, "report.html")
    const { status, stdout } = audit("--from", file, "--json", "--html", page)
    expect(document.parse(JSON.parse(stdout)).ok).toBe(true)
    expect(status).toBe(0)
    expect(readFileSync(page, "utf8")).toContain("What these tests do not show")
  })

  it("ends with 1 for a leak", async () => {
    await saveEvidence(file, { ...clean, removal: { askedAt: 24_000, headAt: 26_100 } })
    const { status, stdout } = audit("--from", file, "--json")
    expect(document.parse(JSON.parse(stdout)).ok).toBe(false)
    expect(status).toBe(1)
  })

  it("ends with 2 if evidence is missing", async () => {
    const { subject, gatheredAt, versions, missing } = clean
    await saveEvidence(file, { subject, gatheredAt, versions, missing })
    expect(audit("--from", file).status).toBe(2)
  })

  it("ends with 2 and still one document if there is nothing to judge", () => {
    const { status, stdout } = audit("--from", join(folder, "absent.json"), "--json")
    expect(JSON.parse(stdout)).toEqual({ ok: false, figures: [] })
    expect(status).toBe(2)
  })

  it("explains itself", () => {
    const { status, stdout } = audit("--help")
    expect(status).toBe(0)
    expect(stdout).toContain("--self-test")
  })
})

describe("its options", () => {
  it.each([
    ["nothing to audit", []],
    ["two things to audit", ["--local", "--self-test"]],
    ["an address that is none", ["--target", "nowhere"]],
    ["an unknown word", ["--locl"]],
    ["too short a time", ["--local", "--seconds", "3"]],
  ])("refuse %s", (_, args) => {
    expect(() => readOptions(args)).toThrow()
  })

  it("are read", () => {
    expect(readOptions(["--target", "https://example.org", "--json", "--no-controls"])).toEqual({
      source: { kind: "target", url: "https://example.org/" },
      json: true,
      html: undefined,
      save: undefined,
      controls: false,
      seconds: 40,
    })
  })
})
