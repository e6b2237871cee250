import { expect, test } from "vitest"

import type { EpochMs, ObjectId, SeatSerial, SpaceId } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { policyKind } from "#crypto/link/policy"
import { createSpace, startFromRecord } from "#crypto/member/start"
import type { HeadPost } from "#crypto/member/leadership"
import type { VaultRecord } from "#crypto/member/types"
import { reasons } from "#crypto/room/head"
import { decodeRecord, encodeRecord } from "../../web/keys/vault-record.ts"

const now = Date.UTC(2026, 9, 1) as EpochMs
const made = await createSpace(p, now, { title: "Lettura della domenica", hostName: "Łucja", language: "it" })

const listener: VaultRecord = {
  space: p.random(16) as SpaceId,
  hostPub: p.random(32),
  card: made.record.card,
  inviteSeed: p.random(16),
  seatSeed: p.random(32),
  serial: 7 as SeatSerial,
  n: 3,
  policy: p.random(300),
  head: p.random(310),
  host: undefined,
  lead: undefined,
}

function leader(): VaultRecord {
  const { record } = made
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
    },
  }
}

test("a listener's record comes back as it was", () => {
  expect(decodeRecord(p, encodeRecord(listener))).toEqual(listener)
})

test("a leader's record comes back as it was, with the Head nobody has echoed yet", () => {
  const record = leader()
  expect(decodeRecord(p, encodeRecord(record))).toEqual(record)
})

test("a member goes on from a record that was stored", () => {
  const record = decodeRecord(p, encodeRecord(made.record))
  if (record === undefined) throw new Error("The record did not come back.")
  expect(startFromRecord(p, record)).toEqual(made.state)
})

test("what waited for a Head before a reload waits no longer than the new worker lives", () => {
  const record = leader()
  const unechoed = record.lead?.unechoed
  if (record.lead === undefined || unechoed === undefined) throw new Error("There is no Head on its way.")
  const late = { ...record.lead, unechoed: { ...unechoed, made: { ...unechoed.made, since: 1e9 } } }
  expect(decodeRecord(p, encodeRecord({ ...record, lead: late }))?.lead?.unechoed?.made.since).toBe(0)
})

test("a record that is cut short, longer, of another version or random is no record", () => {
  const bytes = encodeRecord(leader())
  for (let length = 0; length < bytes.length; length += 7)
    expect(decodeRecord(p, bytes.subarray(0, length)), `${length} bytes`).toBeUndefined()
  expect(decodeRecord(p, Uint8Array.from([...bytes, 0]))).toBeUndefined()
  expect(decodeRecord(p, Uint8Array.from([2, ...bytes.subarray(1)]))).toBeUndefined()
  expect(decodeRecord(p, p.random(400))).toBeUndefined()
})
