/** How long frames wait for an epoch that is not known yet, counted from the first of them, and how many of a track may. */
const holdMs = 200
const holdFrames = 10

/** Calls `run` once after `ms` milliseconds. */
export type After = (ms: number, run: () => void) => void

/** Frames that came before their epoch's secret. */
export interface Hold {
  /** Resolves when the tag's epoch came (`release`), its time is over, or at once if it has none left. */
  wait(tag: number, track: string, now: number): Promise<void>
  release(tag: number): void
  releaseAll(): void
}

interface Waiting {
  readonly track: string
  readonly go: () => void
}

/**
 * The time runs per epoch tag, not per frame: behind a frame that waited in vain the others must not wait as well, or a
 * track whose epoch never comes would fall behind by 200 ms with each frame.
 */
export function createHold(after: After): Hold {
  const tags = new Map<number, { readonly since: number; last: number; over: boolean; waiting: Waiting[] }>()
  const letGo = (tag: number): void => {
    const held = tags.get(tag)
    if (held === undefined) return
    const waiting = held.waiting
    held.waiting = []
    for (const { go } of waiting) go()
  }
  const release = (tag: number): void => {
    letGo(tag)
    tags.delete(tag)
  }
  return {
    wait(tag, track, now) {
      let held = tags.get(tag)
      // a tag comes back fifteen epochs later
      if (held === undefined || now - held.last > 10 * holdMs) {
        release(tag)
        held = { since: now, last: now, over: false, waiting: [] }
        tags.set(tag, held)
        const mine = held
        after(holdMs, () => {
          mine.over = true
          if (tags.get(tag) === mine) letGo(tag)
        })
      }
      held.last = now
      const { since, over, waiting } = held
      // `over`: a timer may run a little before the clock says so, and nothing would wake who came in between
      if (over || now - since >= holdMs || waiting.filter((other) => other.track === track).length >= holdFrames)
        return Promise.resolve()
      return new Promise((go) => {
        waiting.push({ track, go })
      })
    },
    release,
    releaseAll() {
      for (const tag of [...tags.keys()]) release(tag)
    },
  }
}
