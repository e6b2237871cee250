import { equal, type Bytes } from "../base/bytes.ts"
import { InternalError, VerifyError } from "../base/errors.ts"
import { noIndex } from "../base/ids.ts"
import { enderKey, lastDeputyRank } from "../room/leaders.ts"
import { endKind } from "../seat/leave.ts"
import type { ServiceData } from "../wire/wire.ts"
import { acts, leaveRoom, ownEntry, ownRank, type Turn } from "./turn.ts"

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

/** The space has ended: its time ran out, or whoever may end it says so. @throws VerifyError `not-ended` */
export async function takeEnd(turn: Turn, data: ServiceData<"ended">): Promise<void> {
  const { p, now } = turn.world
  const { space, hostPub, chain } = turn.state
  const [bytes] = data.end
  if (bytes === undefined) {
    if (chain === undefined || now < chain.policy.fields.notAfter)
      throw new VerifyError("not-ended", "The service says that time ran out, and it has not.")
    return leaveRoom(turn, "ended", false)
  }
  const end = endKind.decode(p, bytes)
  const key = chain === undefined ? undefined : enderKey(chain, end.fields.signer)
  if (!equal(end.fields.space, space) || (end.fields.signer !== noIndex && key === undefined))
    throw new VerifyError("not-ended", "This End is of another space, or of somebody who may not end it.")
  await endKind.verify(p, end, key ?? hostPub)
  return leaveRoom(turn, "ended", false)
}
