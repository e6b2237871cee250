import { afterEach, beforeEach, expect, test } from "vitest"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import type { ObjectId, SenderIndex } from "#crypto/base/ids"
import { endKind } from "#crypto/seat/leave"
import { clientCodec } from "#crypto/wire/wire"
import { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"
import { openRoom, seatGuest, startTestService, type OpenRoom, type TestService } from "../support/service.ts"

let service: TestService
let room: OpenRoom
beforeEach(async () => {
  service = await startTestService()
  room = await openRoom(service)
})
afterEach(() => service.stop())

test("what only a leader does is refused to a listener, and changes nothing stored", async () => {
  const { client } = await seatGuest(service, room)
  const before = await service.dump()
  const head = await room.host.makeHead({ newEpoch: true })
  expect(await client.outcome("head", head)).toBe("not-leader")
  expect(await client.outcome("rows", {})).toBe("not-leader")
  expect(await client.outcome("standby", { seats: [] })).toBe("not-leader")
  const view = p.random(32) as ObjectId
  expect(await client.outcome("wraps", { head: view, last: true, wraps: new Uint8Array(0) })).toBe("not-leader")
  const end = { space: room.host.space, time: service.clock.now, signer: 0 as SenderIndex }
  const signed = await endKind.sign(p, room.host.seatSeed, end)
  expect(await client.outcome("end", { end: signed.bytes })).toBe("not-leader")
  expect(await service.dump()).toBe(before)
})

test(
  "a Seat beside the leader's reaches only the row it is for, and only from a deputy",
  { timeout: 30_000 },
  async () => {
    const house = await Household.open()
    const tagOf = (bytes: Uint8Array): number => bytes[0] ?? 0
    try {
      const host = await house.host()
      const dora = await house.join("dora", (await house.invite(host, { role: "cohost", personal: true })).link)
      await dora.until(({ lead }) => lead?.standing === true && lead.seats !== undefined)
      const { link } = await house.invite(host, { role: "speaker" })
      const [ada, bo]: readonly Person[] = [await house.join("ada", link), await house.join("bo", link)]
      await dora.until(({ lead }) => (lead?.keks.size ?? 0) >= 2)
      await ada?.until(({ seated }) => seated?.keks.length === 2)
      await bo?.until(({ seated }) => seated?.keks.length === 2)
      const beside = house.carried.filter(
        ({ who, way, bytes }) => who === "dora" && way === "to-service" && tagOf(bytes) === 13,
      )
      expect(beside.length).toBeGreaterThan(0)
      const seatsOf = (bytes: Uint8Array) => {
        const message = clientCodec.decode(bytes)
        return message.TAG === "standby" ? message.data.seats : []
      }
      const sealed = beside.flatMap(({ bytes }) => seatsOf(bytes)).map((seat) => Buffer.from(seat).toString("hex"))
      const got = (who: string) => {
        const heard = house.carried
          .filter((carried) => carried.who === who && carried.way === "to-member" && tagOf(carried.bytes) === 71)
          .map(({ bytes }) => Buffer.from(bytes).toString("hex"))
        return sealed.filter((seat) => heard.some((bytes) => bytes.includes(seat)))
      }
      expect([got("ada").length, got("bo").length, got("host").length]).toEqual([1, 1, 0])
      expect(got("ada").filter((seat) => got("bo").includes(seat))).toEqual([])
    } finally {
      await house.close()
    }
  },
)
