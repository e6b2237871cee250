import { beforeAll, describe, expect, it } from "vitest"

import type { Bytes } from "#crypto/base/bytes"
import type { Epoch, EpochMs, ObjectId, SeatSerial, SenderIndex, SpaceId, Step } from "#crypto/base/ids"
import type { KemKeyPair } from "#crypto/base/primitives"
import { openSeat, sealSeat, type SeatTerms } from "#crypto/seat/seat"
import { seatKind, type SignedSeat } from "#crypto/seat/seat-object"
import { codeOf, flip, kitTime, RoomKit } from "../support/room-kit.ts"

describe("a Seat", () => {
  const kit = new RoomKit("sealed seats")
  const { p } = kit
  const leader = p.random(32)
  const secret = p.random(32)
  const terms: SeatTerms = {
    space: kit.space,
    request: p.random(32) as ObjectId,
    serial: 7 as SeatSerial,
    head: p.random(32) as ObjectId,
    epoch: 3 as Epoch,
    step: 5 as Step,
    time: kitTime,
    signer: 2 as SenderIndex,
  }
  let kem: KemKeyPair
  let seat: SignedSeat
  let kek: Bytes
  beforeAll(async () => {
    kem = await p.kemKeyPair()
    const made = (await sealSeat(p, leader, kem.publicKey, terms, secret)) ?? expect.fail("no Seat")
    seat = made.seat
    kek = made.kek
  })
  const withFields = (changes: Partial<SignedSeat["fields"]>): SignedSeat => ({
    ...seat,
    fields: { ...seat.fields, ...changes },
  })

  it("gives its one reader the leader's secret and the same KEK", async () => {
    expect(await openSeat(p, seat, terms.request, kem.secretKey)).toEqual({ kek, secret })
    expect(await codeOf(() => seatKind.verify(p, seat, p.publicKey(leader)))).toBe("accepted")
  })

  it("leaves the leader's secret as it is, and seals every time with another seat secret", async () => {
    const before = secret.slice()
    const again = (await sealSeat(p, leader, kem.publicKey, terms, secret)) ?? expect.fail("no Seat")
    expect(secret).toEqual(before)
    expect(again.kek).not.toEqual(kek)
    expect(again.seat.fields.enc).not.toEqual(seat.fields.enc)
  })

  it("opens with no other key", async () => {
    const other = await p.kemKeyPair()
    expect(await codeOf(() => openSeat(p, seat, terms.request, other.secretKey))).toBe("bad-seat")
  })

  it("answers one request", async () => {
    expect(await codeOf(() => openSeat(p, seat, p.random(32) as ObjectId, kem.secretKey))).toBe("wrong-request")
    const moved = withFields({ request: p.random(32) as ObjectId })
    expect(await codeOf(() => openSeat(p, moved, moved.fields.request, kem.secretKey))).toBe("bad-seat")
  })

  it("is bound to every word it says in clear", async () => {
    const changes: Partial<SignedSeat["fields"]>[] = [
      { space: p.random(16) as SpaceId },
      { serial: 8 as SeatSerial },
      { head: p.random(32) as ObjectId },
      { epoch: 4 as Epoch },
      { step: 6 as Step },
      { time: (kitTime + 1) as EpochMs },
      { enc: flip(seat.fields.enc, 0) },
      { enc: flip(seat.fields.enc, 1119) },
      { ct: flip(seat.fields.ct, 0) },
      { ct: flip(seat.fields.ct, 79) },
      { enc: new Uint8Array(1120) },
    ]
    expect(await codeOf(() => openSeat(p, withFields({}), terms.request, kem.secretKey))).toBe("accepted")
    for (const change of changes)
      expect(await codeOf(() => openSeat(p, withFields(change), terms.request, kem.secretKey))).toBe("bad-seat")
  })

  it("is verified under the leader's key only", async () => {
    expect(await codeOf(() => seatKind.verify(p, seat, p.publicKey(p.random(32))))).toBe("bad-signature")
  })

  it("is sealed to no key that is none", async () => {
    const { publicKey } = await p.kemKeyPair()
    const lowOrder = publicKey.slice()
    lowOrder.fill(0, 1184)
    const outOfRange = publicKey.slice()
    outOfRange.fill(0xff, 0, 3)
    for (const key of [new Uint8Array(1216), new Uint8Array(1216).fill(0xff), lowOrder, outOfRange, p.random(1216)])
      expect(await sealSeat(p, leader, key, terms, secret)).toBeUndefined()
  })
})
