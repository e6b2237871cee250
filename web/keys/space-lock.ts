/** Gives the space back. */
export type Release = () => void

/** One page at a time holds a space: two with one seat would use a counter twice. */
export interface SpaceLocks {
  /**
   * Takes a space for this page.
   * @param steal - takes it from whoever has it.
   * @param onstolen - another page took it from this one.
   * @returns undefined if another page has it.
   */
  hold(space: string, steal: boolean, onstolen: () => void): Promise<Release | undefined>
}

/** A page that was just reloaded lets go a moment later than its successor asks. */
const patienceMs = 2000

/** Web Locks, one name a space. */
export function webLocks(locks: LockManager): SpaceLocks {
  return {
    hold(space, steal, onstolen) {
      return new Promise((answer) => {
        let state: "waiting" | "held" | "released" = "waiting"
        const options = steal ? { steal } : { signal: AbortSignal.timeout(patienceMs) }
        locks
          .request(`sottovoce:${space}`, options, () => {
            state = "held"
            return new Promise<void>((release) => {
              answer(() => {
                state = "released"
                release()
              })
            })
          })
          .catch(() => {
            if (state === "held") onstolen()
            else answer(undefined)
          })
      })
    },
  }
}
