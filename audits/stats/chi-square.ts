import { gammaTail } from "./special.ts"

export interface ChiSquare {
  readonly n: number
  readonly statistic: number
  readonly degrees: number
  /** Chance of a statistic at least this large if all values are equally likely. */
  readonly p: number
}

/**
 * Pearson's test of "all values equally likely".
 * @param counts - How often each possible value was seen, zeros included.
 */
export function chiSquareUniform(counts: readonly number[]): ChiSquare {
  const n = counts.reduce((sum, count) => sum + count, 0)
  const degrees = counts.length - 1
  if (n === 0 || degrees < 1) return { n, statistic: 0, degrees, p: 1 }
  const expected = n / counts.length
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  return { n, statistic, degrees, p: gammaTail(degrees / 2, statistic / 2) }
}
