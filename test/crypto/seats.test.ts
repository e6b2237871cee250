import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"

import { concat, toHex, uint } from "#crypto/base/bytes"
import { noIndex, type SeatSerial, type SenderIndex } from "#crypto/base/ids"
import { roles } from "#crypto/room/roles"
import {
  applySeatChanges,
  counterStates,
  noSeats,
  rosterOf,
  seatsHash,
  type Counter,
  type CounterState,
  type Row,
  type SeatChanges,
  type Seats,
} from "#crypto/room/seats"
import { codeOf, RoomKit, type KitInvite } from "../support/room-kit.ts"

const nothing: SeatChanges = { upserted: [], removed: [], counters: [] }

describe("the seats", () => {
  const kit = new RoomKit("seats")
  const { p } = kit
  let invite: KitInvite
  let rows: readonly Row[]
  let seats: Seats

  beforeAll(async () => {
    invite = await kit.invite()
    rows = [kit.row(await kit.person(), 1, 0, roles.host)]
    for (let serial = 2; serial < 6; serial++) rows = [...rows, kit.row(await kit.person(invite), serial)]
    seats = applySeatChanges(noSeats, { ...nothing, upserted: rows, counters: [kit.counter(invite, 4)] })
  })

  const row = (serial: number): Row => {
    const found = seats.rows.get(serial as SeatSerial)
    if (found === undefined) throw new Error("no such row")
    return found
  }
  const apply = (changes: Partial<SeatChanges>) => codeOf(() => applySeatChanges(seats, { ...nothing, ...changes }))

  it("change as they are told, on a copy", async () => {
    const before = toHex(seatsHash(p, seats.rows.values(), seats.counters.values()))
    const newcomer = kit.row(await kit.person(invite), 9)
    const next = applySeatChanges(seats, {
      upserted: [newcomer, { ...row(3), role: roles.speaker, index: 1 as SenderIndex }],
      removed: [2 as SeatSerial],
      counters: [kit.counter(invite, 5)],
    })
    expect([...next.rows.keys()].sort()).toEqual([1, 3, 4, 5, 9])
    expect(next.rows.get(3 as SeatSerial)?.index).toBe(1)
    expect(next.counters.get(toHex(invite.id))?.used).toBe(5)
    expect(toHex(seatsHash(p, seats.rows.values(), seats.counters.values()))).toBe(before)
  })

  it("refuse to remove a row that is not there", async () => {
    expect(await apply({ removed: [5 as SeatSerial] })).toBe("accepted")
    expect(await apply({ removed: [6 as SeatSerial] })).toBe("bad-rows")
    expect(await apply({ removed: [5 as SeatSerial, 5 as SeatSerial] })).toBe("bad-rows")
  })

  it("refuse to change who holds a row", async () => {
    const other = await kit.person(invite)
    const elsewhere = await kit.invite()
    for (const changes of [{ seatPub: other.seatPub }, { proof: other.proof }, { inviteId: elsewhere.id }])
      expect(await apply({ upserted: [{ ...row(3), ...changes }] })).toBe("bad-rows")
    expect(await apply({ upserted: [{ ...row(3), role: roles.speaker }] })).toBe("accepted")
  })

  it("give no serial to somebody else, not even in the change that frees it", async () => {
    const newcomer = kit.row(await kit.person(invite), 3)
    expect(await apply({ removed: [3 as SeatSerial], upserted: [newcomer] })).toBe("bad-rows")
    expect(await apply({ removed: [3 as SeatSerial], upserted: [{ ...newcomer, serial: 9 as SeatSerial }] })).toBe(
      "accepted",
    )
  })

  it("seat a key once", async () => {
    expect(await apply({ upserted: [{ ...row(3), serial: 9 as SeatSerial }] })).toBe("bad-rows")
    expect(await apply({ removed: [3 as SeatSerial], upserted: [{ ...row(3), serial: 9 as SeatSerial }] })).toBe(
      "accepted",
    )
  })

  it("let no counter go back, and nothing that is burnt be lit again", async () => {
    const { burnt, knock, open } = counterStates
    const counter = (used: number, state: CounterState): Counter => ({ inviteId: invite.id, used, state })
    expect(await apply({ counters: [counter(3, open)] })).toBe("bad-rows")
    expect(await apply({ counters: [counter(4, open)] })).toBe("accepted")
    const burning = applySeatChanges(seats, { ...nothing, counters: [counter(4, burnt)] })
    const upserted = [kit.row(await kit.person(invite), 9)]
    const relit = (state: CounterState) =>
      codeOf(() => applySeatChanges(burning, { ...nothing, upserted, counters: [counter(5, state)] }))
    for (const state of [open, knock]) expect(await relit(state)).toBe("bad-rows")
    expect(await relit(burnt)).toBe("accepted")
  })

  it("count no more uses than they let people in: nobody uses up the serials of those who come after", async () => {
    const { open } = counterStates
    const other = await kit.invite()
    const used = (count: number) => [{ inviteId: other.id, used: count, state: open }]
    const upserted = [kit.row(await kit.person(other), 9)]
    expect(await apply({ upserted, counters: used(1) })).toBe("accepted")
    expect(await apply({ upserted, counters: used(2) })).toBe("bad-rows")
    expect(await apply({ counters: used(1) })).toBe("bad-rows")
    expect(await apply({ upserted, counters: [...used(1), kit.counter(invite, 5)] })).toBe("bad-rows")
  })

  it("have one hash, in whatever order they are kept", () => {
    const counters = Array.from({ length: 4 }, (_, i) => ({
      inviteId: new Uint8Array(16).fill(7 * i) as Counter["inviteId"],
      used: i,
      state: counterStates.open,
    }))
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...rows], { minLength: rows.length }),
        fc.shuffledSubarray(counters, { minLength: counters.length }),
        (shuffled, counted) => {
          expect(seatsHash(p, shuffled, counted)).toEqual(seatsHash(p, rows, counters))
        },
      ),
    )
  })

  it("have another hash with anything else in them", () => {
    const counters = [kit.counter(invite, 4)]
    const hash = (changed: readonly Row[], counted: readonly Counter[] = counters) =>
      toHex(seatsHash(p, changed, counted))
    const swap = (changes: Partial<Row>) => hash(rows.map((old, i) => (i === 2 ? { ...old, ...changes } : old)))
    const all = [
      hash(rows),
      hash(rows.slice(1)),
      hash(rows, []),
      hash(rows, [{ ...kit.counter(invite, 5) }]),
      hash(rows, [{ ...kit.counter(invite, 4), state: counterStates.burnt }]),
      swap({ serial: 77 as SeatSerial }),
      swap({ seatPub: p.random(32) }),
      swap({ proof: p.random(64) }),
      swap({ role: roles.speaker }),
      swap({ index: 4 as SenderIndex }),
    ]
    expect(new Set(all).size).toBe(all.length)
  })

  it("hash to what the protocol spells out", () => {
    const first = rows[0]
    if (first === undefined) throw new Error("no row")
    const bytes = concat(
      Uint8Array.of(0x11, 1),
      uint(1, 4),
      uint(1, 4),
      first.seatPub,
      first.inviteId,
      first.proof,
      Uint8Array.of(4, 0),
      uint(1, 4),
      invite.id,
      uint(4, 4),
      Uint8Array.of(0),
    )
    expect(seatsHash(p, [first], [kit.counter(invite, 4)])).toEqual(p.hash(bytes))
  })

  it("say who stands on stage, in order", async () => {
    const on = (serial: number, index: number) => ({ ...row(serial), role: roles.speaker, index: index as SenderIndex })
    const stage = rosterOf([on(5, 9), row(2), on(4, 3), row(1)])
    expect(stage.map(({ serial, index }) => [serial, index])).toEqual([
      [1, 0],
      [4, 3],
      [5, 9],
    ])
    expect(rosterOf([row(2)])).toEqual([])
    expect(row(2).index).toBe(noIndex)
  })
})
