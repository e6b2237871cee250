/** How long frames of a key are still taken after their sender's first verified frame of a newer one. */
const graceMs = 2000

/** Where one sender stands in the order of (epoch, step), as far as authentic frames showed it. */
export interface SenderPlace {
  /** Whether the sender moved on from this key more than 2 s ago. */
  isOver(epoch: number, step: number, now: number): boolean
  /** An authentic frame under this key came. */
  verified(epoch: number, step: number, now: number): void
}

/**
 * Each newer key starts its own 2 s: a sender that ratchets twice a second does not keep its first key alive by that.
 * Times are milliseconds of one monotonic clock.
 */
export function createSenderPlace(): SenderPlace {
  let newest = -1
  let floor = -1
  let pending: { readonly position: number; readonly at: number }[] = []
  const positionOf = (epoch: number, step: number): number => epoch * 64 + step
  return {
    isOver(epoch, step, now) {
      for (const { position, at } of pending) if (now - at > graceMs) floor = Math.max(floor, position)
      pending = pending.filter(({ position }) => position > floor)
      return positionOf(epoch, step) < floor
    },
    verified(epoch, step, now) {
      const position = positionOf(epoch, step)
      if (position <= newest) return
      newest = position
      pending.push({ position, at: now })
    },
  }
}
