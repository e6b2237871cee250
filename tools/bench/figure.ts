/** One measured number. Numbers without a goal explain the others; they are always `ok`. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly goal: string | null
  readonly ok: boolean
}

/** A number that must not be larger than its goal. */
export function atMost(name: string, value: number, unit: string, limit: number): Figure {
  return { name, value: rounded(value), unit, goal: `≤ ${limit}`, ok: value <= limit }
}

/** A number that must not be smaller than its goal. */
export function atLeast(name: string, value: number, unit: string, limit: number): Figure {
  return { name, value: rounded(value), unit, goal: `≥ ${limit}`, ok: value >= limit }
}

/** A number that has one right value. */
export function exactly(name: string, value: number, unit: string, expected: number): Figure {
  return { name, value, unit, goal: `= ${expected}`, ok: value === expected }
}

/** A number that explains another one. */
export function context(name: string, value: number, unit: string): Figure {
  return { name, value: rounded(value), unit, goal: null, ok: true }
}

/** Three digits are more than a shared machine repeats. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3))
}
