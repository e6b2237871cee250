import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { SpaceId } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { endKind } from "#crypto/seat/leave"
import { noIndex } from "#crypto/base/ids"
import { TestHost } from "../support/host.ts"
import { openRoom, seatGuest, startTestService, type OpenRoom, type TestService } from "../support/service.ts"

let service: TestService
let room: OpenRoom
beforeEach(async () => {
  service = await startTestService()
  room = await openRoom(service)
})
afterEach(() => service.stop())

/** All that a stranger gets to see for one hello: the answer, and how the socket ended. */
async function seen(
  kind: "invite" | "seat" | "host",
  space: SpaceId,
  seed: Uint8Array,
  forge?: (signature: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
) {
  const client = await service.connect()
  const message = await client.helloMessage(kind, space, seed)
  const signature = forge?.(message.signature) ?? message.signature
  const answer = await client.ask("hello", { ...message, signature })
  return { answer, closed: await client.closed }
}

test("strangers are told the same whether a space exists, existed or never did", async () => {
  const ended = await openRoom(service, new TestHost(service.clock.now))
  const { space } = ended.host
  const end = await endKind.sign(p, ended.host.hostSeed, { space, time: service.clock.now, signer: noIndex })
  expect(await ended.leader.outcome("end", { end: end.bytes })).toBe("ok")

  const stranger = p.random(32)
  const reference = await seen("invite", p.random(16) as SpaceId, stranger)
  expect(reference.answer).toEqual({ TAG: "error", data: { ref: 1, code: "not-available" } })
  for (const kind of ["invite", "seat", "host"] as const) {
    expect(await seen(kind, room.host.space, stranger)).toEqual(reference)
    expect(await seen(kind, space, stranger)).toEqual(reference)
    expect(await seen(kind, p.random(16) as SpaceId, stranger)).toEqual(reference)
  }
  // keys that were good before, or are good elsewhere
  expect(await seen("host", space, ended.host.hostSeed)).toEqual(reference)
  expect(await seen("invite", space, ended.invite.keySeed)).toEqual(reference)
  expect(await seen("invite", room.host.space, ended.invite.keySeed)).toEqual(reference)
  expect(await seen("seat", room.host.space, room.host.hostSeed)).toEqual(reference)
  expect(await seen("host", room.host.space, room.host.seatSeed)).toEqual(reference)
})

test("a public key without its signature opens nothing", async () => {
  const wrong = (signature: Uint8Array<ArrayBuffer>) => signature.map((byte, i) => (i === 3 ? byte ^ 1 : byte))
  const { answer } = await seen("host", room.host.space, room.host.hostSeed, wrong)
  expect(answer).toEqual({ TAG: "error", data: { ref: 1, code: "not-available" } })
})

test("a signature over another socket's challenge opens nothing", async () => {
  const first = await service.connect()
  const second = await service.connect()
  const replayed = await first.helloMessage("host", room.host.space, room.host.hostSeed)
  expect(await second.outcome("hello", replayed)).toBe("not-available")
  await second.closed
})

test("a signature for one capacity does not serve another", async () => {
  const client = await service.connect()
  const asSeat = await client.helloMessage("seat", room.host.space, room.host.hostSeed)
  expect(await client.outcome("hello", { ...asSeat, kind: 2 })).toBe("not-available")
})

test("a socket that shows no key is closed soon, and one that says anything else first at once", async () => {
  const impatient = await startTestService({ helloTimeoutMs: 300 })
  const silent = await impatient.connect()
  await silent.closed
  await impatient.stop()
  const hasty = await service.connect()
  expect(await hasty.outcome("sync", { since: 0 })).toBe("not-available")
  await hasty.closed
})

test("one socket shows keys of one space only", async () => {
  const other = await openRoom(service, new TestHost(service.clock.now))
  const client = await service.connect()
  await client.hello("invite", room.host.space, room.invite.keySeed)
  expect((await client.hello("invite", other.host.space, other.invite.keySeed)).TAG).toBe("error")
  expect((await client.sync()).heads).toHaveLength(1)
})

test("the newest connection of a seat wins; the older one is told so and closed", async () => {
  const { guest, client } = await seatGuest(service, room)
  const newer = await service.connect()
  expect((await newer.hello("seat", room.host.space, guest.seatSeed)).TAG).toBe("ok")
  await client.next("moved")
  await client.closed
  expect((await newer.sync()).seats).toHaveLength(1)
})

test("a room that nobody uses is not read for whoever has no key of it", async () => {
  const { client, guest } = await seatGuest(service, room)
  for (const one of [client, room.leader]) await one.close()
  await expect.poll(() => service.server.service.rooms.inUse().length, { timeout: 10_000 }).toBe(0)
  const acquire = vi.spyOn(service.server.service.rooms, "acquire")
  for (const kind of ["invite", "seat", "host"] as const) await seen(kind, room.host.space, p.random(32))
  await seen("host", room.host.space, room.host.hostSeed, (signature) => signature.map((byte) => byte ^ 1))
  expect(acquire).not.toHaveBeenCalled()
  const back = await service.connect()
  expect((await back.hello("seat", room.host.space, guest.seatSeed)).TAG).toBe("ok")
  expect(acquire).toHaveBeenCalledOnce()
})

test("a socket shows as many keys as somebody may have, and no more", async () => {
  const { client, guest } = await seatGuest(service, room)
  const seeds = Array.from({ length: 9 }, () => room.host.guest(room.invite))
  let shown = 0
  for (const one of seeds) {
    const asked = await room.host.makeRequest(one)
    expect(await client.outcome("request", { request: asked.bytes })).toBe("ok")
    if ((await client.hello("seat", room.host.space, one.seatSeed)).TAG === "ok") shown++
  }
  expect(shown).toBeLessThan(9)
  // those it has shown it may show again
  expect((await client.hello("seat", room.host.space, guest.seatSeed)).TAG).toBe("ok")
})
