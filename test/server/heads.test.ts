import { afterEach, beforeEach, expect, test } from "vitest"
import { equal } from "#crypto/base/bytes"
import {
  noIndex,
  type EpochMs,
  type Epoch,
  type ObjectId,
  type SeatSerial,
  type SenderIndex,
  type Step,
} from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { reasons } from "#crypto/room/head"
import { roles } from "#crypto/room/roles"
import { leaveKind } from "#crypto/seat/leave"
import { garbage } from "../support/garbage.ts"
import { TestHost, type HeadMessage } from "../support/host.ts"
import { openRoom, seatGuest, startTestService, type OpenRoom, type TestService } from "../support/service.ts"

let service: TestService
let room: OpenRoom
beforeEach(async () => {
  service = await startTestService()
  room = await openRoom(service)
})
afterEach(() => service.stop())

async function refused(message: HeadMessage, code: string): Promise<void> {
  const before = await service.dump()
  expect(await room.leader.outcome("head", message)).toBe(code)
  expect(await service.dump()).toBe(before)
}

async function accepted(message: HeadMessage): Promise<void> {
  expect(await room.leader.outcome("head", message)).toBe("ok")
  room.host.took(message)
}

test("Heads that do not follow change nothing", async () => {
  const { host } = room
  const good = await host.makeHead()
  const cut = good.bundle.head.slice(0, -1)
  await refused({ ...good, bundle: { ...good.bundle, head: cut } }, "malformed")
  await refused({ ...good, bundle: { ...good.bundle, head: garbage(300) } }, "malformed")
  await refused({ ...good, bundle: { ...good.bundle, head: new Uint8Array(600) } }, "oversized")
  const flipped = good.bundle.head.map((byte, i) => (i === good.bundle.head.length - 65 ? byte ^ 1 : byte))
  await refused({ ...good, bundle: { ...good.bundle, head: flipped } }, "not-a-leader")
  const forged = good.bundle.head.map((byte, i) => (i === good.bundle.head.length - 1 ? byte ^ 1 : byte))
  await refused({ ...good, bundle: { ...good.bundle, head: forged } }, "bad-signature")
  await refused(await host.makeHead({ fields: { space: new TestHost(host.now).space } }), "wrong-space")
  await refused(await host.makeHead({ fields: { seq: 2 } }), "gap")
  await refused(await host.makeHead({ fields: { prev: p.random(32) as ObjectId } }), "fork")
  await refused(await host.makeHead({ fields: { epoch: 3 as Epoch } }), "bad-head")
  await refused(await host.makeHead({ fields: { reason: reasons.takeover } }), "bad-head")
  await refused(await host.makeHead({ fields: { policy: p.random(32) as ObjectId } }), "missing-policy")
  await refused(await host.makeHead({ newEpoch: true, fields: { step: 1 as Step } }), "bad-head")
})

test("the first Head has number 0 and the host's signature", async () => {
  const host = new TestHost(service.clock.now)
  const invite = await host.makeInvite()
  await service.post(await host.createBody([invite]))
  const leader = await service.connect()
  await leader.hello("host", host.space, host.hostSeed)
  const before = await service.dump()
  expect(await leader.outcome("head", await host.makeHead({ fields: { seq: 1 } }))).toBe("gap")
  const strangerRow = { ...(await host.hostRow()), proof: p.random(64) }
  expect(await leader.outcome("head", await host.makeHead({ upserted: [strangerRow] }))).toBe("bad-proof")
  expect(await service.dump()).toBe(before)
})

test("of two Heads that follow the same one, one wins and the other changes nothing", async () => {
  const { host, leader } = room
  const other = await service.connect()
  await other.hello("seat", host.space, host.seatSeed)
  const a = await host.makeHead({ newEpoch: true })
  const b = await host.makeHead({ newEpoch: true, reason: reasons.urgent })
  const outcomes = await Promise.all([leader.outcome("head", a), other.outcome("head", b)])
  expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(1)
  expect(outcomes.filter((outcome) => outcome === "stale-head")).toHaveLength(1)
  const winner = outcomes[0] === "ok" ? a : b
  const state = await other.sync()
  expect(equal(state.heads.at(-1)?.head ?? new Uint8Array(), winner.bundle.head)).toBe(true)
})

test("the same Head again is answered alike and changes nothing", async () => {
  const { host } = room
  const rotation = await host.makeHead({ newEpoch: true })
  await accepted(rotation)
  await accepted(await host.makeHead())
  const before = await service.dump()
  expect(await room.leader.outcome("head", rotation)).toBe("ok")
  expect(await service.dump()).toBe(before)
})

