/** Remembers how to end what was started. */
export interface Parts {
  /** Ends it when the work is over, the last one first. */
  end(how: () => Promise<void> | void): void
}

/** Runs work that starts parts, and ends all of them afterwards, whatever happened. */
export async function withParts<Result>(work: (parts: Parts) => Promise<Result>): Promise<Result> {
  const ends: (() => Promise<void> | void)[] = []
  try {
    return await work({ end: (how) => ends.push(how) })
  } finally {
    for (const how of ends.reverse()) {
      try {
        await how()
      } catch {
        // what had already ended by itself need not be ended
      }
    }
  }
}
