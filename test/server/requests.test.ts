import { afterEach, beforeEach, expect, test } from "vitest"
import type { EpochMs, ObjectId } from "#crypto/base/ids"
import { hostInviteId, memberStatement } from "#crypto/link/invite"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { answerKind, answers } from "#crypto/seat/answer"
import { counterStates } from "#crypto/room/seats"
import type { RoomClient } from "../support/room-client.ts"
import { garbage } from "../support/garbage.ts"
import { TestHost, type Guest, type TestInvite } from "../support/host.ts"
import { lead, openRoom, seatGuest, startTestService, type OpenRoom, type TestService } from "../support/service.ts"

let service: TestService
let room: OpenRoom
let client: RoomClient
let guest: Guest

beforeEach(async () => {
  service = await startTestService()
  room = await openRoom(service)
  client = await service.connect()
  await client.hello("invite", room.host.space, room.invite.keySeed)
  await client.sync()
  guest = room.host.guest(room.invite)
})
afterEach(() => service.stop())

async function refused(request: Uint8Array<ArrayBuffer>, code: string, by: RoomClient = client): Promise<void> {
  const before = await service.dump()
  expect(await by.outcome("request", { request })).toBe(code)
  expect(await service.dump()).toBe(before)
}

test("bytes that are no request change nothing", async () => {
  const { bytes } = await room.host.makeRequest(guest)
  await refused(bytes.slice(0, -1), "malformed")
  await refused(new Uint8Array(0), "malformed")
  await refused(garbage(1500), "malformed")
  await refused(new Uint8Array(2000), "oversized")
  const otherVersion = bytes.slice()
  otherVersion[1] = 9
  await refused(otherVersion, "unknown-version")
  const otherType = bytes.slice()
  otherType[0] = 7
  await refused(otherType, "malformed")
})

test("a forged request changes nothing", async () => {
  const { host } = room
  await refused((await host.makeRequest(guest, {}, p.random(32))).bytes, "bad-signature")
  const strangersProof = await p.sign(p.random(32), memberStatement(host.space, guest.seatPub))
  await refused((await host.makeRequest(guest, { proof: strangersProof })).bytes, "bad-proof")
  const borrowed = await p.sign(room.invite.keySeed, memberStatement(host.space, p.publicKey(p.random(32))))
  await refused((await host.makeRequest(guest, { proof: borrowed })).bytes, "bad-proof")
})

test("a request for another space changes nothing", async () => {
  const other = new TestHost(service.clock.now)
  await refused((await room.host.makeRequest(guest, { space: other.space })).bytes, "wrong-space")
})

test("nobody asks for a seat with an invite whose key it has not shown, or with the host's", async () => {
  const { host } = room
  const second = await host.makeInvite()
  expect(await room.leader.outcome("invite", { invite: second.signed.bytes })).toBe("ok")
  await refused((await host.makeRequest(host.guest(second))).bytes, "not-allowed")
  await refused((await host.makeRequest(guest, { inviteId: hostInviteId })).bytes, "not-allowed")
  const unknown = await host.makeInvite()
  await refused((await host.makeRequest(host.guest(unknown))).bytes, "not-allowed")
})

test("a request that names no recent Head is stale", async () => {
  await refused((await room.host.makeRequest(guest, { head: p.random(32) as ObjectId })).bytes, "stale")
  const { host, leader } = room
  const early = await host.makeRequest(guest)
  for (let i = 0; i < 64; i++) {
    const beat = await host.makeHead()
    expect(await leader.outcome("head", beat)).toBe("ok")
    host.took(beat)
  }
  await refused(early.bytes, "stale")
})

/** Somebody comes in by an invite, which counts it. */
async function seatBy(invite: TestInvite): Promise<void> {
  const { host, leader } = room
  const holder = await service.connect()
  await holder.hello("invite", host.space, invite.keySeed)
  const request = await host.makeRequest(host.guest(invite))
  expect(await holder.outcome("request", { request: request.bytes })).toBe("ok")
  const batch = await host.makeBatch([request], undefined, {}, [
    { inviteId: invite.id, used: 1, state: counterStates.open },
  ])
  expect(await leader.outcome("batch", batch)).toBe("ok")
  host.tookBatch(batch)
}

test("an invite that has run out, has not begun, was revoked, burnt or used up admits nobody", async () => {
  const { host, leader } = room
  const { now } = service.clock
  const hour = 3_600_000
  const cases = [
    {
      code: "expired",
      invite: await host.makeInvite({ notBefore: (now - 2 * hour) as EpochMs, notAfter: (now - hour) as EpochMs }),
    },
    {
      code: "not-yet",
      invite: await host.makeInvite({ notBefore: (now + hour) as EpochMs, notAfter: (now + 2 * hour) as EpochMs }),
    },
    { code: "revoked", invite: await host.makeInvite() },
    { code: "burnt", invite: await host.makeInvite() },
    { code: "used-up", invite: await host.makeInvite({ uses: 1 }) },
  ]
  const idOf = (code: string) => cases.find((each) => each.code === code)?.invite.id ?? hostInviteId
  for (const { invite } of cases) expect(await leader.outcome("invite", { invite: invite.signed.bytes })).toBe("ok")
  const head = await host.makeHead({
    newEpoch: true,
    policy: await host.makePolicy({ revoked: [idOf("revoked")] }),
    counters: [{ inviteId: idOf("burnt"), used: 0, state: counterStates.burnt }],
  })
  expect(await leader.outcome("head", head)).toBe("ok")
  host.took(head)
  const last = cases.at(-1)?.invite
  if (last !== undefined) await seatBy(last)
  for (const { code, invite } of cases) {
    const holder = await service.connect()
    expect((await holder.hello("invite", host.space, invite.keySeed)).TAG).toBe("welcome")
    await refused((await host.makeRequest(host.guest(invite))).bytes, code, holder)
  }
})

