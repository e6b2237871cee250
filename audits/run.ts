import { readFile, writeFile } from "node:fs/promises"
import type { Figure } from "./audit.ts"
import { loadEvidence, saveEvidence } from "./evidence-file.ts"
import type { Evidence } from "./evidence.ts"
import { auditLocal, auditTarget, runControls } from "./live.ts"
import { help, readOptions, type Options } from "./options.ts"
import { judgeProof } from "./proof/proof.ts"
import { audits } from "./registry.ts"
import { reportHtml } from "./report/html.ts"
import { exitStatus, makeReport, reportFigures } from "./report/report.ts"
import { reportText } from "./report/text.ts"

const say = (line: string) => {
  process.stderr.write(`${line}\n`)
}

process.exitCode = await main(process.argv.slice(2))

/** @returns the exit status: 0 passed, 1 a leak, 2 blind or an error. */
async function main(args: readonly string[]): Promise<number> {
  const json = args.includes("--json")
  try {
    const options = readOptions(args)
    if (options === undefined) {
      process.stdout.write(help)
      return 0
    }
    const { source } = options
    if (source.kind === "evidence") return await judgeFile(source.file, options)
    return source.kind === "self-test" ? await testDetectors(options) : await auditAndReport(options)
  } catch (error) {
    say(error instanceof Error ? error.message : "The audit failed.")
    if (json) printJson(false, [], {})
    return 2
  }
}

async function testDetectors({ json }: Options): Promise<number> {
  const { figures } = await runControls(say)
  const ok = figures.every((figure) => figure.ok)
  if (json) printJson(ok, figures, {})
  else for (const figure of figures) process.stdout.write(`${figure.ok ? "yes" : "NO "}  ${figure.name}\n`)
  return ok ? 0 : 2
}

async function judgeFile(path: string, { json }: Options): Promise<number> {
  const { ok, summary, figures } = judgeProof(await readFile(path, "utf8"))
  if (json) printJson(ok, figures, { summary })
  else process.stdout.write(`${summary}\n`)
  return ok ? 0 : 2
}

async function auditAndReport(options: Options): Promise<number> {
  const evidence = await gatherFrom(options)
  const live = options.source.kind !== "from"
  const proof = live && options.controls ? await runControls(say) : undefined
  const report = makeReport(evidence, audits, proof)
  if (options.save !== undefined) await saveEvidence(options.save, evidence)
  if (options.html !== undefined) await writeFile(options.html, reportHtml(report))
  const status = exitStatus(report)
  if (options.json) printJson(status === 0, reportFigures(report), { report })
  else process.stdout.write(reportText(report))
  return status
}

function gatherFrom({ source, seconds }: Options): Promise<Evidence> {
  switch (source.kind) {
    case "target":
      return auditTarget(source.url, seconds, say)
    case "local":
      return auditLocal(seconds, say)
    case "from":
      return loadEvidence(source.file)
    case "self-test":
    case "evidence":
      throw new Error("This gathers no evidence of a deployment.")
    default:
      return source satisfies never
  }
}

/** Exactly one document on the standard output. */
function printJson(ok: boolean, figures: readonly Figure[], more: object): void {
  process.stdout.write(`${JSON.stringify({ ok, figures, ...more }, null, 2)}\n`)
}
