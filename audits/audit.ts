import type { Evidence, Parts } from "./evidence.ts"

/** error: evidence is missing or too little, or the detector was blind. Never to be read as "pass". */
export type Verdict = "pass" | "leak" | "error"

export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly goal: string
  readonly ok: boolean
}

export interface Judgement {
  readonly verdict: Verdict
  /** One sentence: what was seen. */
  readonly summary: string
  /** How many things were examined. */
  readonly n: number
  readonly figures: readonly Figure[]
}

export interface Audit {
  /** The defect it looks for; its file, and its control's, have the same name. */
  readonly id: string
  /** What holds if it passes. */
  readonly promise: string
  /** Against whom. */
  readonly adversary: string
  /** From where it was looked. */
  readonly vantage: string
  readonly needs: readonly (keyof Parts)[]
  readonly judge: (evidence: Evidence) => Judgement
}

interface Rule<Need extends keyof Parts> extends Omit<Audit, "needs" | "judge"> {
  readonly needs: readonly Need[]
  /** Pure: same parts, same judgement. Its type sees only the parts it declared. */
  readonly judge: (parts: Pick<Parts, Need>) => Judgement
}

/** An audit that answers "error" by itself where a part it needs was not gathered. */
export function defineAudit<Need extends keyof Parts>(rule: Rule<Need>): Audit {
  return {
    ...rule,
    judge: (evidence) => {
      if (hasParts(evidence, rule.needs)) return rule.judge(evidence)
      const absent = rule.needs.filter((need) => evidence[need] === undefined)
      return tooLittle(`Not gathered: ${absent.join(", ")}.`, 0)
    },
  }
}

/** The judgement for evidence that proves nothing. */
export function tooLittle(summary: string, n: number, figures: readonly Figure[] = []): Judgement {
  return { verdict: "error", summary, n, figures }
}

/** A figure that must be exactly zero. */
export function none(name: string, value: number, unit: string): Figure {
  return { name, value, unit, goal: "0", ok: value === 0 }
}

/** A figure that must reach at least `least`. */
export function atLeast(name: string, value: number, least: number, unit: string): Figure {
  return { name, value, unit, goal: `≥ ${least}`, ok: value >= least }
}

/** Leak if a figure misses its goal, else pass. */
export function byFigures(n: number, figures: readonly Figure[], clean: string, leaky: string): Judgement {
  const ok = figures.every((figure) => figure.ok)
  return { verdict: ok ? "pass" : "leak", summary: ok ? clean : leaky, n, figures }
}

function hasParts<Need extends keyof Parts>(
  evidence: Evidence,
  needs: readonly Need[],
): evidence is Evidence & Pick<Parts, Need> {
  return needs.every((need) => evidence[need] !== undefined)
}
