/** A binding ends when its track brought no authentic frame for this long. */
const bindingMs = 1000

/** Which track carries which sender: one each, so the SFU cannot mix two voices into one track or spread one over two. */
export interface Bindings {
  /** Whether a frame of `index` may come on this track now. */
  allows(track: string, index: number, now: number): boolean
  /** An authentic frame of `index` came on this track. */
  bind(track: string, index: number, now: number): void
  /** The sender index a track is bound to. */
  indexOf(track: string, now: number): number | undefined
  /** The track is gone. */
  forget(track: string): void
  clear(): void
}

/** Times are milliseconds of one monotonic clock. */
export function createBindings(): Bindings {
  const byTrack = new Map<string, { readonly index: number; at: number }>()
  const live = (at: number, now: number): boolean => now - at < bindingMs
  return {
    allows(track, index, now) {
      for (const [other, binding] of byTrack)
        if (live(binding.at, now) && (other === track) !== (binding.index === index)) return false
      return true
    },
    bind(track, index, now) {
      for (const [other, binding] of byTrack) if (!live(binding.at, now)) byTrack.delete(other)
      byTrack.set(track, { index, at: now })
    },
    indexOf(track, now) {
      const binding = byTrack.get(track)
      return binding !== undefined && live(binding.at, now) ? binding.index : undefined
    },
    forget(track) {
      byTrack.delete(track)
    },
    clear() {
      byTrack.clear()
    },
  }
}
