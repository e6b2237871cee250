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

/** A bug that shows only where the service repeats itself. */
export const repeatPlant: Plant = {
  name: "a wrap that comes again spoils the secret that is there",
  breaks: ["one-secret"],
  alter(before, input, turn) {
    const { secret } = turn.state
    const isWrap = input.kind === "message" && input.message.TAG === "wrap"
    if (!isWrap || secret === undefined || secret !== before.secret) return turn
    return { ...turn, state: { ...turn.state, secret: { ...secret, secret: secret.secret.map((byte) => byte ^ 1) } } }
  },
}
