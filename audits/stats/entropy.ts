/**
 * Shannon entropy in bits of a sample, with the Miller–Madow correction for its size.
 * @param counts - How often each value was seen; zeros are ignored.
 */
export function entropy(counts: readonly number[]): number {
  const seen = counts.filter((count) => count > 0)
  const n = seen.reduce((sum, count) => sum + count, 0)
  if (n === 0) return 0
  const plugIn = seen.reduce((sum, count) => sum - (count / n) * Math.log2(count / n), 0)
  return plugIn + (seen.length - 1) / (2 * n * Math.LN2)
}
