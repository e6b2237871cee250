import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { toBase64Url, toHex, utf8 } from "#crypto/base/bytes"
import { noIndex, type EpochMs, type SeatSerial } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { endKind } from "#crypto/seat/leave"
import {
  openRoom,
  seatGuest,
  startTestService,
  tablesOf,
  temporaryFolder,
  type TestService,
} from "../support/service.ts"

let service: TestService
let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeEach(async () => {
  folder = await temporaryFolder()
  service = await startTestService({ database: join(folder.path, "service.db") })
})
afterEach(async () => {
  await service.stop()
  await folder.remove()
})

/** Every file of the database: the file itself, its write-ahead log, its index. */
async function files(): Promise<Buffer> {
  const names = await readdir(folder.path)
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder.path, name)))))
}

async function rowsStored(): Promise<number> {
  const { db } = service.server.service
  let rows = 0
  for (const table of await tablesOf(db))
    rows += (
      await db
        .selectFrom(table as "spaces")
        .selectAll()
        .execute()
    ).length
  return rows
}

async function fullRoom() {
  const room = await openRoom(service)
  const { host, leader } = room
  const seated = await seatGuest(service, room)
  const rotation = await host.makeHead({ newEpoch: true, wrapsFor: [seated.serial as SeatSerial] })
  await leader.outcome("head", rotation)
  host.took(rotation)
  await seated.client.outcome("sfu", {})
  const request = await host.makeRequest(host.guest(room.invite))
  const waiting = await service.connect()
  await waiting.hello("invite", host.space, room.invite.keySeed)
  await waiting.outcome("request", { request: request.bytes })
  const needles = [
    host.space,
    host.hostPub,
    host.seatPub,
    seated.guest.seatPub,
    room.invite.id,
    rotation.wraps.slice(4),
    host.headId(),
    request.bytes.slice(200, 300),
  ]
  return { ...room, ...seated, needles }
}

test("ending a space leaves no row and no trace in the files", async () => {
  const { host, leader, client, needles } = await fullRoom()
  const before = await files()
  for (const needle of needles) expect(before.includes(Buffer.from(needle))).toBe(true)

  const fields = { space: host.space, time: service.clock.now, signer: noIndex }
  const forged = await endKind.sign(p, host.seatSeed, fields)
  expect(await leader.outcome("end", { end: forged.bytes })).toBe("bad-signature")
  const end = await endKind.sign(p, host.hostSeed, fields)
  expect(await leader.outcome("end", { end: end.bytes })).toBe("ok")
  expect((await client.next("ended")).end).toEqual([end.bytes])
  await client.closed

  expect(await rowsStored()).toBe(0)
  const after = await files()
  for (const needle of needles)
    for (const form of [needle, utf8(toHex(needle)), utf8(toBase64Url(needle))])
      expect(after.includes(Buffer.from(form))).toBe(false)
  expect(service.sfuCalls.some((call) => call.startsWith("close "))).toBe(true)
})

test("a space whose policy has run out is gone an hour later, and everybody there is told", async () => {
  const { client, needles, host } = await fullRoom()
  const notAfter = host.policy?.fields.notAfter ?? 0
  service.clock.now = (notAfter + 3_600_000) as EpochMs
  await service.server.sweep()
  expect(await service.server.service.db.selectFrom("spaces").select("id").execute()).toHaveLength(1)
  service.clock.now = (notAfter + 3_600_001) as EpochMs
  await service.server.sweep()
  expect((await client.next("ended")).end).toEqual([])
  await client.closed
  expect(await rowsStored()).toBe(0)
  const after = await files()
  for (const needle of needles) expect(after.includes(Buffer.from(needle))).toBe(false)
})

test("requests, Seats and unused SFU identities go when their time is over, from the files as well", async () => {
  const { needles } = await fullRoom()
  const request = Buffer.from(needles.at(-1) ?? expect.fail("no request"))
  expect((await files()).includes(request)).toBe(true)
  const { db } = service.server.service
  const left = async () => [
    (await db.selectFrom("requests").select("id").execute()).length,
    (await db.selectFrom("sealed_seats").select("request").execute()).length,
    (await db.selectFrom("identities").select("identity").execute()).length,
  ]
  expect(await left()).toEqual([1, 1, 1])
  service.clock.now = (service.clock.now + 10 * 60_000 + 1) as EpochMs
  await service.server.sweep()
  expect(await left()).toEqual([1, 0, 1])
  service.clock.now = (service.clock.now + 60_000) as EpochMs
  await service.server.sweep()
  expect(await left()).toEqual([1, 0, 0])
  service.clock.now = (service.clock.now + 4 * 60_000) as EpochMs
  await service.server.sweep()
  expect(await left()).toEqual([0, 0, 0])
  expect((await files()).includes(request)).toBe(false)
})
