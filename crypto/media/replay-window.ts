/** How far behind the newest frame a late one may come. */
export const replayWindowSize = 1024

/** Which counters of one key have been opened (RFC 9605 §9.3). */
export interface ReplayWindow {
  /** Whether this counter may still come: above top − 1024 and not seen. Any, before the first. Changes nothing. */
  peek(counter: number): boolean
  /** Marks an authentic frame's counter as seen; false if another came first: the frame must then be dropped. */
  commit(counter: number): boolean
  /** Moves the top to a counter its sender vouched for, forwards or back: none at or below it may come, all above may. */
  anchor(counter: number): void
  /** Whether the top lies further than `distance` from a counter. No: before the first. */
  isFarFrom(counter: number, distance: number): boolean
}

export function createReplayWindow(): ReplayWindow {
  let top = -1
  const seen = new Uint8Array(replayWindowSize)
  const peek = (counter: number): boolean =>
    counter > top || (counter > top - replayWindowSize && seen[counter % replayWindowSize] === 0)
  return {
    peek,
    commit(counter) {
      if (!peek(counter)) return false
      if (counter - top >= replayWindowSize) seen.fill(0)
      else for (let skipped = top + 1; skipped < counter; skipped++) seen[skipped % replayWindowSize] = 0
      seen[counter % replayWindowSize] = 1
      top = Math.max(top, counter)
      return true
    },
    anchor(counter) {
      seen.fill(1)
      top = counter
    },
    isFarFrom: (counter, distance) => top >= 0 && Math.abs(counter - top) > distance,
  }
}
