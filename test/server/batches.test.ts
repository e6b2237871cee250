import { afterEach, beforeEach, expect, test } from "vitest"
import { equal } from "#crypto/base/bytes"
import type { ObjectId, SeatSerial, Step } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { roles } from "#crypto/room/roles"
import { seatKind } from "#crypto/seat/seat-object"
import type { SignedSeatRequest } from "#crypto/seat/seat-request"
import type { RoomClient } from "../support/room-client.ts"
import type { BatchMessage, Guest } from "../support/host.ts"
import { garbage } from "../support/garbage.ts"
import { TestHost } from "../support/host.ts"
import { lead, openRoom, seatGuest, startTestService, type OpenRoom, type TestService } from "../support/service.ts"

let service: TestService
let room: OpenRoom
let client: RoomClient
let guest: Guest
let request: SignedSeatRequest

beforeEach(async () => {
  service = await startTestService()
  room = await openRoom(service)
  client = await service.connect()
  await client.hello("invite", room.host.space, room.invite.keySeed)
  await client.sync()
  guest = room.host.guest(room.invite)
  request = await room.host.makeRequest(guest)
  await client.outcome("request", { request: request.bytes })
})
afterEach(() => service.stop())

async function refused(message: BatchMessage, code: string): Promise<void> {
  const before = await service.dump()
  expect(await room.leader.outcome("batch", message)).toBe(code)
  expect(await service.dump()).toBe(before)
}

test("Steps that do not follow change nothing", async () => {
  const { host } = room
  const rows = [host.rowFor(request)]
  const batch = await host.makeBatch([request], rows)
  await refused({ ...batch, step: batch.step.slice(0, -1) }, "malformed")
  await refused({ ...batch, step: garbage(200) }, "malformed")
  await refused({ ...batch, step: new Uint8Array(300) }, "oversized")
  const forged = batch.step.map((byte, i) => (i === batch.step.length - 1 ? byte ^ 1 : byte))
  await refused({ ...batch, step: forged }, "bad-signature")
  await refused(await host.makeBatch([request], rows, { space: new TestHost(host.now).space }), "wrong-space")
  await refused(await host.makeBatch([request], rows, { head: p.random(32) as ObjectId }), "stale-step")
  await refused(await host.makeBatch([request], rows, { step: 0 as Step }), "stale-step")
  await refused(await host.makeBatch([request], rows, { count: 9 }), "bad-seats")
  await refused(await host.makeBatch([request], rows, { seats: p.random(32) as ObjectId }), "bad-seats")
  const speaker = [{ ...host.rowFor(request), role: roles.moderator }]
  await refused(await host.makeBatch([request], speaker), "bad-rows")
  expect(await room.leader.outcome("batch", batch)).toBe("ok")
})

test("Seats that are forged, of another batch, or for nobody change nothing", async () => {
  const { host } = room
  const rows = [host.rowFor(request)]
  const batch = await host.makeBatch([request], rows)
  const [seat] = batch.seats
  if (seat === undefined) throw new Error("no Seat")
  const { fields } = seatKind.decode(p, seat)
  const signed = async (changes: Partial<typeof fields>, seed = host.seatSeed) => ({
    ...batch,
    seats: [(await seatKind.sign(p, seed, { ...fields, ...changes })).bytes],
  })
  await refused({ ...batch, seats: [seat.slice(1)] }, "malformed")
  await refused({ ...batch, seats: [garbage(1400)] }, "malformed")
  await refused(await signed({}, p.random(32)), "bad-signature")
  await refused(await signed({ space: new TestHost(host.now).space }), "wrong-space")
  await refused(await signed({ step: 9 as Step }), "bad-seat")
  await refused(await signed({ head: p.random(32) as ObjectId }), "bad-seat")
  await refused(await signed({ request: p.random(32) as ObjectId }), "unknown-request")
  await refused(await signed({ serial: 1 as SeatSerial }), "unknown-seat")
  await refused({ ...batch, seats: [seat, seat] }, "conflict")
})

test("a row that nobody asked for is not admitted", async () => {
  const { host } = room
  const unasked = host.rowFor(await host.makeRequest(host.guest(room.invite)))
  await refused(await host.makeBatch([], [unasked]), "unknown-request")
  const batch = await host.makeBatch([request])
  await refused({ ...batch, seats: [] }, "unknown-request")
})

test("the same batch again is answered alike and changes nothing; a Seat is not given twice", async () => {
  const { host, leader } = room
  const batch = await host.makeBatch([request])
  expect(await leader.outcome("batch", batch)).toBe("ok")
  host.tookBatch(batch)
  const before = await service.dump()
  expect(await leader.outcome("batch", batch)).toBe("ok")
  expect(await service.dump()).toBe(before)
  await refused(await host.makeBatch([request]), "unknown-request")
})

test("a Head and a Step that follow the same Head: both count once, in one order", async () => {
  const { host, leader } = room
  const other = await service.connect()
  await other.hello("seat", host.space, host.seatSeed)
  const outcomes = await Promise.all([
    leader.outcome("head", await host.makeHead()),
    other.outcome("batch", await host.makeBatch([request])),
  ])
  expect([...outcomes].sort()).toSatisfy(
    (sorted: string[]) => sorted.includes("ok") && (sorted.includes("stale-step") || sorted.includes("bad-head")),
  )
})

test("a seat that comes back within ten minutes finds its Seat and the Step", async () => {
  const { host } = room
  const seated = await seatGuest(service, room)
  await seated.client.close()
  const back = await service.connect()
  await back.hello("seat", host.space, seated.guest.seatSeed)
  const state = await back.sync()
  expect(state.seats).toHaveLength(1)
  expect(state.step).toHaveLength(1)
})

test("a leader that comes back gets all rows and counters", async () => {
  const { host } = room
  await seatGuest(service, room)
  const back = await lead(service, host)
  const answer = await back.ask("rows", {})
  if (answer.TAG !== "rows") throw new Error(answer.TAG)
  expect(answer.data.more).toBe(false)
  expect(answer.data.rows.map((row) => row.serial)).toEqual([...host.seats.rows.keys()])
})

test("an invite that the host did not sign, or that has another's key, is not stored", async () => {
  const { host, leader, invite } = room
  const before = await service.dump()
  const stranger = new TestHost(service.clock.now)
  expect(await leader.outcome("invite", { invite: (await stranger.makeInvite()).signed.bytes })).toBe("wrong-space")
  const forged = invite.signed.bytes.map((byte, i) => (i === 60 ? byte ^ 1 : byte))
  expect(await leader.outcome("invite", { invite: forged })).toMatch(/bad-signature|malformed|bad-invite/)
  const twin = await host.makeInvite({ invitePub: invite.signed.fields.invitePub })
  expect(await leader.outcome("invite", { invite: twin.signed.bytes })).toBe("conflict")
  expect(await leader.outcome("invite", { invite: (await host.makeInvite({ seats: 0 })).signed.bytes })).toBe(
    "bad-invite",
  )
  expect(await leader.outcome("invite", { invite: invite.signed.bytes })).toBe("ok")
  expect(await service.dump()).toBe(before)
  expect(
    equal(
      invite.signed.bytes,
      (await client.hello("invite", host.space, invite.keySeed)).TAG === "welcome"
        ? invite.signed.bytes
        : new Uint8Array(),
    ),
  ).toBe(true)
})
