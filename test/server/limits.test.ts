import { connect } from "node:net"
import { afterEach, beforeEach, expect, test } from "vitest"
import { WebSocket } from "ws"
import type { EpochMs, SeatSerial, SenderIndex } from "#crypto/base/ids"
import { policyFlags } from "#crypto/link/policy"
import { roles } from "#crypto/room/roles"
import { clientCodec } from "#crypto/wire/wire"
import { Buckets } from "../../server/http/buckets.ts"
import { garbage } from "../support/garbage.ts"
import { openRoom, seatGuest, startTestService, type OpenRoom, type TestService } from "../support/service.ts"

let service: TestService
let room: OpenRoom
beforeEach(async () => {
  service = await startTestService()
  room = await openRoom(service)
})
afterEach(() => service.stop())

test("a bucket gives its burst, then as much as time gives back, and never more than the burst", () => {
  let now = 0
  const bucket = new Buckets(() => now as EpochMs, 2, 3)
  const taken = (count: number) => Array.from({ length: count }, () => bucket.take("a")).filter(Boolean).length
  expect(taken(5)).toBe(3)
  now = 499
  expect(taken(1)).toBe(0)
  now = 500
  expect(taken(2)).toBe(1)
  now = 100_000
  expect(taken(9)).toBe(3)
  expect(bucket.take("b")).toBe(true)
  now = 0
  expect(taken(1)).toBe(0)
})

test("a member's messages are bounded in size and number; the leader may say more", async () => {
  const { client } = await seatGuest(service, room)
  const long = new Uint8Array(8193)
  client.raw(long)
  const answer = await client.answer(0)
  expect(answer).toEqual({ TAG: "error", data: { ref: 0, code: "too-large" } })
  const outcomes = []
  for (let i = 0; i < 60; i++) outcomes.push(await client.outcome("sync", { since: 0 }))
  expect(outcomes.filter((outcome) => outcome === "rate-limited").length).toBeGreaterThan(0)
  service.clock.now = (service.clock.now + 1000) as EpochMs
  expect(await client.outcome("sync", { since: 0 })).toBe("state")
  for (let i = 0; i < 100; i++) expect(await room.leader.outcome("sync", { since: 0 })).toBe("state")
})

test("a speaker's messages are bounded as a listener's while somebody leads; where nobody does, it may say what a leader says", async () => {
  const { host, leader } = room
  const { client, serial } = await seatGuest(service, room)
  const row = host.seats.rows.get(serial as SeatSerial)
  if (row === undefined) throw new Error("There is no row.")
  const onStage = await host.makeHead({
    newEpoch: true,
    policy: await host.makePolicy({ flags: policyFlags.succession }),
    upserted: [{ ...row, role: roles.speaker, index: 1 as SenderIndex }],
  })
  expect(await leader.outcome("head", onStage)).toBe("ok")
  await client.next("head")
  const large = async (): Promise<string> => {
    client.raw(new Uint8Array(8193))
    const answer = await client.answer(0)
    return answer.TAG === "error" ? answer.data.code : answer.TAG
  }
  const rows = () => client.outcome("rows", {})
  const fast = async (): Promise<boolean> => {
    for (let i = 0; i < 61; i++) if ((await client.outcome("sync", { since: 0 })) === "rate-limited") return false
    return true
  }
  expect([await large(), await rows(), await fast()]).toEqual(["too-large", "not-leader", false])
  service.clock.now = (service.clock.now + 19_999) as EpochMs
  expect([await large(), await rows()]).toEqual(["too-large", "not-leader"])
  service.clock.now = (service.clock.now + 1) as EpochMs
  expect([await large(), await rows(), await fast()]).toEqual(["malformed", "rows", true])
})

test("a message that no client message is, is answered and changes nothing; the socket lives on", async () => {
  const { client } = await seatGuest(service, room)
  const before = await service.dump()
  const good = clientCodec.encode({ TAG: "sync", data: { ref: 9, since: 0 } })
  for (const bytes of [new Uint8Array(0), garbage(50), good.slice(0, -1), Uint8Array.from([...good, 0])]) {
    client.raw(bytes)
    expect(await client.answer(0)).toEqual({ TAG: "error", data: { ref: 0, code: "malformed" } })
  }
  expect(await service.dump()).toBe(before)
  expect(await client.outcome("sync", { since: 0 })).toBe("state")
})

test("a message larger than any may be ends the socket", async () => {
  room.leader.raw(new Uint8Array(131_073))
  expect(await room.leader.closed).toBe(1009)
})

test("text ends the socket", async () => {
  const socket = new WebSocket(`${service.url.replace("http", "ws")}/api/room`)
  socket.on("open", () => socket.send("hello"))
  await new Promise((resolve) => socket.on("close", resolve))
})

test("messages are not compressed, whatever the client offers", async () => {
  const socket = new WebSocket(`${service.url.replace("http", "ws")}/api/room`, { perMessageDeflate: true })
  await new Promise((resolve) => socket.on("open", resolve))
  expect(socket.extensions).toBe("")
  socket.terminate()
})

test("one address asks for a limited number of new seats in a row", async () => {
  const { host, invite } = room
  const client = await service.connect()
  await client.hello("invite", host.space, invite.keySeed)
  // 2 × 50 places + 8 may wait on this invite; the address runs out before
  const outcomes = []
  for (let i = 0; i < 104; i++) {
    if (i % 50 === 0) service.clock.now = (service.clock.now + 1) as EpochMs
    const asker = i % 50 === 0 ? await service.connect() : undefined
    await asker?.hello("invite", host.space, invite.keySeed)
    const request = await host.makeRequest(host.guest(invite))
    outcomes.push(await (asker ?? client).outcome("request", { request: request.bytes }))
  }
  expect(outcomes.filter((outcome) => outcome === "ok").length).toBeLessThanOrEqual(101)
  expect(outcomes).toContain("rate-limited")
}, 60_000)

/** Sends raw bytes over TCP; resolves with all that came back. */
function rawExchange(text: string, reset = false): Promise<string> {
  const { port } = service.server
  return new Promise((resolve) => {
    let heard = ""
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(text)
      if (reset) socket.resetAndDestroy()
    })
    socket.on("data", (data) => (heard += data.toString()))
    socket.on("error", () => undefined)
    socket.on("close", () => resolve(heard))
    socket.setTimeout(2000, () => socket.destroy())
  })
}

test("odd request targets, broken upgrades and resets leave the service working", async () => {
  const upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
  const key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
  for (const target of [
    "//",
    "//evil/api/room",
    "http://evil/api/room",
    "/api/room/../x",
    "*",
    "/%zz",
    "/rtc?access_token=%",
  ])
    for (const headers of [`${upgrade}\r\n`, `${upgrade}${key}\r\n`, "\r\n"])
      await rawExchange(
        `GET ${target} HTTP/1.1\r\nHost: x\r\n${headers.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")}`,
      )
  await rawExchange(`GET /api/room HTTP/1.1\r\nHost: x\r\n${upgrade}${key}\r\n`, true)
  await rawExchange(`GET /rtc?access_token=x HTTP/1.1\r\nHost: x\r\n${upgrade}${key}\r\n`, true)
  expect((await fetch(`${service.url}/api/deployment`)).status).toBe(200)
  expect(await room.leader.outcome("sync", { since: 0 })).toBe("state")
}, 60_000)
