import type { Figure } from "./figure.ts"
import { describeMachine } from "./machine.ts"
import { help, readOptions, type Options } from "./options.ts"

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

process.exitCode = await main(process.argv.slice(2))

/** @returns the exit status: 0 every goal was met, 1 one was missed or could not be measured, 2 the arguments are wrong. */
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
  const figures: Figure[] = []
  const failures: { readonly bench: string; readonly error: string }[] = []
  const browsers = new Map<string, string>()
  for (const bench of options.chosen) {
    say(`${bench.name}: ${bench.promise}`)
    try {
      figures.push(
        ...(await bench.run({ quick: options.quick, say, saw: (name, version) => browsers.set(name, version) })),
      )
    } catch (error) {
      failures.push({ bench: bench.name, error: error instanceof Error ? error.message : "It failed." })
      say(`${bench.name}: ${error instanceof Error ? (error.stack ?? error.message) : "It failed."}`)
    }
  }
  const ok = failures.length === 0 && figures.every((figure) => figure.ok)
  const machine = describeMachine(browsers)
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ok, figures, failures, quick: options.quick, machine }, null, 2)}\n`)
  } else {
    process.stdout.write(figures.map(line).join(""))
    for (const { bench, error } of failures) process.stdout.write(`NO   ${bench}: ${error}\n`)
  }
  return ok ? 0 : 1
}

function line({ name, value, unit, goal, ok }: Figure): string {
  const mark = goal === null ? "     " : ok ? "yes  " : "NO   "
  return `${mark}${name}  ${value} ${unit}${goal === null ? "" : `  (goal ${goal})`}\n`
}
