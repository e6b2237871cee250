/** The value that a share of the sample does not exceed (nearest rank). @throws RangeError for an empty sample */
export function quantile(sample: readonly number[], share: number): number {
  const sorted = [...sample].sort((a, b) => a - b)
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (found === undefined) throw new RangeError("An empty sample has no quantiles.")
  return found
}

/** The middle of the sample. @throws RangeError for an empty sample */
export function median(sample: readonly number[]): number {
  return quantile(sample, 0.5)
}
