import { parseArgs } from "node:util"

export interface Options {
  readonly steps: number
  readonly seed: string
  readonly crypto: "symbolic" | "real"
  readonly one: boolean
  readonly model: boolean
  readonly json: boolean
}

export const help = `Runs key service and members on a virtual clock, with a network that loses, delays and breaks, pages that crash and
sleep, and people who come, go, kick and revoke, all by one seed; the invariants are checked after every step.

  npm run simulate -- [--steps N] [--seed TEXT] [--crypto symbolic|real] [--one] [--json]
  npm run simulate -- --model [--json]

  --steps N     inputs to a member and messages at the service, over as many spaces as it takes (100000)
  --seed TEXT   other spaces; the same text makes the same ones (1)
  --crypto      symbolic stand-ins for volume (the default), or the product's own
  --one         one space only, under the seed as it stands: to see again what a run has named
  --model       not by chance: a host, a deputy and a listener at moments that matter, and from each everything that
                can happen in any order, with what can go wrong once; symbolic crypto
  --json        one JSON document on the standard output: {"ok", "figures", "failures", "seed"}
  --help        this text

Stops at the first failure and names seed, step, invariant and the last events. Progress goes to the standard error.
Exit status: 0 nothing was found, 1 something was, 2 the arguments are wrong.
`

/** @returns undefined for --help. @throws Error that says what is wrong with the arguments */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      steps: { type: "string", default: "100000" },
      seed: { type: "string", default: "1" },
      crypto: { type: "string", default: "symbolic" },
      one: { type: "boolean", default: false },
      model: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return undefined
  const { steps, seed, crypto, one, model, json } = values
  if (!/^[1-9]\d{0,8}$/.test(steps)) throw new Error("--steps takes a number from 1 to 999999999.")
  if (crypto !== "symbolic" && crypto !== "real") throw new Error("--crypto takes symbolic or real.")
  return { steps: Number(steps), seed, crypto, one, model, json }
}
