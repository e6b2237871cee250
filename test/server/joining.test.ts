import { afterEach, beforeEach, expect, test } from "vitest"
import { equal } from "#crypto/base/bytes"
import { seatKind } from "#crypto/seat/seat-object"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { openRoom, seatGuest, startTestService, type TestService } from "../support/service.ts"

let service: TestService
beforeEach(async () => {
  service = await startTestService()
})
afterEach(() => service.stop())

test("a guest gets welcome, state, its Seat before the Step, and then hears Heads", async () => {
  const room = await openRoom(service)
  const { host, leader, invite } = room
  const client = await service.connect()
  const welcome = await client.hello("invite", host.space, invite.keySeed)
  expect(welcome.TAG).toBe("welcome")
  if (welcome.TAG !== "welcome") return
  expect(welcome.data.leader).toBe(true)
  expect(equal(welcome.data.invite, invite.signed.bytes)).toBe(true)
  const state = await client.sync()
  expect(state.heads).toHaveLength(1)
  expect(state.heads[0]?.roster).toHaveLength(1)

  const guest = host.guest(invite)
  const request = await host.makeRequest(guest)
  expect(await client.outcome("request", { request: request.bytes })).toBe("ok")
  expect(equal((await leader.next("request")).request, request.bytes)).toBe(true)
  const batch = await host.makeBatch([request])
  expect(await leader.outcome("batch", batch)).toBe("ok")
  host.tookBatch(batch)
  const seat = seatKind.decode(p, (await client.next("seat")).seat)
  expect(equal(seat.fields.request, request.id)).toBe(true)
  await client.next("step")
  expect((await client.hello("seat", host.space, guest.seatSeed)).TAG).toBe("ok")

  const beat = await host.makeHead()
  expect(await leader.outcome("head", beat)).toBe("ok")
  const pushed = await client.next("head")
  expect(equal(pushed.head, beat.bundle.head)).toBe(true)
  expect(pushed.roster).toHaveLength(0)
})

test("each seat gets its own wrap, and everybody hears when all are out", async () => {
  const room = await openRoom(service)
  const { host, leader } = room
  const a = await seatGuest(service, room)
  const b = await seatGuest(service, room)
  const rotation = await host.makeHead({ newEpoch: true })
  expect(await leader.outcome("head", rotation)).toBe("ok")
  const head = host.took(rotation)
  const wraps = host.wrapsFor([a.serial, b.serial] as never)
  expect(await leader.outcome("wraps", { head: head.id, last: true, wraps })).toBe("ok")
  expect(equal((await a.client.next("wrap")).wrap, wraps.slice(4, 52))).toBe(true)
  expect(equal((await b.client.next("wrap")).wrap, wraps.slice(56, 104))).toBe(true)
  await a.client.next("wrapsComplete")
  expect(a.client.has("wrap")).toBe(false)
  const state = await b.client.sync(head.fields.seq)
  expect(equal(state.wrap[0] ?? new Uint8Array(), wraps.slice(56, 104))).toBe(true)
  expect(state.wrapsComplete).toBe(true)
  expect(state.heads).toHaveLength(0)
})