test("members and joiners cannot send a Head, a batch, wraps, an invite, an answer, an End or ask for rows", async () => {
  const { host, invite } = room
  const { client } = await seatGuest(service, room)
  const before = await service.dump()
  const empty = { head: host.headId(), last: true, wraps: new Uint8Array(0) }
  expect(await client.outcome("head", await host.makeHead())).toBe("not-leader")
  expect(await client.outcome("batch", await host.makeBatch([]))).toBe("not-leader")
  expect(await client.outcome("wraps", empty)).toBe("not-leader")
  expect(await client.outcome("invite", { invite: invite.signed.bytes })).toBe("not-leader")
  expect(await client.outcome("answer", { answer: new Uint8Array(100) })).toBe("not-leader")
  expect(await client.outcome("end", { end: new Uint8Array(100) })).toBe("not-leader")
  expect(await client.outcome("rows", {})).toBe("not-leader")
  expect(await service.dump()).toBe(before)
})

test("rows that are not those signed, or that no invite admitted, change nothing", async () => {
  const { host } = room
  const seated = await seatGuest(service, room)
  const row = host.seats.rows.get(seated.serial as SeatSerial)
  if (row === undefined) throw new Error("no row")
  const promoted = { ...row, role: roles.speaker, index: 1 as SenderIndex }
  const promotion = await host.makeHead({ newEpoch: true, upserted: [promoted] })
  await refused({ ...promotion, changes: { ...promotion.changes, upserted: [] } }, "bad-seats")
  await refused(await host.makeHead({ newEpoch: true, fields: { count: 7 } }), "bad-seats")
  await refused(await host.makeHead({ newEpoch: true, fields: { seats: p.random(32) as ObjectId } }), "bad-seats")
  await refused(await host.makeHead({ fields: { count: 7 } }), "bad-head")
  const guest = host.guest(room.invite)
  const ghost = { ...row, serial: 900 as SeatSerial, seatPub: guest.seatPub }
  await refused(await host.makeHead({ newEpoch: true, upserted: [ghost] }), "bad-proof")
  const tooHigh = { ...row, role: roles.moderator, index: noIndex }
  await refused(await host.makeHead({ newEpoch: true, upserted: [tooHigh] }), "bad-rows")
  await refused(await host.makeHead({ removed: [row.serial], newEpoch: false }), "bad-head")
  // one out, one in: the count stays, the epoch must not
  const proven = host.rowFor(await host.makeRequest(guest))
  await refused(await host.makeHead({ removed: [row.serial], upserted: [proven] }), "bad-head")
  const later = { step: (host.step + 1) as Step }
  await refused(await host.makeHead({ removed: [row.serial], upserted: [proven], fields: later }), "bad-rows")
  await accepted(promotion)
})

test("wraps that are not whole, or name nobody, change nothing", async () => {
  const { host } = room
  const { serial } = await seatGuest(service, room)
  const rotation = await host.makeHead({ newEpoch: true, wrapsFor: [serial as SeatSerial] })
  await refused({ ...rotation, wraps: rotation.wraps.slice(1) }, "bad-wraps")
  await refused({ ...rotation, wraps: host.wrapsFor([77 as SeatSerial]) }, "bad-wraps")
  await refused({ ...rotation, wraps: host.wrapsFor([serial, serial] as SeatSerial[]) }, "bad-wraps")
  await refused({ ...(await host.makeHead()), wraps: rotation.wraps }, "bad-wraps")
  await accepted(rotation)
  const before = await service.dump()
  const chunk = { head: p.random(32) as ObjectId, last: true, wraps: rotation.wraps }
  expect(await room.leader.outcome("wraps", chunk)).toBe("stale")
  expect(await room.leader.outcome("wraps", { ...chunk, head: host.headId(), wraps: new Uint8Array(51) })).toBe(
    "bad-wraps",
  )
  expect(await service.dump()).toBe(before)
})

test("a policy that reaches too far ahead takes no effect", async () => {
  const { host } = room
  const far = await host.makePolicy({ notAfter: (service.clock.now + 26 * 3_600_000) as EpochMs })
  await refused(await host.makeHead({ newEpoch: true, policy: far }), "bad-policy")
  await refused(await host.makeHead({ policy: await host.makePolicy() }), "bad-head")
})

