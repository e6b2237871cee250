/** Sources remembered at a time: more than a room has places on stage. */
const remembered = 128

/** So many a second and so many at once, for each source of its own: one that floods takes nothing from another. */
export interface Budget {
  /** Whether one more may be had now. Milliseconds of a monotonic clock. */
  take(source: number, now: number): boolean
}

export function createBudget(perSecond: number, atOnce: number): Budget {
  const sources = new Map<number, { readonly left: number; readonly at: number }>()
  return {
    take(source, now) {
      const before = sources.get(source) ?? { left: atOnce, at: now }
      const left = Math.min(atOnce, before.left + ((now - before.at) * perSecond) / 1000)
      // the one used last stands last
      sources.delete(source)
      sources.set(source, { left: left >= 1 ? left - 1 : left, at: now })
      for (const oldest of sources.keys()) {
        if (sources.size <= remembered) break
        sources.delete(oldest)
      }
      return left >= 1
    },
  }
}
