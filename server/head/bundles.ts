import { equal, toHex, type Bytes } from "#crypto/base/bytes"
import type { SignedInvite } from "#crypto/link/invite"
import type { Chain } from "#crypto/room/head"
import { decodeRoster, type Roster } from "#crypto/room/roster"
import type { WireBundle } from "#crypto/wire/wire"
import type { Reader } from "../db/schema.ts"
import { codeSeq, headsFrom, type StoredHead } from "./head.store.ts"

/** Beyond this, starting again as a joiner costs a client less than catching up. */
const maxCatchUpBytes = 524_288

type Invites = ReadonlyMap<string, SignedInvite>

/**
 * The Heads after `since`, each with what changed from the one before. Whoever knows nothing, or less than is kept,
 * gets the newest ones whole, from the last that the safety code covers (or, where the policy has changed since, from
 * the newest: a joiner starts with the policy in force).
 */
export async function bundlesAfter(db: Reader, chain: Chain, since: number): Promise<readonly WireBundle[]> {
  const { head, space, invites } = chain
  if (head === undefined) return []
  const { seq } = head.fields
  if (since === seq) return []
  if (since < seq) {
    const kept = await headsFrom(db, space, since)
    const bytes = kept.reduce((sum, { roster, policy }) => sum + roster.length + policy.length, 0)
    if (kept[0]?.seq === since && bytes <= maxCatchUpBytes)
      return kept.slice(1).map((stored, i) => bundleOf(stored, kept[i], invites))
  }
  const covered = await headsFrom(db, space, codeSeq(seq))
  const onePolicy = covered.every((stored) => equal(stored.policyId, head.fields.policy))
  const whole = onePolicy && covered[0]?.seq === codeSeq(seq) ? covered : covered.slice(-1)
  return whole.map((stored, i) => bundleOf(stored, whole[i - 1], invites))
}

function bundleOf(stored: StoredHead, before: StoredHead | undefined, invites: Invites): WireBundle {
  const samePolicy = before !== undefined && equal(before.policyId, stored.policyId)
  const sameRoster = before !== undefined && equal(before.rosterHash, stored.rosterHash)
  const known = before === undefined ? [] : decodeRoster(before.roster)
  return {
    head: Uint8Array.from(stored.bytes),
    policy: samePolicy ? [] : [Uint8Array.from(stored.policy)],
    roster: sameRoster ? [] : [Uint8Array.from(stored.roster)],
    invites: sameRoster ? [] : invitesNamed(decodeRoster(stored.roster), known, invites),
  }
}

/** The invites that a stage names and the stage before did not. */
export function invitesNamed(roster: Roster, known: Roster, invites: Invites): readonly Bytes[] {
  const before = new Set(known.map((entry) => toHex(entry.inviteId)))
  const ids = new Set(roster.map((entry) => toHex(entry.inviteId)).filter((id) => !before.has(id)))
  return [...ids].flatMap((id) => invites.get(id)?.bytes ?? [])
}
