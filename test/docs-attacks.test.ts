import { access, readFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, test } from "vitest"

import { benches } from "../tools/bench/benches.ts"
import { mutants } from "../tools/mutants/mutants.ts"
import { keyServiceBehaviours } from "./hostile/key-service.ts"
import { sfuBehaviours } from "./hostile/sfu.ts"

const root = join(import.meta.dirname, "..")

interface Row {
  readonly id: string
  readonly shows: string
}

const from = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${(at + 1).toString()}`)
const wanted = [...from("A-", 36), ...from("INV", 13), ...from("I-", 19)]

async function rows(): Promise<readonly Row[]> {
  const text = await readFile(join(root, "docs/attacks.md"), "utf8")
  return text.split("\n").flatMap((line) => {
    const [, id, , shows] = line.split("|").map((cell) => cell.trim())
    return id !== undefined && shows !== undefined && /^(A-|INV|I-)\d+$/.test(id) ? [{ id, shows }] : []
  })
}

/** What a cell cites that does not exist. */
async function missing(shows: string): Promise<readonly string[]> {
  const bad: string[] = []
  for (const [, file = "", title = ""] of shows.matchAll(/`(test\/[^`]+)` "([^"]+)"/g)) {
    const text = await readFile(join(root, file), "utf8").catch(() => "")
    if (!text.includes(`"${title}"`)) bad.push(`${file}: ${title}`)
  }
  for (const [, name = ""] of shows.matchAll(/mutant "([^"]+)"/g))
    if (!mutants.some((mutant) => mutant.name === name)) bad.push(`mutant ${name}`)
  for (const [, name = ""] of shows.matchAll(/audit `([^`]+)`/g))
    await access(join(root, "audits/checks", `${name}.ts`)).catch(() => bad.push(`audit ${name}`))
  for (const [, name = ""] of shows.matchAll(/bench `([^`]+)`/g))
    if (!benches.some((bench) => bench.name === name)) bad.push(`bench ${name}`)
  return bad
}

const cites = (shows: string): boolean => /`test\/[^`]+` "|mutant "|audit `|bench `|cannot apply:/.test(shows)

describe("docs/attacks.md", () => {
  test("has each attack, rule and incident once", async () => {
    expect((await rows()).map(({ id }) => id)).toEqual(wanted)
  })

  test("names for each of them what turns red, and nothing that is not there", async () => {
    const problems: string[] = []
    for (const { id, shows } of await rows()) {
      if (!cites(shows)) problems.push(`${id} names nothing`)
      problems.push(...(await missing(shows)).map((one) => `${id} names ${one}`))
    }
    expect(problems).toEqual([])
  })

  test("would be caught naming a test, a planted bug, an audit or a bench that is not there", async () => {
    const invented = '`test/docs.test.ts` "no such title"; mutant "none"; audit `none`; bench `none`'
    expect(await missing(invented)).toHaveLength(4)
    expect(cites("trust us")).toBe(false)
  })

  test("cites rows that the hostile tables really have", async () => {
    const names = new Set([...keyServiceBehaviours, ...sfuBehaviours].map(({ name }) => name))
    const cited = (await rows()).flatMap(({ shows }) =>
      [...shows.matchAll(/`test\/hostile\/[^`]+` "([^"]+)"/g)].map(([, title = ""]) => title),
    )
    expect(cited.length).toBeGreaterThan(0)
    expect(cited.filter((title) => !names.has(title))).toEqual([])
  })
})
