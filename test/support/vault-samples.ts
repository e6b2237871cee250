import { noPending } from "#crypto/member/pending"
import type { EpochMs, ObjectId, SeatSerial, SpaceId } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { policyKind } from "#crypto/link/policy"
import type { HeadPost } from "#crypto/member/leadership"
import { createSpace } from "#crypto/member/start"
import type { VaultRecord } from "#crypto/member/types"
import { reasons } from "#crypto/room/head"

/** A space that its host has just made: its record, and the state a member goes on from. */
export function makeHost(p: Primitives) {
  const now = Date.UTC(2026, 9, 1) as EpochMs
  return createSpace(p, now, { title: "Lettura della domenica", hostName: "Łucja", language: "it" })
}

/** What a listener keeps of a space. */
export function listenerRecord(p: Primitives, card: VaultRecord["card"]): VaultRecord {
  return {
    space: p.random(16) as SpaceId,
    hostPub: p.random(32),
    card,
    inviteSeed: p.random(16),
    seatSeed: p.random(32),
    serial: 7 as SeatSerial,
    n: 3,
    name: "Łucja",
    policy: p.random(300),
    head: p.random(310),
    host: undefined,
    lead: undefined,
  }
}

/** What a leader keeps, with a Head that nobody has echoed yet. */
export function leaderRecord(p: Primitives, record: VaultRecord): VaultRecord {
  if (record.host === undefined || record.policy === undefined) throw new Error("The host has no keys.")
  const unechoed: HeadPost = {
    kind: "head",
    id: p.random(32) as ObjectId,
    bundle: { head: p.random(300), policy: record.policy, roster: p.random(120), invites: [p.random(250)] },
    changes: { upserted: [], removed: [4 as SeatSerial], counters: [] },
    secret: { epoch: 9, step: 63, secret: p.random(32) },
    reason: reasons.urgent,
    made: {
      urgent: true,
      rotate: false,
      remove: [4 as SeatSerial],
      burn: ["00ff"],
      promote: [],
      demote: [5 as SeatSerial],
      policy: policyKind.decode(p, record.policy),
      since: 0,
    },
  }
  const invite = { id: "ab", seed: p.random(16), label: "ليلى", bytes: p.random(250) }
  return {
    ...record,
    serial: 1 as SeatSerial,
    head: p.random(300),
    host: { ...record.host, nextInviteSerial: 2, invites: [invite] },
    lead: {
      nextSerial: 12,
      secret: { epoch: 8, step: 2, secret: p.random(32) },
      keks: [{ serial: 3 as SeatSerial, key: p.random(32), epoch: 8 }],
      unechoed,
      pending: { ...noPending, remove: [9 as SeatSerial], urgent: true, since: 0 },
    },
  }
}
