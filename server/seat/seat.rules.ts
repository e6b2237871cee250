import { equal, toHex, type Bytes } from "#crypto/base/bytes"
import { VerifyError } from "#crypto/base/errors"
import { noIndex, type ObjectId } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { hostInviteId, memberStatement } from "#crypto/link/invite"
import type { Chain } from "#crypto/room/head"
import { highestOnStage, roles } from "#crypto/room/roles"
import { encodeRoster } from "#crypto/room/roster"
import { applySeatChanges, rosterOf, seatsHash, type Row, type SeatChanges, type Seats } from "#crypto/room/seats"
import { Refusal } from "../errors.ts"

/** What a Head or a Step signs about the rows. */
export interface SignedSeats {
  readonly count: number
  readonly seats: ObjectId
}

/**
 * The rows and counters after a Head or a Step: exactly those whose count and hash were signed, with the stage of the
 * chain, and every new row admitted by the invite it names.
 * @param chain - the chain after the Head or Step.
 * @throws VerifyError `bad-rows`, `bad-proof`, `weak-key`; Refusal `bad-seats`
 */
export async function seatsAfter(
  p: Primitives,
  chain: Chain,
  before: Seats,
  changes: SeatChanges,
  signed: SignedSeats,
): Promise<Seats> {
  const after = applySeatChanges(before, changes)
  if (after.rows.size !== signed.count) throw new Refusal("bad-seats")
  if (!equal(seatsHash(p, after.rows.values(), after.counters.values()), signed.seats)) throw new Refusal("bad-seats")
  if (!equal(encodeRoster(rosterOf(after.rows.values())), encodeRoster(chain.roster))) throw new Refusal("bad-seats")
  for (const row of changes.upserted) await checkRow(p, chain, row, before.rows.has(row.serial))
  return after
}

async function checkRow(p: Primitives, chain: Chain, row: Row, known: boolean): Promise<void> {
  const isHost = equal(row.inviteId, hostInviteId)
  const invite = chain.invites.get(toHex(row.inviteId))
  if (isHost !== (row.role === roles.host)) throw new VerifyError("bad-rows", "Only the host's own row may be host.")
  if (invite !== undefined && row.role > highestOnStage(invite.fields.role))
    throw new VerifyError("bad-rows", "A row has a role above the invite's.")
  if (known || row.index !== noIndex) return // the roster's entries were checked with the roster
  if (!p.isStrictPublicKey(row.seatPub)) throw new VerifyError("weak-key", "A seat key is not sound.")
  const prover: Bytes | undefined = isHost ? chain.hostPub : invite?.fields.invitePub
  if (prover === undefined) throw new VerifyError("missing-invite", "A row names an invite nobody showed.")
  if (!(await p.verify(prover, memberStatement(chain.space, row.seatPub), row.proof)))
    throw new VerifyError("bad-proof", "The invite key did not sign for this seat key.")
}
