import type { Bytes } from "../base/bytes.ts"
import { InternalError } from "../base/errors.ts"
import { noIndex } from "../base/ids.ts"
import { lastDeputyRank } from "../room/leaders.ts"
import { endKind } from "../seat/leave.ts"
import { acts, ownEntry, ownRank, type Turn } from "./turn.ts"

/** Whether this member's own signature ends the space: the host's at any time, a deputy's while it leads. */
export function mayEnd(turn: Turn): boolean {
  const rank = ownRank(turn)
  return turn.state.host !== undefined || (rank !== undefined && rank <= lastDeputyRank && acts(turn))
}

/** The End of the space, of whoever may sign it. */
export async function signEnd(turn: Turn): Promise<Bytes> {
  const { p, now } = turn.world
  const { host, seatSeed, space } = turn.state
  const seed = host?.hostSeed ?? seatSeed
  if (seed === undefined) throw new InternalError("no-seat-key", "Whoever may end a space has a key.")
  const signer = host === undefined ? (ownEntry(turn)?.index ?? noIndex) : noIndex
  return (await endKind.sign(p, seed, { space, time: now, signer })).bytes
}
