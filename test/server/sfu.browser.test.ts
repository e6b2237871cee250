import { SignalResponse } from "@livekit/protocol"
import { RoomServiceClient } from "livekit-server-sdk"
import { afterAll, beforeAll, expect, test } from "vitest"
import { WebSocket } from "ws"
import { noIndex, type SeatSerial, type SenderIndex } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { roles } from "#crypto/room/roles"
import { endKind } from "#crypto/seat/leave"
import { liveKit } from "../../server/sfu/livekit.ts"
import { openRoom, seatGuest, startTestService, type TestService } from "../support/service.ts"
import { startTestSfu, type TestSfu } from "../support/sfu.ts"

let sfu: TestSfu
let service: TestService
let rooms: RoomServiceClient

beforeAll(async () => {
  sfu = await startTestSfu()
  rooms = new RoomServiceClient(sfu.url.replace("ws", "http"), sfu.apiKey, sfu.apiSecret)
  service = await startTestService({ sfuUrl: sfu.url, sfu: liveKit(sfu) })
})
afterAll(async () => {
  await service.stop()
  await sfu.stop()
})

/** Joins through the gate as an SFU client does, as far as its first answer. */
function join(token: string, query = ""): Promise<SignalResponse | number> {
  const socket = new WebSocket(`${service.url.replace("http", "ws")}/rtc?access_token=${token}&protocol=16${query}`)
  return new Promise((resolve) => {
    socket.on("message", (data: Buffer) => resolve(SignalResponse.fromBinary(Uint8Array.from(data))))
    socket.on("unexpected-response", (_request, response) => {
      response.destroy()
      resolve(response.statusCode ?? 0)
    })
    socket.on("error", () => undefined)
  })
}

const permissionOf = async (name: string, identity: string) => (await rooms.getParticipant(name, identity)).permission

test("a seat joins the real SFU through the gate, follows the stage, is removed with its row, and its room ends", async () => {
  const room = await openRoom(service)
  const { host, leader } = room
  const { client, serial } = await seatGuest(service, room)
  const ticket = await client.ask("sfu", {})
  if (ticket.TAG !== "sfu") throw new Error(JSON.stringify(ticket))
  const { token, identity } = ticket.data

  const first = await join(token)
  if (typeof first === "number") throw new Error(`refused with ${first}`)
  expect(first.message.case).toBe("join")
  const name = first.message.case === "join" ? (first.message.value.room?.name ?? "") : ""
  expect(await join(token)).toBe(401)
  expect(await permissionOf(name, identity)).toMatchObject({ canPublish: false, canPublishData: false, hidden: true })

  const row = host.seats.rows.get(serial as SeatSerial)
  if (row === undefined) throw new Error("no row")
  const move = async (index: SenderIndex, role: 0 | 1) => {
    const head = await host.makeHead({ newEpoch: true, upserted: [{ ...row, role, index }] })
    expect(await leader.outcome("head", head)).toBe("ok")
    host.took(head)
  }
  await move(1 as SenderIndex, roles.speaker)
  await expect
    .poll(() => permissionOf(name, identity), { timeout: 5000 })
    .toMatchObject({ canPublish: true, hidden: false })
  await move(noIndex, roles.listener)
  await expect
    .poll(() => permissionOf(name, identity), { timeout: 5000 })
    .toMatchObject({ canPublish: false, hidden: true })

  const out = await host.makeHead({ newEpoch: true, removed: [serial as SeatSerial] })
  expect(await leader.outcome("head", out)).toBe("ok")
  await expect.poll(() => rooms.listParticipants(name), { timeout: 5000 }).toHaveLength(0)
  expect(await join(token, "&reconnect=1")).toBe(401)

  const fields = { space: host.space, time: service.clock.now, signer: noIndex }
  await leader.outcome("end", { end: (await endKind.sign(p, host.hostSeed, fields)).bytes })
  await expect.poll(() => rooms.listRooms([name]), { timeout: 5000 }).toHaveLength(0)
}, 60_000)

test("who comes on stage between its ticket and its join may publish", async () => {
  const room = await openRoom(service)
  const { host, leader } = room
  const { client, serial } = await seatGuest(service, room)
  const ticket = await client.ask("sfu", {})
  const row = host.seats.rows.get(serial as SeatSerial)
  if (ticket.TAG !== "sfu" || row === undefined) throw new Error(JSON.stringify(ticket))
  const { token, identity } = ticket.data
  const upserted = [{ ...row, role: roles.speaker, index: 1 as SenderIndex }]
  expect(await leader.outcome("head", await host.makeHead({ newEpoch: true, upserted }))).toBe("ok")
  const first = await join(token)
  const name = typeof first !== "number" && first.message.case === "join" ? (first.message.value.room?.name ?? "") : ""
  await expect
    .poll(() => permissionOf(name, identity), { timeout: 10_000 })
    .toMatchObject({ canPublish: true, hidden: false })
}, 60_000)

test("without an SFU a ticket is refused with a code of its own, and Heads go on", async () => {
  const alone = await startTestService({ sfu: liveKit({ ...sfu, url: "ws://127.0.0.1:9" }) })
  try {
    const room = await openRoom(alone)
    const { client } = await seatGuest(alone, room)
    expect(await client.outcome("sfu", {})).toBe("sfu-unreachable")
    expect(await room.leader.outcome("head", await room.host.makeHead({ newEpoch: true }))).toBe("ok")
  } finally {
    await alone.stop()
  }
}, 60_000)
