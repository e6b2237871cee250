import { beforeAll, expect, it } from "vitest"
import { fromHex } from "#crypto/base/bytes"
import type { Report } from "../../tools/fuzz/fuzz-decoder.ts"
import { fuzzWatched } from "../../tools/fuzz/watched.ts"
import { makeDecoders, type Mistake } from "./broken-decoders.ts"

const table = new URL("./broken-decoders.ts", import.meta.url).href
const decoders = await makeDecoders()
const reports = new Map<string, Report>()
beforeAll(async () => {
  await fuzzWatched({ table, inputs: 3000, seed: "1", decoders, stallMs: 5000 }, (report) => {
    reports.set(report.decoder, report)
  })
}, 60_000)
const findings = (mistake: Mistake) => reports.get(mistake)?.findings ?? []

it.each<[Mistake, string]>([
  ["reads past the end", "RangeError: Offset is outside the bounds of the DataView"],
  ["accepts trailing bytes", "What was decoded does not encode to the same bytes."],
  ["gives up without a code", "InternalError odd: This cannot be."],
  ["is slow", "One input took more than 5 ms."],
  ["refuses everything", "Its own sample is refused (malformed)."],
  ["fails behind its caller's back", "The thread died: Too late."],
  ["never ends", "One input was not done after 5000 ms."],
])("a decoder that %s is found", (mistake, what) => {
  expect(findings(mistake).map((finding) => finding.what)).toEqual([what])
  expect(findings(mistake)[0]?.count).toBeGreaterThan(0)
})

it("the same decoder without a mistake is not", () => {
  expect(reports.get("none")).toMatchObject({ inputs: 3000, findings: [] })
  expect(reports.get("none")?.accepted).toBeGreaterThan(100)
})

it("a finding's input shows it again, whatever came before", () => {
  const decoder = decoders.find(({ name }) => name === "reads past the end")
  const input = findings("reads past the end")[0]?.input
  expect(input).toBeDefined()
  expect(() => decoder?.read(fromHex(input ?? ""))).toThrow(RangeError)
  // an endless one is named by the input it stands at
  expect(findings("never ends")[0]?.input).toMatch(/^ff/)
})
