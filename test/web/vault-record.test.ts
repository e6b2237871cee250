import { expect, test } from "vitest"

import { webPrimitives as p } from "#crypto/base/web-primitives"
import { startFromRecord } from "#crypto/member/start"
import { decodeRecord, encodeRecord } from "../../web/keys/vault-record.ts"
import { leaderRecord, listenerRecord, makeHost } from "../support/vault-samples.ts"

const made = await makeHost(p)
const listener = listenerRecord(p, made.record.card)
const leader = () => leaderRecord(p, made.record)

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
  expect(decodeRecord(p, Uint8Array.from([1, ...bytes.subarray(1)]))).toBeUndefined()
  expect(decodeRecord(p, p.random(400))).toBeUndefined()
})
