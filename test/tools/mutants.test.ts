import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"

import { root } from "../../tools/lib/root.mjs"
import { mutants } from "../../tools/mutants/mutants.ts"

test("every planted bug has a place: its text stands exactly once in its file, and its test file is there", async () => {
  const astray: string[] = []
  for (const { name, file, find, test: by } of mutants) {
    const text = await readFile(join(root, file), "utf8").catch(() => "")
    if (text.split(find).length !== 2) astray.push(`${name}: not exactly once in ${file}`)
    const tests = await readFile(join(root, by), "utf8").catch(() => "")
    if (tests === "") astray.push(`${name}: no ${by}`)
  }
  expect(astray).toEqual([])
})
