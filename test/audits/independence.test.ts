import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { controls } from "../../audits/controls/controls.ts"
import { audits } from "../../audits/registry.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))
const files = readdirSync(join(root, "audits"), { recursive: true, encoding: "utf8" })

describe("the auditor", () => {
  it("shares no code with what it judges", () => {
    const sources = files.filter((file) => /\.[jt]s$/.test(file))
    expect(sources.length).toBeGreaterThan(30)
    const breaches = sources.flatMap((file) => {
      const text = readFileSync(join(root, "audits", file), "utf8")
      return foreignImports(text).map((name) => `${file} → ${name}`)
    })
    expect(breaches).toEqual([])
  })

  it("would be caught sharing some", () => {
    expect(foreignImports('import { open } from "#crypto/media/sframe"')).toHaveLength(1)
    expect(foreignImports('const { a } = await import("../../web/rtc/sdp.ts")')).toHaveLength(1)
    expect(foreignImports('export * from "../server/app.ts"')).toHaveLength(1)
  })

  it("has for each audit a check and a control of its name", () => {
    expect(controls.map(({ id }) => id).toSorted()).toEqual(audits.map(({ id }) => id).toSorted())
    for (const { id } of audits) {
      expect(files).toContain(join("checks", `${id}.ts`))
      expect(files).toContain(join("controls", `${id}.ts`))
    }
  })
})

function foreignImports(text: string): string[] {
  const names = Array.from(text.matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g), ([, name = ""]) => name)
  return names.filter((name) => name.startsWith("#crypto") || /\.\.\/(crypto|server|web|test)\//.test(name))
}
