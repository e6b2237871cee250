import { atLeast, context, exactly, type Figure } from "../bench/figure.ts"
import type { Decoder } from "./decoder.ts"
import { makeDecoders } from "./decoders.ts"
import type { Report } from "./fuzz-decoder.ts"
import { help, readOptions, type Options } from "./options.ts"
import { countFor, fuzzWatched } from "./watched.ts"

/** How long one input may stand before its decoder is ended, in ms. */
const stallMs = 5000

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

process.exitCode = await main(process.argv.slice(2))

/** @returns the exit status: 0 nothing was found, 1 something was, 2 the arguments are wrong. */
async function main(args: readonly string[]): Promise<number> {
  let options: Options | undefined
  try {
    options = readOptions(args)
  } catch (error) {
    say(error instanceof Error ? error.message : "The arguments make no sense.")
    return 2
  }
  if (options === undefined) {
    process.stdout.write(help)
    return 0
  }
  const { inputs, seed, only, json } = options
  const all = await makeDecoders()
  const decoders = all.filter(({ name }) => only === undefined || only === name)
  if (decoders.length === 0) {
    say(`--only takes one of ${all.map(({ name }) => name).join(", ")}.`)
    return 2
  }
  const reports: Report[] = []
  await fuzzWatched(
    { table: new URL("./decoders.ts", import.meta.url).href, inputs, seed, decoders, stallMs },
    (report) => {
      reports.push(report)
      say(`${report.decoder}: ${report.inputs} inputs, ${report.accepted} accepted, ${report.seconds.toFixed(1)} s`)
      for (const { what, count, input } of report.findings) say(`  ${count} × ${what} ${input}`)
    },
  )
  const findings = reports.flatMap((report) => report.findings)
  const figures = [
    ...decoders.flatMap((decoder) =>
      figuresOf(
        decoder,
        reports.find(({ decoder: name }) => name === decoder.name),
        inputs,
      ),
    ),
    context(
      "fuzz: time of all decoders",
      sum(reports, ({ seconds }) => seconds),
      "s",
    ),
    context(
      "fuzz: inputs of all decoders",
      sum(reports, (report) => report.inputs),
      "inputs",
    ),
  ]
  const ok = figures.every((figure) => figure.ok)
  if (json) process.stdout.write(`${JSON.stringify({ ok, figures, findings, seed }, null, 2)}\n`)
  else process.stdout.write(ok ? "Nothing was found.\n" : `${findings.length} findings.\n`)
  return ok ? 0 : 1
}

function figuresOf(decoder: Decoder, report: Report | undefined, inputs: number): readonly Figure[] {
  const { inputs: tried, accepted, seconds, findings } = report ?? { inputs: 0, accepted: 0, seconds: 0, findings: [] }
  const name = `fuzz ${decoder.name}`
  return [
    atLeast(`${name}: inputs`, tried, "inputs", countFor(decoder, inputs)),
    exactly(`${name}: findings`, findings.length, "findings", 0),
    atLeast(`${name}: accepted`, accepted, "inputs", 1),
    context(`${name}: rate`, seconds === 0 ? 0 : tried / seconds, "inputs/s"),
  ]
}

function sum(reports: readonly Report[], part: (report: Report) => number): number {
  return reports.reduce((total, report) => total + part(report), 0)
}