test("a removed seat hears the Head and that it is out, and its key opens the door no more", async () => {
  const { host } = room
  const { client, guest, serial } = await seatGuest(service, room)
  const out = await host.makeHead({ newEpoch: true, reason: reasons.urgent, removed: [serial as SeatSerial] })
  await accepted(out)
  expect((await client.next("head")).head).toEqual(out.bundle.head)
  await client.next("removed")
  await client.closed
  const again = await service.connect()
  expect((await again.hello("seat", host.space, guest.seatSeed)).TAG).toBe("error")
})

test("a removed seat is out even if its renewal waits, and the renewal is stored no more", async () => {
  const { host } = room
  const { client, guest, serial } = await seatGuest(service, room)
  const { bytes: request } = await host.makeRequest(guest, { n: 1 })
  expect(await client.outcome("request", { request })).toBe("ok")
  expect(await service.dump()).toContain(request.join(","))
  await accepted(await host.makeHead({ newEpoch: true, reason: reasons.urgent, removed: [serial as SeatSerial] }))
  await client.closed
  const again = await service.connect()
  expect((await again.hello("seat", host.space, guest.seatSeed)).TAG).toBe("error")
  expect(await service.dump()).not.toContain(request.join(","))
})

test("who comes back gets the Heads it missed, each with what changed; who knows nothing, the newest whole", async () => {
  const { host } = room
  const { client, serial } = await seatGuest(service, room)
  const row = host.seats.rows.get(serial as SeatSerial)
  if (row === undefined) throw new Error("no row")
  await accepted(
    await host.makeHead({ newEpoch: true, upserted: [{ ...row, role: roles.speaker, index: 1 as SenderIndex }] }),
  )
  await accepted(await host.makeHead())
  await accepted(await host.makeHead({ newEpoch: true, policy: await host.makePolicy() }))
  await accepted(await host.makeHead())

  const missed = await client.sync(0)
  expect(missed.heads.map((bundle) => [bundle.policy.length, bundle.roster.length, bundle.invites.length])).toEqual([
    [0, 1, 1],
    [0, 0, 0],
    [1, 0, 0],
    [0, 0, 0],
  ])
  const fresh = await client.sync()
  expect(fresh.heads.map((bundle) => [bundle.policy.length, bundle.roster.length, bundle.invites.length])).toEqual([
    // from the newest that the safety code covers, though the policy has changed since
    [1, 1, 0],
    [0, 1, 1],
    [0, 0, 0],
    [1, 0, 0],
    [0, 0, 0],
  ])
  expect(fresh.policy).toEqual(host.policy?.bytes)
  expect((await client.sync(4)).heads).toHaveLength(0)
  // a service that lost Heads shows what it has
  expect((await client.sync(99)).heads).toHaveLength(5)
})

test("a joiner gets every Head from the one that the safety code covers", async () => {
  const { host } = room
  const { client } = await seatGuest(service, room)
  for (let i = 0; i < 10; i++) await accepted(await host.makeHead())
  expect((await client.sync()).heads).toHaveLength(3)
})

test("256 Heads are kept, and no stage or policy that none of them names", async () => {
  const { host } = room
  for (let i = 0; i < 300; i++) await accepted(await host.makeHead())
  const { db } = service.server.service
  const count = async (table: "heads" | "rosters" | "policies") =>
    (await db.selectFrom(table).select("space").execute()).length
  expect(await count("heads")).toBe(256)
  expect(await count("rosters")).toBe(1)
  expect(await count("policies")).toBe(1)
})

test("a signed leave waits for the leader until a Head drops the row; nobody signs another's", async () => {
  const { host, leader } = room
  const a = await seatGuest(service, room)
  const b = await seatGuest(service, room)
  const leave = await leaveKind.sign(p, a.guest.seatSeed, { space: host.space, serial: a.serial as SeatSerial, n: 1 })
  expect(await b.client.outcome("leave", { leave: leave.bytes })).toBe("not-allowed")
  const forged = await leaveKind.sign(p, b.guest.seatSeed, { space: host.space, serial: a.serial as SeatSerial, n: 1 })
  expect(await a.client.outcome("leave", { leave: forged.bytes })).toBe("bad-signature")
  expect(await a.client.outcome("leave", { leave: leave.bytes })).toBe("ok")
  expect((await leader.next("leave")).leave).toEqual(leave.bytes)
  await leader.sync()
  await leader.next("leave")
  await accepted(await host.makeHead({ newEpoch: true, reason: reasons.leave, removed: [a.serial as SeatSerial] }))
  expect(await service.server.service.db.selectFrom("leaves").selectAll().execute()).toHaveLength(0)
})
