import { runCampaign } from "../../test/simulation/campaign.ts"
import { runSeed, type SeedReport } from "../../test/simulation/run-seed.ts"
import { quantile } from "../bench/stats.ts"
import { atLeast, atMost, context, exactly, type Figure } from "../bench/figure.ts"
import { checkModel } from "./model.ts"
import { help, readOptions, type Options } from "./options.ts"

/** Whoever is seated, connected and led has everybody's secret within this time, in virtual ms. */
const promptMs = 2000

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
  if (options.model) return checkModel(options.json, say)
  const { steps, seed, crypto, one, json } = options
  const began = performance.now()
  const tell = (report: SeedReport): void => {
    say(`${report.seed}: ${report.steps} steps, ${report.heads} Heads, of one mind after ${report.slowestMs} ms`)
    const { failure } = report
    if (failure === undefined) return
    say(`  seed ${report.seed}, step ${failure.step}: ${failure.text}`)
    for (const event of failure.events) say(`    ${event}`)
  }
  const reports = one ? [await runSeed({ seed, crypto }, steps)] : await runCampaign(steps, { seed, crypto }, tell)
  if (one) reports.forEach(tell)
  const seconds = (performance.now() - began) / 1000
  const done = sum(reports, (report) => report.steps)
  const failures = reports.flatMap(({ seed: of, failure }) => (failure === undefined ? [] : [{ seed: of, ...failure }]))
  const agreed = reports.flatMap(({ agreedMs }) => agreedMs)
  const apart = reports.flatMap(({ apartMs }) => apartMs)
  const name = `simulate ${crypto}`
  const figures = [
    atLeast(`${name}: steps`, done, "steps", steps),
    exactly(`${name}: failures`, failures.length, "failures", 0),
    context(`${name}: spaces`, reports.length, "seeds"),
    context(
      `${name}: Heads`,
      sum(reports, ({ heads }) => heads),
      "heads",
    ),
    context(`${name}: slowest to be of one mind`, Math.max(...reports.map(({ slowestMs }) => slowestMs)), "virtual ms"),
    ...(agreed.length === 0 ? [] : agreement(`${name}: connected and led to one secret`, agreed, [0.5, 0.9])),
    ...(apart.length === 0 ? [] : agreement(`${name}: connected, led and without one secret`, apart, [0.5, 0.9, 0.99])),
    context(`${name}: rate`, done / seconds, "steps/s"),
    context(`${name}: time`, seconds, "s"),
  ]
  const ok = figures.every((figure) => figure.ok)
  if (json) process.stdout.write(`${JSON.stringify({ ok, figures, failures, seed }, null, 2)}\n`)
  else process.stdout.write(ok ? "Nothing was found.\n" : `${failures.length} failures.\n`)
  return ok ? 0 : 1
}

function sum(reports: readonly SeedReport[], part: (report: SeedReport) => number): number {
  return reports.reduce((total, report) => total + part(report), 0)
}

/** How long the seated took to have one secret, over all times the faults ended. @param bound - shares with a goal */
function agreement(name: string, ms: readonly number[], bound: readonly number[]): readonly Figure[] {
  const shares = [0.5, 0.9, 0.99].map((share) => {
    const title = `${name}, ${share === 0.5 ? "median" : `${String(100 * share)} %`}`
    const value = quantile(ms, share)
    return bound.includes(share) ? atMost(title, value, "virtual ms", promptMs) : context(title, value, "virtual ms")
  })
  return [...shares, context(`${name}, longest`, Math.max(...ms), "virtual ms")]
}
