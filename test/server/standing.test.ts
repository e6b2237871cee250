import { afterEach, beforeEach, expect, test } from "vitest"
import { equal } from "#crypto/base/bytes"
import type { EpochMs, InviteId, SeatSerial, SenderIndex } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { reasons } from "#crypto/room/head"
import { roles } from "#crypto/room/roles"
import type { Row } from "#crypto/room/seats"
import { answerKind, answers, type AnswerReason } from "#crypto/seat/answer"
import type { SignedSeatRequest } from "#crypto/seat/seat-request"
import type { TestHost } from "../support/host.ts"
import type { RoomClient } from "../support/room-client.ts"
import { openRoom, seatGuest, startTestService, type OpenRoom, type TestService } from "../support/service.ts"

/** What whoever stands by is shown: the leader holds the host's seat, another socket the host key alone. */
let service: TestService
let room: OpenRoom
let host: TestHost
let leader: RoomClient
let standby: RoomClient

beforeEach(async () => {
  service = await startTestService()
  room = await openRoom(service)
  ;({ host } = room)
  leader = await entered("seat", host.seatSeed)
  standby = await entered("host", host.hostSeed)
})
afterEach(() => service.stop())

async function entered(kind: "seat" | "host" | "invite", seed: Uint8Array): Promise<RoomClient> {
  const client = await service.connect()
  await client.hello(kind, host.space, seed)
  await client.sync()
  return client
}

/** Somebody new asks for a seat, a while after whoever asked before. */
async function asks(client: RoomClient): Promise<SignedSeatRequest> {
  service.clock.now = (service.clock.now + 1000) as EpochMs
  const request = await host.makeRequest(host.guest(room.invite))
  expect(await client.outcome("request", { request: request.bytes })).toBe("ok")
  return request
}

/** The next Head names these deputies, and calls rows on stage. */
async function nameDeputies(deputies: readonly InviteId[], upserted: readonly Row[] = []): Promise<void> {
  const head = await host.makeHead({ policy: await host.makePolicy({ deputies }), upserted, newEpoch: true })
  expect(await leader.outcome("head", head)).toBe("ok")
  host.took(head)
}

/** Somebody in the audience is called on stage, and is the deputy from now on. */
async function seatDeputy() {
  const invite = await host.makeInvite({ role: roles.cohost, seats: 1 })
  expect(await standby.outcome("invite", { invite: invite.signed.bytes })).toBe("ok")
  const { client, guest, serial } = await seatGuest(service, { host, leader, invite }, invite)
  await client.sync()
  const rows = [...host.seats.rows.values()].filter((row) => row.serial === (serial as SeatSerial))
  await nameDeputies(
    [invite.id],
    rows.map((row) => ({ ...row, role: roles.cohost, index: 1 as SenderIndex })),
  )
  return { client, guest, invite }
}

const names =
  ({ bytes }: SignedSeatRequest) =>
  (data: { readonly request: Uint8Array }): boolean =>
    equal(data.request, bytes)

const answered = async (request: SignedSeatRequest, reason: AnswerReason, seed = host.seatSeed) => ({
  answer: (await answerKind.sign(p, seed, { space: host.space, request: request.id, reason })).bytes,
})

test("who syncs again is shown a request before the batch that answers it, however long the list of others", async () => {
  const joiner = await entered("invite", room.invite.keySeed)
  const earlier = []
  for (let i = 0; i < 20; i++) earlier.push(await asks(joiner))
  const request = await asks(joiner)
  for (const each of [...earlier, request]) await standby.next("request", names(each))
  const batch = await host.makeBatch([request])
  const { db, rooms } = service.server.service
  const here = (await rooms.acquire(host.space)) ?? raise()
  // The database is busy until the sync waits for it, and again from its answer on: the list has only begun to be read,
  // and the batch has its turn long before the end of it.
  const [before, after] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
  const busy = [db.transaction().execute(() => before.promise)]
  const synced = standby.sync()
  await service.connect()
  const next = here.run(async () => void busy.push(db.transaction().execute(() => after.promise)))
  before.resolve(undefined)
  await Promise.all([synced, next])
  const outcome = leader.outcome("batch", batch)
  for (let i = 0; i < 20; i++) await host.makeRequest(host.guest(room.invite))
  after.resolve(undefined)
  await Promise.all(busy)
  rooms.release(host.space)
  expect(await outcome).toBe("ok")
  await standby.next("changes")
  expect(standby.has("request", names(request))).toBe(true)
})

