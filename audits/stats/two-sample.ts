export interface TwoSample {
  readonly n: readonly [number, number]
  /** Largest distance of the two empirical distribution functions, 0…1. */
  readonly distance: number
  /** Chance of a distance at least this large if both samples come from one law (asymptotic; good from n = 50 on). */
  readonly p: number
}

/** Two-sample Kolmogorov–Smirnov test: do two sets of measurements follow one law? */
export function twoSample(a: readonly number[], b: readonly number[]): TwoSample {
  const n: readonly [number, number] = [a.length, b.length]
  if (a.length === 0 || b.length === 0) return { n, distance: 0, p: 1 }
  const x = a.toSorted((left, right) => left - right)
  const y = b.toSorted((left, right) => left - right)
  let i = 0
  let j = 0
  let distance = 0
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i] ?? Infinity, y[j] ?? Infinity)
    while (i < x.length && (x[i] ?? Infinity) <= value) i++
    while (j < y.length && (y[j] ?? Infinity) <= value) j++
    distance = Math.max(distance, Math.abs(i / x.length - j / y.length))
  }
  const size = Math.sqrt((x.length * y.length) / (x.length + y.length))
  return { n, distance, p: kolmogorovTail((size + 0.12 + 0.11 / size) * distance) }
}

/** P(K > t) of the Kolmogorov distribution. */
export function kolmogorovTail(t: number): number {
  if (t < 0.2) return 1
  let sum = 0
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * t * t)
  return Math.min(1, Math.max(0, sum))
}
