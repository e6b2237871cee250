import { beforeAll, describe, expect, it } from "vitest"
import type { Decoder } from "../../tools/fuzz/decoder.ts"
import { makeDecoders } from "../../tools/fuzz/decoders.ts"
import { sourceFiles, sourceText } from "../architecture/imports.ts"

/** Reads bytes or text from outside, by its name. */
const reading = /^(decode|parse|harden|accept[A-Z]|open[A-Z]|unwrap|fromHex|fromBase64)|Open$/
/** Takes connections, not bytes; asks the browser for a device, the disk for a database. */
const otherwise = ["acceptUpgrades", "openMicrophone", "openStore", "openVault"]
/** What all structures are made of: each structure made of it is in the table. */
const buildingBlocks = "crypto/base/codec.ts"

/** Exports of a module that read bytes: functions so named, and objects that can `decode`. */
function readersIn(exports: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(exports).flatMap(([name, value]) => {
    const coder = typeof value === "object" && value !== null && "decode" in value
    return coder || (typeof value === "function" && reading.test(name)) ? [name] : []
  })
}

/** Exported functions of a source text that are named like a reader. */
function readersOf(text: string): string[] {
  return [...text.matchAll(/^export (?:async )?function (\w+)/gm)].flatMap(([, name = ""]) =>
    reading.test(name) && !otherwise.includes(name) ? [name] : [],
  )
}

const modules = import.meta.glob<Readonly<Record<string, unknown>>>("../../crypto/**/*.ts")

let decoders: readonly Decoder[]
let driven: ReadonlySet<string>
beforeAll(async () => {
  decoders = await makeDecoders()
  driven = new Set(decoders.flatMap(({ drives }) => drives))
})

describe("the table of decoders", () => {
  it("has everything of the protocol that reads bytes or text", async () => {
    const readers: string[] = []
    for (const [path, load] of Object.entries(modules))
      if (!path.endsWith(buildingBlocks)) readers.push(...readersIn(await load()))
    expect(readers).toContain("headKind")
    expect(readers).toContain("decodeRoster")
    expect(readers.filter((name) => !driven.has(name))).toEqual([])
  })

  it("has everything of the key service and the page that is named so", () => {
    const readers = ["server", "web"].flatMap(sourceFiles).flatMap((file) => readersOf(sourceText(file)))
    expect(readers).toContain("hardenSdp")
    expect(readers.filter((name) => !driven.has(name))).toEqual([])
  })

  it("names nothing that is not there", () => {
    const text = ["crypto", "server", "web"].flatMap(sourceFiles).map(sourceText).join("\n")
    const missing = [...driven].filter((name) => !new RegExp(`^export .*\\b${name}\\b`, "m").test(text))
    expect(missing).toEqual([])
  })

  it("calls no two by one name, and has samples for each", () => {
    expect(new Set(decoders.map(({ name }) => name)).size).toBe(decoders.length)
    expect(decoders.filter(({ samples }) => samples.length === 0)).toEqual([])
  })
})

describe("a forgotten decoder is seen", () => {
  it.each([
    ["a function", { decodeOrder: () => undefined }],
    ["a kind of signed object", { orderKind: { decode: () => undefined } }],
    ["something that opens", { openMessage: () => undefined }],
  ])("that is %s", (_, exports) => {
    expect(readersIn(exports)).toHaveLength(1)
  })

  it("in a source text", () => {
    expect(readersOf("export async function parseOrder(text: string) {")).toEqual(["parseOrder"])
  })
})
