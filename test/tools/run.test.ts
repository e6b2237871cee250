import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { node } from "./command.ts"

let folder = ""

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sottovoce-run-"))
})
afterAll(() => rmSync(folder, { recursive: true }))

it("a TypeScript command gets its arguments and stdin; stdout and exit status are its own", async () => {
  const file = join(folder, "echo.ts")
  writeFileSync(
    file,
    `const words: string[] = process.argv.slice(2)
     let input = ""
     for await (const chunk of process.stdin) input += String(chunk)
     console.log(JSON.stringify({ words, input, node: process.versions.node.split(".")[0] }))
     process.exitCode = 2`,
  )
  const { status, stdout } = await node(["tools/run.mjs", file, "--json", "a b"], {}, "from stdin")
  expect(JSON.parse(stdout)).toEqual({ words: ["--json", "a b"], input: "from stdin", node: "22" })
  expect(status).toBe(2)
})

it("without a file it says how it is used", async () => {
  const { status, stdout, stderr } = await node(["tools/run.mjs"])
  expect([status, stdout]).toEqual([1, ""])
  expect(stderr).toBe("Say which file to run: node tools/run.mjs FILE.ts ARGUMENTS.\n")
})
