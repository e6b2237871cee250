import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { fromHex } from "#crypto/base/bytes"
import type { Decoder } from "../../tools/fuzz/decoder.ts"
import { makeDecoders } from "../../tools/fuzz/decoders.ts"
import { judge } from "../../tools/fuzz/judge.ts"

/** One kept input. */
interface Kept {
  readonly why: string
  /** Hexadecimal. */
  readonly input: string
  /** `value`, `nothing` (refused without an error), or the code it is refused with. */
  readonly gives: string
}

const folder = join(import.meta.dirname, "..", "corpus")
const corpus = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => ({
    name: file.slice(0, -".json".length),
    kept: JSON.parse(readFileSync(join(folder, file), "utf8")) as readonly Kept[],
  }))

let decoders: readonly Decoder[]
beforeAll(async () => {
  decoders = await makeDecoders()
})

describe.each(corpus)("what was kept for $name", ({ name, kept }) => {
  it.each(kept)("still gives $gives: $why", async ({ input, gives }) => {
    const decoder = decoders.find((candidate) => candidate.name === name)
    if (decoder === undefined) throw new Error(`There is no decoder ${name}: rename or remove its file in test/corpus.`)
    expect(await judge(decoder, fromHex(input))).toEqual({ gives, fault: undefined })
  })
})
