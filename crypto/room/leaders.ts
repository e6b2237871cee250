import { equal, type Bytes } from "../base/bytes.ts"
import type { SenderIndex } from "../base/ids.ts"
import { policyFlags, type Policy } from "../link/policy.ts"
import { roles } from "./roles.ts"
import type { Roster, RosterEntry } from "./roster.ts"

/** The last rank of a deputy; the speakers of a room with succession come after. */
export const lastDeputyRank = 3

/**
 * Who may lead, by rank: 0 the host, 1–3 the deputies in the order of the policy, and where the policy allows
 * succession any other speaker, 4 + its place on stage.
 * @returns undefined if whoever has this sender index may not lead
 */
export function leaderRank(policy: Policy, roster: Roster, index: SenderIndex): number | undefined {
  const entry = roster.find((candidate) => candidate.index === index)
  if (entry === undefined) return undefined
  const named = namedRank(policy, entry)
  if (named !== undefined) return named
  if ((policy.flags & policyFlags.succession) === 0) return undefined
  const successors = roster.filter((candidate) => namedRank(policy, candidate) === undefined)
  return lastDeputyRank + 1 + successors.indexOf(entry)
}

function namedRank(policy: Policy, entry: RosterEntry): number | undefined {
  if (entry.role === roles.host) return 0
  const at = policy.deputies.findIndex((id) => equal(id, entry.inviteId))
  return at < 0 ? undefined : at + 1
}

/** The seat key of a deputy, who may end the space; undefined for everybody else (the host signs with the host key). */
export function enderKey(
  { policy, roster }: { readonly policy: { readonly fields: Policy }; readonly roster: Roster },
  index: SenderIndex,
): Bytes | undefined {
  const rank = leaderRank(policy.fields, roster, index)
  return rank === undefined || rank > lastDeputyRank
    ? undefined
    : roster.find((entry) => entry.index === index)?.seatPub
}

/** The entry of a seat key. */
export function entryOf(roster: Roster, seatPub: Uint8Array | undefined): RosterEntry | undefined {
  return seatPub === undefined ? undefined : roster.find((entry) => equal(entry.seatPub, seatPub))
}

/** The host and the deputies on stage: whoever the key service tells of each request and each change of the rows. */
export function standbys(
  policy: Policy,
  roster: Roster,
): readonly { readonly rank: number; readonly seatPub: Bytes }[] {
  return roster
    .flatMap((entry) => {
      const rank = namedRank(policy, entry)
      return rank === undefined ? [] : [{ rank, seatPub: entry.seatPub }]
    })
    .sort((a, b) => a.rank - b.rank)
}