test("a deputy that was none for a while on the same socket is shown what it kept no more with its batch", async () => {
  const deputy = await seatDeputy()
  const joiner = await entered("invite", room.invite.keySeed)
  const request = await asks(joiner)
  await deputy.client.next("request", names(request))
  await nameDeputies([])
  await nameDeputies([deputy.invite.id])
  expect(await leader.outcome("batch", await host.makeBatch([request]))).toBe("ok")
  await deputy.client.next("changes", ({ answered }) => answered.length > 0)
  expect(deputy.client.has("request", names(request))).toBe(true)
})

test("who comes to stand by hears that a human is asked, until another leads", async () => {
  const joiner = await entered("invite", room.invite.keySeed)
  const request = await asks(joiner)
  const pending = await answered(request, answers.pending)
  expect(await leader.outcome("answer", pending)).toBe("ok")
  expect((await standby.next("answer")).answer).toEqual(pending.answer)
  await standby.next("request")
  await standby.sync()
  await standby.next("request", names(request))
  expect((await standby.next("answer")).answer).toEqual(pending.answer)
  // Asked again, it is no news.
  expect(await joiner.outcome("request", { request: request.bytes })).toBe("ok")
  await standby.next("request", names(request))
  expect(standby.has("answer")).toBe(false)
})

test("the leader's word that a human is asked is worth nothing once another leads", async () => {
  const deputy = await seatDeputy()
  const joiner = await entered("invite", room.invite.keySeed)
  const request = await asks(joiner)
  expect(await leader.outcome("answer", await answered(request, answers.pending))).toBe("ok")
  await standby.next("answer")
  const { seatSeed } = deputy.guest
  const takeover = await host.makeHead({ reason: reasons.takeover, seatSeed, fields: { signer: 1 as SenderIndex } })
  expect(await deputy.client.outcome("head", takeover)).toBe("ok")
  await standby.sync()
  await standby.next("request", names(request))
  expect(standby.has("answer")).toBe(false)
})

test("a request that is asked again is shown again to whoever leads, not to a deputy who keeps it", async () => {
  const { client: deputy } = await seatDeputy()
  const joiner = await entered("invite", room.invite.keySeed)
  const request = await asks(joiner)
  await deputy.next("request", names(request))
  await leader.next("request", names(request))
  expect(await joiner.outcome("request", { request: request.bytes })).toBe("ok")
  await leader.next("request", names(request))
  const other = await asks(joiner)
  await deputy.next("request", names(other))
  expect(deputy.has("request")).toBe(false)
})

test("the leader's no to a request that waits no more is still heard by whoever keeps it", async () => {
  const seated = await seatGuest(service, { ...room, leader })
  const renewal = await host.makeRequest(seated.guest, { n: 1 })
  expect(await seated.client.outcome("request", { request: renewal.bytes })).toBe("ok")
  await standby.next("request", names(renewal))
  const head = await host.makeHead({ newEpoch: true, removed: [seated.serial as SeatSerial] })
  expect(await leader.outcome("head", head)).toBe("ok")
  const no = await answered(renewal, answers.refused)
  expect(await leader.outcome("answer", no)).toBe("unknown-request")
  expect((await standby.next("answer")).answer).toEqual(no.answer)
  const forged = await answered(renewal, answers.refused, p.random(32))
  expect(await leader.outcome("answer", forged)).toBe("bad-signature")
  expect(standby.has("answer")).toBe(false)
})

function raise(): never {
  throw new Error("There is no such room.")
}
