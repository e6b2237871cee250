import { afterEach, beforeEach, expect, test } from "vitest"
import type { EpochMs } from "#crypto/base/ids"
import { OpenRooms } from "../../server/sfu/open-rooms.ts"
import { openRoom, seatGuest, startTestService, type OpenRoom, type TestService } from "../support/service.ts"

let service: TestService
let room: OpenRoom

beforeEach(async () => {
  service = await startTestService()
  room = await openRoom(service)
})
afterEach(() => service.stop())

const opened = () => service.sfuCalls.filter((call) => call.startsWith("open ")).length

test("a waiting request has its room opened at the media server, and nobody without a seat gets a ticket by it", async () => {
  const client = await service.connect()
  await client.hello("invite", room.host.space, room.invite.keySeed)
  await client.sync()
  const { bytes } = await room.host.makeRequest(room.host.guest(room.invite))
  expect(await client.outcome("request", { request: bytes })).toBe("ok")
  expect(opened()).toBe(1)
  expect(await client.outcome("sfu", {})).toBe("not-allowed")
  expect(await service.dump()).toMatch(/^identities: $/m)
})

test("a ticket right after the request does not ask the media server again, a later one does", async () => {
  const { client } = await seatGuest(service, room)
  const before = opened()
  expect(before).toBe(1)
  expect((await client.ask("sfu", {})).TAG).toBe("sfu")
  expect(opened()).toBe(before)
  service.clock.now = (service.clock.now + 10_000) as EpochMs
  expect((await client.ask("sfu", {})).TAG).toBe("sfu")
  expect(opened()).toBe(before + 1)
})

test("a failed opening does not count, nor does one before the room was closed", async () => {
  let calls = 0
  const fails = [true, false, false]
  const sfu = { openRoom: () => (fails[calls++] === true ? Promise.reject(new Error("away")) : Promise.resolve()) }
  const rooms = new OpenRooms(sfu, () => 0 as EpochMs)
  await expect(rooms.open("a")).rejects.toThrow("away")
  await rooms.open("a")
  await rooms.open("a")
  expect(calls).toBe(2)
  rooms.forget("a")
  await rooms.open("a")
  expect(calls).toBe(3)
})
