import { parseArgs } from "node:util"
import { mutants } from "./mutants.ts"
import type { Mutant } from "./mutant.ts"
import { Workshop } from "./workshop.ts"

const help = `Plants bugs, one at a time, in a copy of the project and shows that the test named for each turns red.

  npm run mutants -- [--only TEXT] [--json]

  --only TEXT   those whose name has this text
  --json        one JSON document on the standard output: {"ok", "figures", "mutants"}

Progress goes to the standard error. Exit status: 0 every bug was caught, 1 one was not, 2 the arguments are wrong.
`

interface Verdict {
  readonly name: string
  readonly caught: boolean
  /** The test that turned red, or why there is no answer. */
  readonly by: string
}

const atOnce = 2

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
})
const chosen = mutants.filter(({ name }) => name.includes(values.only))
if (values.help || chosen.length === 0) {
  process.stdout.write(values.help ? help : "No mutant has this text in its name.\n")
  process.exitCode = values.help ? 0 : 2
} else {
  const verdicts = await judgeAll(chosen)
  const caught = verdicts.filter((verdict) => verdict.caught).length
  const ok = caught === verdicts.length
  const figures = [
    { name: "mutants", value: verdicts.length, unit: "", goal: null, ok: true },
    { name: "caught", value: caught, unit: "", goal: `= ${verdicts.length}`, ok },
  ]
  if (values.json) process.stdout.write(`${JSON.stringify({ ok, figures, mutants: verdicts })}\n`)
  else process.stdout.write(`${caught} of ${verdicts.length} planted bugs were caught.\n`)
  process.exitCode = ok ? 0 : 1
}

async function judgeAll(all: readonly Mutant[]): Promise<readonly Verdict[]> {
  const waiting = [...all]
  const verdicts = new Map<string, Verdict>()
  const work = async (): Promise<void> => {
    const workshop = await Workshop.open()
    try {
      for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
        const verdict = await judge(workshop, mutant)
        verdicts.set(mutant.name, verdict)
        process.stderr.write(`${verdict.caught ? "✓" : "✗"} ${verdict.name}\n    ${verdict.by}\n`)
      }
    } finally {
      await workshop.close()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return all.flatMap(({ name }) => verdicts.get(name) ?? [])
}

async function judge(workshop: Workshop, mutant: Mutant): Promise<Verdict> {
  const { name } = mutant
  try {
    const [first] = await workshop.plant(mutant)
    return { name, caught: first !== undefined, by: first ?? `${mutant.test} stayed green` }
  } catch (error) {
    return { name, caught: false, by: error instanceof Error ? error.message : String(error) }
  }
}
