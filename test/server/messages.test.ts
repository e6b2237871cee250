import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { concat, toHex, uint, type Bytes } from "#crypto/base/bytes"
import type { Epoch, EpochMs, SeatSerial, Step } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { appMessageKind, type AppMessage } from "#crypto/message/app-message"
import { certKind, signCert } from "#crypto/message/seat-cert"
import { roles } from "#crypto/room/roles"
import type { RoomClient } from "../support/room-client.ts"
import { flip } from "../support/room-kit.ts"
import { lead, openRoom, seatGuest, startTestService, type OpenRoom, type TestService } from "../support/service.ts"

let service: TestService
let room: OpenRoom
let ada: Awaited<ReturnType<typeof seatGuest>>
let bo: Awaited<ReturnType<typeof seatGuest>>
beforeEach(async () => {
  service = await startTestService()
  room = await openRoom(service)
  ada = await seatGuest(service, room)
  bo = await seatGuest(service, room)
  await ada.client.next("step")
})
afterEach(() => service.stop())

let number = 1000
/** A message as Ada's device would make it; the service cannot look inside, so the body is anything of the right size. */
async function message(changes: Partial<AppMessage> = {}, signer = ada.guest.seatSeed): Promise<Bytes> {
  const { host } = room
  const fields = {
    ...{ space: host.space, epoch: host.head?.fields.epoch ?? (0 as Epoch), step: host.step as Step },
    ...{ serial: ada.serial as SeatSerial, n: ++number, nonce: p.random(12), ct: p.random(147), ...changes },
  }
  return (await appMessageKind.sign(p, signer, fields)).bytes
}
const say = async (bytes: Bytes | Promise<Bytes>, client: RoomClient = ada.client) =>
  client.outcome("app", { message: await bytes })
const heard = async (client: RoomClient) => (await client.next("app")).message
const tail = async (client: RoomClient) => (await client.sync()).tail.map((said) => toHex(said.message))
async function rotate(): Promise<void> {
  const rotation = await room.host.makeHead({ newEpoch: true })
  expect(await room.leader.outcome("head", rotation)).toBe("ok")
  room.host.took(rotation)
}

describe("what a seat says to the others", () => {
  it("reaches every seat as it came, in both sizes, with its row's certificate, and no one without a seat", async () => {
    const visitor = await service.connect()
    await visitor.hello("invite", room.host.space, room.invite.keySeed)
    await visitor.sync()
    for (const bytes of [await message(), await message({ ct: p.random(1171) })]) {
      expect(await say(bytes)).toBe("ok")
      for (const client of [room.leader, bo.client, ada.client]) expect(await heard(client)).toEqual(bytes)
    }
    await say(message())
    const { cert } = await bo.client.next("app")
    expect(certKind.decode(p, cert[0] ?? new Uint8Array()).fields.seatPub).toEqual(ada.guest.seatPub)
    expect((await visitor.sync()).tail).toEqual([])
    expect(visitor.has("app")).toBe(false)
  })

  it("waits for a seat that comes back, in order, and is gone with its epoch", async () => {
    const bytes = [await message(), await message(), await message()]
    for (const one of bytes) await say(one)
    expect(await tail(bo.client)).toEqual(bytes.map(toHex))
    await rotate()
    expect(await tail(bo.client)).toEqual([])
    expect(await service.dump()).not.toContain(JSON.stringify(Buffer.from(bytes[0] ?? new Uint8Array())))
  })

  it("is passed on from the epoch before, and kept no longer than that epoch", async () => {
    const late = await message()
    await rotate()
    expect(await say(late)).toBe("ok")
    expect(await heard(bo.client)).toEqual(late)
    expect(await tail(bo.client)).toEqual([])
    const later = await message({ epoch: 1 as Epoch })
    await rotate()
    expect(await say(later)).toBe("stale")
  })

  it("is kept up to 256 messages, the newest ones", async () => {
    for (let i = 0; i < 260; i++) {
      service.clock.now = (service.clock.now + 1000) as EpochMs
      expect(await say(message())).toBe("ok")
    }
    const last = await message()
    service.clock.now = (service.clock.now + 1000) as EpochMs
    await say(last)
    const kept = await tail(bo.client)
    expect([kept.length, kept.at(-1)]).toEqual([256, toHex(last)])
  })

  it("goes with its seat", async () => {
    await say(message())
    expect(await tail(bo.client)).toHaveLength(1)
    const kick = await room.host.makeHead({ newEpoch: true, removed: [ada.serial as SeatSerial] })
    expect(await room.leader.outcome("head", kick)).toBe("ok")
    const { db } = service.server.service
    expect(await db.selectFrom("messages").selectAll().execute()).toEqual([])
    expect((await db.selectFrom("certs").select("serial").execute()).map(({ serial }) => serial)).toEqual([bo.serial])
  })
})

