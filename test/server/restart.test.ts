import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import type { SeatSerial } from "#crypto/base/ids"
import { lead, openRoom, seatGuest, startTestService, temporaryFolder, type TestService } from "../support/service.ts"

let service: TestService
let folder: Awaited<ReturnType<typeof temporaryFolder>>

const start = () => startTestService({ database: join(folder.path, "service.db") })

beforeEach(async () => {
  folder = await temporaryFolder()
  service = await start()
})
afterEach(async () => {
  await service.stop()
  await folder.remove()
})

test("a restart loses nothing that was accepted, and the room goes on where it was", async () => {
  const room = await openRoom(service)
  const { host, leader, invite } = room
  const seated = await seatGuest(service, room)
  const rotation = await host.makeHead({ newEpoch: true })
  expect(await leader.outcome("head", rotation)).toBe("ok")
  const head = host.took(rotation)
  const wraps = host.wrapsFor([seated.serial as SeatSerial])
  expect(await leader.outcome("wraps", { head: head.id, last: true, wraps })).toBe("ok")
  const second = await seatGuest(service, room)
  const renewal = await host.makeRequest(seated.guest, { n: 5 })
  expect(await seated.client.outcome("request", { request: renewal.bytes })).toBe("ok")
  const stateBefore = await seated.client.sync(0)
  const stored = await service.dump()

  await service.stop()
  service = await start()
  expect(await service.dump()).toBe(stored)

  const back = await service.connect()
  expect((await back.hello("seat", host.space, seated.guest.seatSeed)).TAG).toBe("ok")
  const stateAfter = await back.sync(0)
  expect({ ...stateAfter, leader: true, ref: 0 }).toEqual({ ...stateBefore, leader: true, ref: 0 })
  expect(stateAfter.wrap[0]).toEqual(wraps.slice(4))
  expect(stateAfter.wrapsComplete).toBe(true)
  expect(stateAfter.step).toHaveLength(1)

  const leaderBack = await lead(service, host)
  expect((await leaderBack.next("request")).request).toEqual(renewal.bytes)
  const batch = await host.makeBatch([renewal])
  expect(await leaderBack.outcome("batch", batch)).toBe("ok")
  host.tookBatch(batch)
  await back.next("seat")
  // what was answered before the restart stays answered
  const replayed = await host.makeRequest(seated.guest, { n: 5 })
  expect(await back.outcome("request", { request: replayed.bytes })).toBe("replayed")
  const beat = await host.makeHead()
  expect(await leaderBack.outcome("head", beat)).toBe("ok")
  host.took(beat)
  expect((await back.next("head")).head).toEqual(beat.bundle.head)
  const third = await seatGuest(service, { host, leader: leaderBack, invite })
  expect(third.serial).toBeGreaterThan(second.serial)
})