test("a personal invite is never used up", async () => {
  const { host, leader } = room
  const personal = await host.makeInvite({ seats: 1, uses: 1 })
  await leader.outcome("invite", { invite: personal.signed.bytes })
  await seatBy(personal)
  const holder = await service.connect()
  await holder.hello("invite", host.space, personal.keySeed)
  expect(await holder.outcome("request", { request: (await host.makeRequest(host.guest(personal))).bytes })).toBe("ok")
})

test("the same request again is answered alike and stored once, and gets its Seat again", async () => {
  const { host, leader } = room
  const request = await host.makeRequest(guest)
  expect(await client.outcome("request", { request: request.bytes })).toBe("ok")
  const before = await service.dump()
  expect(await client.outcome("request", { request: request.bytes })).toBe("ok")
  expect(await service.dump()).toBe(before)
  const batch = await host.makeBatch([request])
  expect(await leader.outcome("batch", batch)).toBe("ok")
  await client.next("seat")
  expect(await client.outcome("request", { request: request.bytes })).toBe("ok")
  await client.next("seat")
})

test("a renewal needs a higher number than any before, and its rate is bounded", async () => {
  const seated = await seatGuest(service, room)
  const { host, leader } = room
  const renew = (n: number) => host.makeRequest(seated.guest, { n })
  await refused((await renew(0)).bytes, "replayed", seated.client)
  for (const n of [1, 2, 3, 4, 5, 6]) {
    const { id, bytes } = await renew(n)
    expect(await seated.client.outcome("request", { request: bytes })).toBe("ok")
    if (n > 3) continue
    const no = await answerKind.sign(p, host.seatSeed, { space: host.space, request: id, reason: answers.full })
    expect(await leader.outcome("answer", { answer: no.bytes })).toBe("ok")
  }
  await refused((await renew(6)).bytes, "replayed", seated.client)
  const next = (await renew(7)).bytes
  await refused(next, "rate-limited", seated.client)
  service.clock.now = (service.clock.now + 29_000) as EpochMs
  await refused(next, "rate-limited", seated.client)
  service.clock.now = (service.clock.now + 1_000) as EpochMs
  expect(await seated.client.outcome("request", { request: next })).toBe("ok")
})

test("a renewal names the invite of its row", async () => {
  const seated = await seatGuest(service, room)
  const { host, leader } = room
  const second = await host.makeInvite()
  await leader.outcome("invite", { invite: second.signed.bytes })
  const request = await host.makeRequest({ ...seated.guest, invite: second }, { n: 1 })
  await refused(request.bytes, "not-allowed", seated.client)
})

test("the leader's no reaches whoever asked, and the request is gone", async () => {
  const { host, leader } = room
  const request = await host.makeRequest(guest)
  await client.outcome("request", { request: request.bytes })
  const no = { space: host.space, request: request.id, reason: answers.full }
  const forged = await answerKind.sign(p, host.hostSeed, no)
  expect(await leader.outcome("answer", { answer: forged.bytes })).toBe("bad-signature")
  const signed = await answerKind.sign(p, host.seatSeed, no)
  expect(await client.outcome("answer", { answer: signed.bytes })).toBe("not-leader")
  expect(await leader.outcome("answer", { answer: signed.bytes })).toBe("ok")
  expect((await client.next("answer")).answer).toEqual(signed.bytes)
  expect(await leader.outcome("answer", { answer: signed.bytes })).toBe("unknown-request")
})

test("requests wait for a leader and are there when it comes back, at most a quarter of an hour", async () => {
  const { host, leader } = room
  await leader.close()
  expect((await client.next("presence")).leader).toBe(false)
  const request = await host.makeRequest(guest)
  expect(await client.outcome("request", { request: request.bytes })).toBe("ok")
  const back = await lead(service, host)
  expect((await back.next("request")).request).toEqual(request.bytes)
  expect((await client.next("presence")).leader).toBe(true)
  service.clock.now = (service.clock.now + 15 * 60_000 + 1) as EpochMs
  await service.server.sweep()
  const batch = await host.makeBatch([request])
  expect(await back.outcome("batch", batch)).toBe("unknown-request")
})

test("one seat key has four requests waiting at most", async () => {
  const outcomes = []
  for (let i = 0; i < 5; i++)
    outcomes.push(await client.outcome("request", { request: (await room.host.makeRequest(guest)).bytes }))
  expect(outcomes).toEqual(["ok", "ok", "ok", "ok", "rate-limited"])
})