describe("a message that is refused leaves nothing behind", () => {
  const refused = async (bytes: Bytes | Promise<Bytes>, client?: RoomClient) => {
    const before = await service.dump()
    const code = await say(bytes, client)
    expect(await service.dump()).toBe(before)
    expect(bo.client.has("app")).toBe(false)
    return code
  }

  it("cut short, too long, or of a size no message has", async () => {
    const bytes = await message()
    for (const length of [0, 2, 45, 109, 255]) expect(await refused(bytes.slice(0, length))).toBe("malformed")
    expect(await refused(concat(bytes, uint(0, 1)))).toBe("malformed")
    expect(await refused(concat(bytes, p.random(700)))).toBe("malformed")
    // One byte above what the wire has room for: the client's own codec does not even write it.
    const frame = concat(Uint8Array.of(13), uint(77, 4), uint(1281, 2), p.random(1281))
    ada.client.raw(frame)
    expect(await ada.client.answer(0)).toEqual({ TAG: "error", data: { ref: 0, code: "malformed" } })
  })

  it("of another space, epoch or step", async () => {
    const elsewhere = p.random(16) as AppMessage["space"]
    expect(await refused(message({ space: elsewhere }))).toBe("wrong-space")
    const { epoch } = room.host.head?.fields ?? { epoch: 0 as Epoch }
    expect(await refused(message({ epoch: (epoch + 1) as Epoch }))).toBe("stale")
    expect(await refused(message({ epoch: 0 as Epoch }))).toBe("stale")
    expect(await refused(message({ step: (room.host.step + 1) as Step }))).toBe("stale")
  })

  it("of a serial whose key the socket has not shown", async () => {
    expect(await refused(message({ serial: bo.serial as SeatSerial }))).toBe("not-allowed")
    expect(await refused(message({ serial: 1 as SeatSerial }))).toBe("not-allowed")
    expect(await refused(message(), bo.client)).toBe("not-allowed")
    const visitor = await service.connect()
    await visitor.hello("invite", room.host.space, room.invite.keySeed)
    expect(await refused(message(), visitor)).toBe("not-allowed")
  })

  it("signed by another key, or changed on its way", async () => {
    expect(await refused(message({}, bo.guest.seatSeed))).toBe("bad-signature")
    const bytes = await message()
    for (const at of [60, 191, 192, 255]) expect(await refused(flip(bytes, at))).toBe("bad-signature")
  })

  it("said before, or older than the last, also after a restart within its epoch", async () => {
    const [older, bytes] = [await message(), await message()]
    expect(await say(bytes)).toBe("ok")
    await bo.client.next("app")
    expect(await refused(bytes)).toBe("replayed")
    expect(await refused(older)).toBe("replayed")
    for (const client of [ada.client, bo.client, room.leader]) await client.close()
    const again = await lead(service, room.host)
    expect((await again.sync()).tail).toHaveLength(1)
    const back = await service.connect()
    await back.hello("seat", room.host.space, ada.guest.seatSeed)
    expect(await say(bytes, back)).toBe("replayed")
  })

  it("faster than five a second after the first ten", async () => {
    const outcomes = []
    for (let i = 0; i < 12; i++) outcomes.push(await say(message()))
    expect(outcomes).toEqual([...Array<string>(10).fill("ok"), "rate-limited", "rate-limited"])
    for (let i = 0; i < 10; i++) await bo.client.next("app")
    expect(await refused(message())).toBe("rate-limited")
    const fromBo = await message({ serial: bo.serial as SeatSerial }, bo.guest.seatSeed)
    expect(await say(fromBo, bo.client)).toBe("ok")
    service.clock.now = (service.clock.now + 200) as EpochMs
    expect([await say(message()), await say(message())]).toEqual(["ok", "rate-limited"])
  })
})

describe("a certificate in a join batch", () => {
  const batchWith = async (certs: (made: readonly Bytes[]) => Promise<readonly Bytes[]> | readonly Bytes[]) => {
    const { host, leader } = room
    const client = await service.connect()
    await client.hello("invite", host.space, room.invite.keySeed)
    const request = await host.makeRequest(host.guest(room.invite))
    await client.outcome("request", { request: request.bytes })
    await leader.next("request")
    const batch = await host.makeBatch([request])
    const before = await service.dump()
    const outcome = await leader.outcome("batch", { ...batch, certs: [...(await certs(batch.certs))] })
    if (outcome !== "ok") expect(await service.dump()).toBe(before)
    return outcome
  }

  it("is refused with all of its batch when it is not the leader's word for a row that gets its Seat", async () => {
    const { host } = room
    const adas = host.seats.rows.get(ada.serial as SeatSerial)
    if (adas === undefined) throw new Error("Ada has no row.")
    const others = (await signCert(p, host.seatSeed, host.space, adas)).bytes
    const retold = async (bytes: Bytes, signer: Bytes) => {
      const fields = { ...certKind.decode(p, bytes).fields, role: roles.moderator }
      return (await certKind.sign(p, signer, fields)).bytes
    }
    const own = (bytes: Bytes | undefined) => bytes ?? new Uint8Array()
    expect(await batchWith((made) => [...made, others])).toBe("unknown-seat")
    expect(await batchWith(async ([made]) => [await retold(own(made), host.seatSeed)])).toBe("unknown-seat")
    expect(await batchWith(([made]) => [flip(own(made), 80)])).toBe("bad-signature")
    expect(await batchWith(([made]) => [own(made), own(made)])).toBe("conflict")
    expect(await batchWith((made) => made)).toBe("ok")
  })
})
