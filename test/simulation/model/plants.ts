import type { Plant } from "../plants.ts"

/** A bug that shows in one order of few events only: deputy and host post at the same moment, and the host is first. */
export const orderPlant: Plant = {
  name: "a host that leads again before it may send waits for another to make an epoch",
  breaks: ["liveness"],
  alter(before, _input, turn) {
    const { lead } = turn.state
    if (before.lead?.acted !== false || lead?.acted !== true || !lead.pending.rotate) return turn
    return { ...turn, state: { ...turn.state, lead: { ...lead, pending: { ...lead.pending, rotate: false } } } }
  },
}
