import { dropReasons, type DropReason } from "#crypto/media/drop-reason"
import type { MediaToPage, OpenStats, SealStats } from "./messages.ts"

/** What happened on one sending transform. */
export interface SealTally {
  sealed: number
  dropped: number
  lost: number
}

/** What happened on one receiving transform. */
export interface OpenTally {
  opened: number
  index: number | undefined
  muted: boolean
  readonly drops: Record<DropReason, number>
}

/** The counters of all transforms that run, by id. */
export interface Tally {
  sealing(id: string): SealTally
  opening(id: string): OpenTally
  /** The transform's streams are closed. */
  forget(id: string): void
  report(): Extract<MediaToPage, { kind: "stats" }>
}

export function createTally(): Tally {
  const sealing = new Map<string, SealTally>()
  const opening = new Map<string, OpenTally>()
  return {
    sealing(id) {
      const tally = { sealed: 0, dropped: 0, lost: 0 }
      sealing.set(id, tally)
      return tally
    },
    opening(id) {
      const tally: OpenTally = { opened: 0, index: undefined, muted: false, drops: noDrops() }
      opening.set(id, tally)
      return tally
    },
    forget(id) {
      sealing.delete(id)
      opening.delete(id)
    },
    report: () => ({
      kind: "stats",
      sealing: [...sealing].map(([id, tally]): SealStats => ({ id, ...tally })),
      opening: [...opening].map(([id, tally]): OpenStats => ({ id, ...tally, drops: { ...tally.drops } })),
    }),
  }
}

function noDrops(): Record<DropReason, number> {
  return Object.fromEntries(dropReasons.map((reason) => [reason, 0])) as Record<DropReason, number>
}
