import type { Audit, Figure, Judgement, Verdict } from "../audit.ts"
import { digestEvidence } from "../evidence-file.ts"
import type { Evidence } from "../evidence.ts"
import type { SelfTest } from "../self-test.ts"
import { ruleOfThree } from "../stats/confidence.ts"

export interface Row extends Judgement {
  readonly id: string
  readonly promise: string
  readonly adversary: string
  readonly vantage: string
  /** With nothing found in n: the rate that this still allows, at 95 %. */
  readonly bound: number | undefined
  /** What the same audit said, in the same run, of a subject that has the defect. */
  readonly control: Verdict | "not run"
}

export interface Report {
  readonly subject: string
  readonly gatheredAt: string
  readonly versions: Readonly<Record<string, string>>
  /** SHA-256 of the evidence as `--save` writes it. */
  readonly evidence: string
  readonly notExamined: readonly string[]
  readonly limits: readonly string[]
  readonly rows: readonly Row[]
}

/** What a green report does not say. */
const limits: readonly string[] = [
  "Who is connected when, from which address, who is on the stage, and how many seats there are is visible to the servers.",
  "One Chromium, one session, on one day: other browsers, other people's sessions and a server that behaves otherwise towards others were not seen.",
  "That no defect was found in n frames bounds its rate at 3 / n (95 %), no better.",
  "The page is code that its operator serves: another visitor may be served another page.",
  "A member can always record and pass on what it hears.",
  "Statistics of one position show bytes in the clear, not weak ciphers; that frames open with exactly the members' keys is the stronger test.",
  "Storage of the servers, their memory and their logs were not searched.",
]

/** Judges evidence by all audits. A row whose control did not turn red is "error": its detector was blind. */
export function makeReport(evidence: Evidence, audits: readonly Audit[], proof: SelfTest | undefined): Report {
  const rows = audits.map((audit): Row => {
    const judged = audit.judge(evidence)
    const arms = proof?.arms.get(audit.id)
    const blind = proof !== undefined && !(arms?.leaky === "leak" && arms.clean === "pass")
    const { id, promise, adversary, vantage } = audit
    return {
      ...judged,
      ...(blind ? { verdict: "error", summary: `The detector was blind in this run. ${judged.summary}` } : {}),
      id,
      promise,
      adversary,
      vantage,
      bound: judged.verdict === "pass" ? ruleOfThree(judged.n) : undefined,
      control: arms?.leaky ?? "not run",
    }
  })
  const unseen = rows.filter(({ verdict }) => verdict === "error").map(({ id, summary }) => `${id}: ${summary}`)
  const unproven = proof === undefined ? ["Whether the detectors see anything: the controls were not run."] : []
  return {
    subject: evidence.subject,
    gatheredAt: evidence.gatheredAt,
    versions: evidence.versions,
    evidence: digestEvidence(evidence),
    notExamined: [...evidence.missing, ...unseen, ...unproven],
    limits,
    rows,
  }
}

/** 0 all pass · 1 a leak · 2 blind or not enough evidence. */
export function exitStatus({ rows }: Report): 0 | 1 | 2 {
  if (rows.some(({ verdict }) => verdict === "leak")) return 1
  return rows.every(({ verdict }) => verdict === "pass") ? 0 : 2
}

/** One figure for each verdict, then all that the audits measured. */
export function reportFigures({ rows }: Report): Figure[] {
  return rows.flatMap(({ id, verdict, figures }) => [
    { name: id, value: verdict === "pass" ? 1 : 0, unit: verdict, goal: "pass", ok: verdict === "pass" },
    ...figures.map((figure) => ({ ...figure, name: `${id}: ${figure.name}` })),
  ])
}
