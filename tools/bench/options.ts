import { parseArgs } from "node:util"
import { benches, type Bench } from "./benches.ts"

export interface Options {
  readonly chosen: readonly Bench[]
  readonly json: boolean
  readonly quick: boolean
}

export const help = `Measures what the design promises, each time against a baseline in the same run.

  npm run bench -- [--only NAME] [--json] [--quick]

${benches.map(({ name, promise }) => `  ${name.padEnd(10)}${promise}`).join("\n")}

  --only NAME   one of these; without it all of them
  --json        one JSON document on the standard output: {"ok", "figures", "failures", "quick", "machine"}
  --quick       few repetitions: shows that everything runs, measures little
  --help        this text

Progress goes to the standard error. Exit status: 0 every goal was met, 1 one was not, 2 the arguments are wrong.
Needs Chromium and Firefox; the goals are meant for a machine that does nothing else.
`

/** @returns undefined for --help. @throws Error that says what is wrong with the arguments */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      json: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return undefined
  const chosen = benches.filter(({ name }) => values.only === undefined || values.only === name)
  if (chosen.length === 0) {
    throw new Error(`--only takes one of ${benches.map(({ name }) => name).join(", ")} (see --help).`)
  }
  return { chosen, json: values.json, quick: values.quick }
}
