import { describe, expect, it } from "vitest"

import { concat, toHex, uint, utf8 } from "#crypto/base/bytes"
import type { ObjectId, SeatSerial, SpaceId } from "#crypto/base/ids"
import { joinWraps, kekOf, stepKek, unwrapSecret, wrapBytes, wrapSecret } from "#crypto/seat/wrap"
import { flip, RoomKit } from "../support/room-kit.ts"

describe("a wrap", () => {
  const { p, space } = new RoomKit("wraps")
  const serial = 9 as SeatSerial
  const head = p.random(32) as ObjectId
  const [kek, secret] = [p.random(32), p.random(32)]
  const wrap = wrapSecret(p, kek, space, head, serial, secret)

  it("gives its row the secret, in 48 bytes that are the same each time they are made", () => {
    expect(wrap).toHaveLength(wrapBytes)
    expect(wrapSecret(p, kek, space, head, serial, secret)).toEqual(wrap)
    expect(unwrapSecret(p, kek, space, head, serial, wrap)).toEqual(secret)
  })

  it("opens for no other key, space, Head or row, and with no bit changed", () => {
    const closed = [
      unwrapSecret(p, p.random(32), space, head, serial, wrap),
      unwrapSecret(p, kek, p.random(16) as SpaceId, head, serial, wrap),
      unwrapSecret(p, kek, space, p.random(32) as ObjectId, serial, wrap),
      unwrapSecret(p, kek, space, head, 10 as SeatSerial, wrap),
      unwrapSecret(p, kek, space, head, serial, wrap.slice(0, -1)),
      unwrapSecret(p, kek, space, head, serial, concat(wrap, uint(0, 1))),
      unwrapSecret(p, kek, space, head, serial, new Uint8Array(0)),
      ...Array.from(wrap, (_, at) => unwrapSecret(p, kek, space, head, serial, flip(wrap, at))),
    ]
    expect(closed.every((secretOrNot) => secretOrNot === undefined)).toBe(true)
  })

  it("uses a KEK for one Head: another Head gives another nonce", () => {
    const other = wrapSecret(p, kek, space, p.random(32) as ObjectId, serial, secret)
    expect(toHex(other.subarray(0, 32))).not.toBe(toHex(wrap.subarray(0, 32)))
  })

  it("travels behind its serial", () => {
    expect(joinWraps([{ serial, wrap }])).toEqual(concat(uint(9, 4), wrap))
    expect(joinWraps([])).toHaveLength(0)
  })
})

describe("a KEK", () => {
  const { p, space } = new RoomKit("keks")
  const seatSecret = p.random(32)
  const first = { key: kekOf(p, seatSecret, space, 9 as SeatSerial), epoch: 4 }

  it("belongs to one row of one space", () => {
    expect(kekOf(p, seatSecret, space, 8 as SeatSerial)).not.toEqual(first.key)
    expect(kekOf(p, seatSecret, p.random(16) as SpaceId, 9 as SeatSerial)).not.toEqual(first.key)
  })

  it("goes one way: each epoch's is expanded from the one before, and none leads back", () => {
    const chain = [4, 5, 6, 7].map((epoch) => stepKek(p, first, epoch)?.key)
    expect(chain[0]).toEqual(first.key)
    const next = (key: Uint8Array | undefined) => p.expand(key ?? new Uint8Array(0), utf8("sottovoce v1 next\0"), 32)
    expect(chain[1]).toEqual(next(chain[0]))
    expect(chain[3]).toEqual(next(next(chain[1])))
    for (const epoch of [3, 0, -1]) expect(stepKek(p, first, epoch)).toBeUndefined()
  })

  it("arrives at the same key in one stride or in many, and leaves the one it started from", () => {
    const before = first.key.slice()
    const strides = [5, 9, 20].reduce((kek, epoch) => stepKek(p, kek, epoch) ?? kek, first)
    expect(stepKek(p, first, 20)).toEqual(strides)
    expect(first.key).toEqual(before)
    const still = stepKek(p, first, 4)
    expect(still?.key).not.toBe(first.key)
  })

  it("is not stepped further than days: a Head cannot make a member work for ever", () => {
    expect(stepKek(p, first, 4 + 4096)).toBeDefined()
    expect(stepKek(p, first, 4 + 4097)).toBeUndefined()
    expect(stepKek(p, first, 0xffffffff)).toBeUndefined()
  })
})
