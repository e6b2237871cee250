import { parseArgs } from "node:util"

export interface Options {
  /** Inputs of a decoder of cost 1. */
  readonly inputs: number
  readonly seed: string
  /** One decoder, or all of them. */
  readonly only: string | undefined
  readonly json: boolean
}

export const help = `Gives every decoder random bytes and changed samples of what it reads. All that may come of an input is a value
that encodes to the same bytes, or a refusal with a code, within 5 ms (50 where a KEM is opened).

  npm run fuzz -- [--inputs N] [--only NAME] [--seed TEXT] [--json]

  --inputs N    inputs for each decoder (200000); where signatures are checked a fortieth of them, where a KEM is
                opened a two-hundredth, and all of them over stand-ins for both (NAME-symbolic)
  --only NAME   one decoder; an unknown name lists them all
  --seed TEXT   other inputs; the same text makes the same ones (1)
  --json        one JSON document on the standard output: {"ok", "figures", "findings", "seed"}
  --help        this text

A finding names its input in hexadecimal: keep it in test/corpus, where npm test tries it for ever.
Progress goes to the standard error. Exit status: 0 nothing was found, 1 something was, 2 the arguments are wrong.
`

/** @returns undefined for --help. @throws Error that says what is wrong with the arguments */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      inputs: { type: "string", default: "200000" },
      seed: { type: "string", default: "1" },
      only: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return undefined
  if (!/^[1-9]\d{0,8}$/.test(values.inputs)) throw new Error("--inputs takes a number from 1 to 999999999.")
  return { inputs: Number(values.inputs), seed: values.seed, only: values.only, json: values.json }
}
