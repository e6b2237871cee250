import { parseArgs } from "node:util"

export type Source =
  | { readonly kind: "target"; readonly url: string }
  | { readonly kind: "local" }
  | { readonly kind: "self-test" }
  | { readonly kind: "from"; readonly file: string }
  | { readonly kind: "evidence"; readonly file: string }

export interface Options {
  readonly source: Source
  readonly json: boolean
  readonly html: string | undefined
  readonly save: string | undefined
  readonly controls: boolean
  readonly seconds: number
}

export const help = `Leak audit: what can be seen of a deployment without its keys.

  npm run audit -- --target URL   audit the deployment at URL (makes a space of its own there)
  npm run audit -- --local        start a media server, a key service and a page here, and audit them
  npm run audit -- --self-test    show every audit a leaky subject and a clean one, nothing else
  npm run audit -- --from FILE    judge evidence saved before, without any network
  npm run audit -- --evidence FILE
                                  judge a file that somebody saved beside a warning in a room, without any network:
                                  whether one key signed two things that contradict each other

  --json           one JSON document on the standard output: {"ok", "figures", "report"}
  --html FILE      write the report as one HTML page
  --save FILE      write the evidence (it holds the secrets of the auditor's own space)
  --seconds N      how long the auditor speaks (default 40)
  --no-controls    do not show the audits their leaky controls in the same run; the report says so
  --help           this text

Exit status: 0 everything passed, 1 a leak, 2 a detector was blind, or evidence is missing.
With --evidence: 0 it is evidence, 2 it is none.
Needs Chromium (on the PATH, or CHROMIUM=path). The controls need a media server: the embedded one is built if need be.
`

/** @returns undefined for --help. @throws if the arguments make no sense; the message says what is wrong. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      target: { type: "string" },
      local: { type: "boolean" },
      "self-test": { type: "boolean" },
      from: { type: "string" },
      evidence: { type: "string" },
      json: { type: "boolean", default: false },
      html: { type: "string" },
      save: { type: "string" },
      seconds: { type: "string", default: "40" },
      "no-controls": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return undefined
  const sources: Source[] = []
  if (values.target !== undefined) sources.push({ kind: "target", url: new URL(values.target).href })
  if (values.local === true) sources.push({ kind: "local" })
  if (values["self-test"] === true) sources.push({ kind: "self-test" })
  if (values.from !== undefined) sources.push({ kind: "from", file: values.from })
  if (values.evidence !== undefined) sources.push({ kind: "evidence", file: values.evidence })
  const [source] = sources
  if (source === undefined || sources.length > 1) {
    throw new Error("Name one of --target URL, --local, --self-test, --from FILE, --evidence FILE (see --help).")
  }
  const seconds = Number(values.seconds)
  if (!(seconds >= 25 && seconds <= 3600)) throw new Error("--seconds takes a number from 25 to 3600.")
  return { source, json: values.json, html: values.html, save: values.save, controls: !values["no-controls"], seconds }
}
