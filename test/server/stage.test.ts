import { afterEach, beforeEach, expect, test } from "vitest"
import { noIndex, type SeatSerial, type SenderIndex } from "#crypto/base/ids"
import { roles } from "#crypto/room/roles"
import { takeTicket } from "../../server/sfu/identity.store.ts"
import { openRoom, seatGuest, startTestService, type OpenRoom, type TestService } from "../support/service.ts"

let service: TestService
let room: OpenRoom
beforeEach(async () => {
  service = await startTestService()
  room = await openRoom(service)
})
afterEach(() => service.stop())

test("who comes on stage may publish from then on, who leaves it no more, without another ticket", async () => {
  const { host, leader } = room
  const { client, serial } = await seatGuest(service, room)
  const ticket = await client.ask("sfu", {})
  if (ticket.TAG !== "sfu") throw new Error(ticket.TAG)
  const { identity } = ticket.data
  expect(await takeTicket(service.server.service.db, identity, service.clock.now)).toBe(true)
  const row = host.seats.rows.get(serial as SeatSerial)
  if (row === undefined) throw new Error("no row")
  const up = await host.makeHead({
    newEpoch: true,
    upserted: [{ ...row, role: roles.speaker, index: 1 as SenderIndex }],
  })
  expect(await leader.outcome("head", up)).toBe("ok")
  host.took(up)
  await expect.poll(() => service.sfuCalls, { timeout: 10_000 }).toContain(`stage ${identity}`)
  const down = await host.makeHead({ newEpoch: true, upserted: [{ ...row, role: roles.listener, index: noIndex }] })
  expect(await leader.outcome("head", down)).toBe("ok")
  host.took(down)
  await expect.poll(() => service.sfuCalls, { timeout: 10_000 }).toContain(`audience ${identity}`)
})

test("a revoked invite still says so to its holder, who hears nothing of the room any more", async () => {
  const { host, leader } = room
  const revoked = await host.makeInvite()
  await leader.outcome("invite", { invite: revoked.signed.bytes })
  const holder = await service.connect()
  await holder.hello("invite", host.space, revoked.keySeed)
  await holder.sync()
  const listener = await service.connect()
  await listener.hello("invite", host.space, room.invite.keySeed)
  await listener.sync()
  const head = await host.makeHead({ newEpoch: true, policy: await host.makePolicy({ revoked: [revoked.id] }) })
  expect(await leader.outcome("head", head)).toBe("ok")
  await listener.next("head")
  await holder.sync()
  expect(holder.has("head")).toBe(false)
  const again = await service.connect()
  expect((await again.hello("invite", host.space, revoked.keySeed)).TAG).toBe("welcome")
})
