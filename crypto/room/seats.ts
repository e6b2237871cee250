import { concat, equal, toHex, uint, type Bytes } from "../base/bytes.ts"
import { codec, fixed, inviteId, list, oneOf, senderIndex, serial, struct, u32 } from "../base/codec.ts"
import { VerifyError } from "../base/errors.ts"
import type { InviteId, ObjectId, SeatSerial, SenderIndex } from "../base/ids.ts"
import type { Primitives } from "../base/primitives.ts"
import { contentHash } from "../base/signed.ts"
import type { Roster } from "./roster.ts"
import { onStage } from "./roster.ts"
import { allRoles, type Role } from "./roles.ts"

/** A seat: who has it, and which invite admitted it. */
export interface Row {
  readonly serial: SeatSerial
  readonly seatPub: Bytes
  readonly inviteId: InviteId
  readonly proof: Bytes
  readonly role: Role
  /** Place on stage, or `noIndex`. */
  readonly index: SenderIndex
}

/** Whether an invite still admits: `burnt` not any more, `knock` only whom a human lets in. */
export const counterStates = { open: 0, knock: 1, burnt: 2 } as const
export type CounterState = (typeof counterStates)[keyof typeof counterStates]

/** What is counted of an invite that is limited or not open. */
export interface Counter {
  readonly inviteId: InviteId
  /** Seats it ever admitted. */
  readonly used: number
  readonly state: CounterState
}

export const rowCoder = struct({
  serial,
  seatPub: fixed(32),
  inviteId,
  proof: fixed(64),
  role: oneOf(allRoles),
  index: senderIndex,
})

export const counterCoder = struct({ inviteId, used: u32, state: oneOf(Object.values(counterStates)) })

const seatsType = 0x11
const oneCounter = codec("counter", counterCoder, 64)
const maxSeats = 100_000

/** Bytes of one row: 118. */
function encodeRow(row: Row): Bytes {
  return concat(uint(row.serial, 4), row.seatPub, row.inviteId, row.proof, Uint8Array.of(row.role, row.index))
}

/** The hash over all rows by serial and all counters by invite id that a Head or Step names. */
export function seatsHash(p: Primitives, rows: Iterable<Row>, counters: Iterable<Counter>): ObjectId {
  const sortedRows = [...rows].sort((a, b) => a.serial - b.serial)
  const sortedCounters = [...counters]
    .map((counter) => ({ counter, key: toHex(counter.inviteId) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  return contentHash(
    p,
    seatsType,
    concat(
      uint(sortedRows.length, 4),
      ...sortedRows.map(encodeRow),
      uint(sortedCounters.length, 4),
      ...sortedCounters.map(({ counter }) => oneCounter.encode(counter)),
    ),
  ) as ObjectId
}

/** What a Head or a Step changes in the rows. */
export interface SeatChanges {
  readonly upserted: readonly Row[]
  readonly removed: readonly SeatSerial[]
  /** Counters that are new or changed. */
  readonly counters: readonly Counter[]
}

export const seatChangesCoder = struct({
  upserted: list(rowCoder, 512),
  removed: list(serial, 16_384),
  counters: list(counterCoder, 512),
})

/** Rows and counters, keyed by serial and by invite id in hex. */
export interface Seats {
  readonly rows: ReadonlyMap<SeatSerial, Row>
  readonly counters: ReadonlyMap<string, Counter>
}

export const noSeats: Seats = { rows: new Map(), counters: new Map() }

/**
 * Applies changes to a copy.
 * @throws VerifyError `bad-rows` if a removed row is not there or comes back,  a row's key, invite or proof would change, a seat key is
 *   seated twice, or there are too many.
 */
export function applySeatChanges(seats: Seats, changes: SeatChanges): Seats {
  const rows = new Map(seats.rows)
  const counters = new Map(seats.counters)
  for (const serialOut of changes.removed)
    if (!rows.delete(serialOut)) throw new VerifyError("bad-rows", "A seat that is not there cannot be removed.")
  const gone = new Set(changes.removed)
  const highest = serialLimit({ rows, counters: withCounters(counters, changes.counters) })
  for (const row of changes.upserted) {
    if (!rows.has(row.serial) && row.serial > highest)
      throw new VerifyError("bad-rows", "A serial is far beyond all that were ever given.")
    if (gone.has(row.serial)) throw new VerifyError("bad-rows", "A serial is never given again.")
    const old = rows.get(row.serial)
    if (old !== undefined && !sameHolder(old, row))
      throw new VerifyError("bad-rows", "A seat cannot change its holder.")
    rows.set(row.serial, row)
  }
  if (changes.upserted.length > 0) {
    const keys = new Set([...rows.values()].map((row) => toHex(row.seatPub)))
    if (keys.size !== rows.size) throw new VerifyError("bad-rows", "A seat key is seated twice.")
  }
  const admitted = changes.upserted.filter(({ serial }) => !seats.rows.has(serial)).length
  let growth = 0
  for (const { inviteId, used } of changes.counters)
    growth += Math.max(0, used - (seats.counters.get(toHex(inviteId))?.used ?? 0))
  if (growth > admitted) throw new VerifyError("bad-rows", "More was counted than was let in.")
  if (rows.size > maxSeats) throw new VerifyError("bad-rows", "There are more seats than a space may have.")
  for (const counter of changes.counters) {
    const old = counters.get(toHex(counter.inviteId))
    if (
      old !== undefined &&
      (counter.used < old.used || (old.state === counterStates.burnt && counter.state !== old.state))
    )
      throw new VerifyError("bad-rows", "A counter cannot go back.")
    counters.set(toHex(counter.inviteId), counter)
  }
  return { rows, counters }
}

/** Serials are given in order; a few are lost where a batch is refused. */
const serialSlack = 65_536

/** The highest serial that a new row may have: nobody can use up the numbers of all who come after. */
export function serialLimit(seats: Seats): number {
  return serialsGiven(seats) + serialSlack
}

/** At least so many serials have been given out, those of seats that are gone included: the host's, and one each time somebody was let in. */
export function serialsGiven({ counters }: Seats): number {
  let given = 1
  for (const counter of counters.values()) given += counter.used
  return given
}

function withCounters(before: Seats["counters"], changed: readonly Counter[]): Seats["counters"] {
  return new Map([...before, ...changed.map((counter) => [toHex(counter.inviteId), counter] as const)])
}

function sameHolder(a: Row, b: Row): boolean {
  return equal(a.seatPub, b.seatPub) && equal(a.inviteId, b.inviteId) && equal(a.proof, b.proof)
}

/** The stage as the rows say it. */
export function rosterOf(rows: Iterable<Row>): Roster {
  return [...rows]
    .filter((row) => onStage(row.index))
    .sort((a, b) => a.index - b.index)
    .map(({ index, serial: rowSerial, seatPub, role, inviteId: id, proof }) => ({
      index,
      serial: rowSerial,
      seatPub,
      role,
      inviteId: id,
      proof,
    }))
}
