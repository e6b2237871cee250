import { equal, toHex, type Bytes } from "#crypto/base/bytes"
import type { SignedInvite } from "#crypto/link/invite"
import { policyKind } from "#crypto/link/policy"
import type { Primitives } from "#crypto/base/primitives"
import { headKind, type Chain } from "#crypto/room/head"
import { lastDeputyRank, leaderRank } from "#crypto/room/leaders"
import { decodeRoster, type Roster } from "#crypto/room/roster"
import type { WireBundle } from "#crypto/wire/wire"
import type { Reader } from "../db/schema.ts"
import { codeSeq, headsFrom, type StoredHead } from "./head.store.ts"

/** Beyond this, starting again as a joiner costs a client less than catching up. */
const maxCatchUpBytes = 524_288

type Invites = ReadonlyMap<string, SignedInvite>

/**
 * The Heads after `since`, each with what changed from the one before. Whoever knows nothing, or less than is kept,
 * gets the newest ones whole, from one that it can begin with. Where only successors have led since long, there is none:
 * newcomers wait for the host or a deputy.
 */
export async function bundlesAfter(
  db: Reader,
  p: Primitives,
  chain: Chain,
  since: number,
): Promise<readonly WireBundle[]> {
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
  const whole = (await fromAnchor(db, p, chain, codeSeq(seq))) ?? (await fromAnchor(db, p, chain, 0)) ?? []
  return whole.map((stored, i) => bundleOf(stored, whole[i - 1], invites))
}

/**
 * The newest Heads from one that a joiner can begin with: signed by somebody who is the host or a deputy under the policy
 * in force. The newest that the safety code covers if there is such a one, else the newest of all.
 */
async function fromAnchor(db: Reader, p: Primitives, { head, space, policy }: Chain, from: number) {
  if (head === undefined) return undefined
  const kept = await headsFrom(db, space, from)
  const begins = (stored: StoredHead): boolean => {
    const { signer } = headKind.decode(p, stored.bytes).fields
    const roster = decodeRoster(stored.roster)
    return [policyKind.decode(p, stored.policy), policy].every(({ fields }) => {
      const rank = leaderRank(fields, roster, signer)
      return rank !== undefined && rank <= lastDeputyRank
    })
  }
  const covered = kept.findLastIndex((stored) => stored.seq <= codeSeq(head.fields.seq) && begins(stored))
  const anchor = covered >= 0 ? covered : kept.findLastIndex(begins)
  return anchor < 0 ? undefined : kept.slice(anchor)
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
