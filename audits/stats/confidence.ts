import { betaShare } from "./special.ts"

export interface Bounds {
  readonly low: number
  readonly high: number
}

/**
 * Clopper–Pearson bounds of a rate: exact, two-sided.
 * @param events - How often it happened in `n` tries.
 * @param alpha - Chance that the bounds miss the rate.
 */
export function clopperPearson(events: number, n: number, alpha = 0.05): Bounds {
  if (n === 0) return { low: 0, high: 1 }
  return {
    low: events === 0 ? 0 : quantile(alpha / 2, events, n - events + 1),
    high: events === n ? 1 : quantile(1 - alpha / 2, events + 1, n - events),
  }
}

/** "Nothing in n tries" still allows this rate at 95 % (one-sided): the rule of three. */
export function ruleOfThree(n: number): number {
  return n === 0 ? 1 : Math.min(1, 3 / n)
}

/** The x with I(x; a, b) = share, by bisection: the function rises. */
function quantile(share: number, a: number, b: number): number {
  let low = 0
  let high = 1
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    if (betaShare(middle, a, b) < share) low = middle
    else high = middle
  }
  return (low + high) / 2
}
