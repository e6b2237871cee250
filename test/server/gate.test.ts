import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { AccessToken } from "livekit-server-sdk"
import { afterEach, beforeEach, expect, test } from "vitest"
import { WebSocket, WebSocketServer } from "ws"
import { noIndex, type EpochMs, type SeatSerial, type SenderIndex } from "#crypto/base/ids"
import { roles } from "#crypto/room/roles"
import {
  openRoom,
  seatGuest,
  startTestService,
  temporaryFolder,
  testKey,
  type OpenRoom,
  type TestService,
} from "../support/service.ts"
import type { RoomClient } from "../support/room-client.ts"

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let service: TestService
let room: OpenRoom
let upstream: Server
/** What reached the upstream: its path and headers. */
let reached: { readonly url: string; readonly headers: Record<string, unknown> }[]

const start = async () =>
  startTestService({
    database: join(folder.path, "service.db"),
    sfuUrl: `ws://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
  })

beforeEach(async () => {
  reached = []
  folder = await temporaryFolder()
  upstream = await echoServer()
  service = await start()
  room = await openRoom(service)
})
afterEach(async () => {
  await service.stop()
  upstream.close()
  upstream.closeAllConnections()
  await folder.remove()
})

/** Stands where the SFU stands: takes every WebSocket and says what it hears. */
async function echoServer(): Promise<Server> {
  const server = createServer((_request, response) => response.writeHead(404).end())
  const sockets = new WebSocketServer({ server })
  sockets.on("connection", (socket, request) => {
    reached.push({ url: request.url ?? "", headers: request.headers })
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return server
}

/** Connects at the gate: the open socket, or the status it was refused with. */
function knock(path: string, query: Record<string, string>): Promise<WebSocket | number> {
  const url = `${service.url.replace("http", "ws")}${path}?${new URLSearchParams(query).toString()}`
  const socket = new WebSocket(url, { headers: { cookie: "secret=1" } })
  return new Promise((resolve) => {
    socket.on("open", () => resolve(socket))
    socket.on("unexpected-response", (_request, response) => {
      response.destroy()
      resolve(response.statusCode ?? 0)
    })
    socket.on("error", () => undefined)
  })
}

async function ticketOf(client: RoomClient): Promise<{ token: string; identity: string }> {
  const answer = await client.ask("sfu", {})
  if (answer.TAG !== "sfu") throw new Error(answer.TAG)
  expect(answer.data.url).toBe("")
  return answer.data
}

const opened = (result: WebSocket | number): WebSocket => {
  if (typeof result === "number") throw new Error(`refused with ${result}`)
  return result
}

/** A token as the SFU renews it: the same key and identity, another lifetime. */
async function renewed(identity: string, secret = testKey.apiSecret): Promise<string> {
  const token = new AccessToken(testKey.apiKey, secret, { identity, ttl: 600 })
  token.addGrant({ roomJoin: true, room: "any" })
  return token.toJwt()
}

test("a ticket is good for one join; text and binary messages pass both ways", async () => {
  const { client } = await seatGuest(service, room)
  const { token } = await ticketOf(client)
  const socket = opened(await knock("/rtc", { access_token: token, auto_subscribe: "1" }))
  for (const message of ["text", Buffer.from([0, 1, 255])]) {
    const echoed = new Promise((resolve) =>
      socket.once("message", (data: Buffer, isBinary) => resolve(isBinary ? data : data.toString())),
    )
    socket.send(message)
    expect(await echoed).toEqual(message)
  }
  expect(reached[0]?.url).toContain("auto_subscribe=1")
  expect(reached[0]?.headers).not.toHaveProperty("cookie")
  expect(await knock("/rtc", { access_token: token })).toBe(401)
  expect(await knock("/rtc", { access_token: await renewed((await ticketOf(client)).identity) })).toBeInstanceOf(
    WebSocket,
  )
})

test("resuming passes with the old token or a renewed one while the seat lives, and not before a join", async () => {
  const { client } = await seatGuest(service, room)
  const { token, identity } = await ticketOf(client)
  expect(await knock("/rtc", { access_token: token, reconnect: "1" })).toBe(401)
  opened(await knock("/rtc", { access_token: token }))
  opened(await knock("/rtc", { access_token: token, reconnect: "1" }))
  opened(await knock("/rtc", { access_token: await renewed(identity), reconnect: "1" }))
})

test("what the gate reads is what the SFU reads: nothing in a query says one thing to each", async () => {
  const { client } = await seatGuest(service, room)
  const { token } = await ticketOf(client)
  opened(await knock("/rtc", { access_token: token }))
  expect(await knock("/rtc/v1", { access_token: token, reconnect: "1", join_request: "x" })).toBe(404)
  const before = reached.length
  // a second question mark, and a pair that Go throws away
  for (const odd of ["?a=1?b=2&", "?x;y=1&"]) {
    const socket = new WebSocket(
      `${service.url.replace("http", "ws")}/rtc${odd}${new URLSearchParams({ access_token: token, reconnect: "1" }).toString()}`,
    )
    await new Promise((resolve) => socket.on("open", resolve))
  }
  const queries = reached.slice(before).map(({ url }) => url.slice(url.indexOf("?") + 1))
  expect(queries).toHaveLength(2)
  for (const query of queries) {
    expect(query).not.toMatch(/[?;]/)
    expect(new URLSearchParams(query).get("access_token")).toBe(token)
  }
})

test("nobody is another participant at the SFU, or says more there, than the gate has let in", async () => {
  const { client } = await seatGuest(service, room)
  const { token } = await ticketOf(client)
  const asked = new URLSearchParams([
    ["access_token", token],
    ["access_token", "another"],
    ["publish", "a"],
    ["attributes", "e30="],
    ["join_request", "x"],
    ["reconnect", "true"],
    ["sdk", "js"],
    ["auto_subscribe", "1"],
  ])
  const socket = new WebSocket(`${service.url.replace("http", "ws")}/rtc?${asked.toString()}`)
  await new Promise((resolve) => socket.on("open", resolve))
  const said = new URLSearchParams(reached.at(-1)?.url.split("?")[1])
  expect([...said].toSorted()).toEqual([
    ["access_token", token],
    ["auto_subscribe", "1"],
    ["sdk", "js"],
  ])
})

test("a ticket from before its seat came on stage, or left it, is set right as it joins", async () => {
  const { client, serial } = await seatGuest(service, room)
  const { host, leader } = room
  const row = host.seats.rows.get(serial as SeatSerial)
  if (row === undefined) throw new Error("no row")
  const move = async (change: Partial<typeof row>): Promise<void> => {
    const head = await host.makeHead({ newEpoch: true, upserted: [{ ...row, ...change }] })
    expect(await leader.outcome("head", head)).toBe("ok")
    host.took(head)
  }
  const early = await ticketOf(client)
  await move({ role: roles.speaker, index: 1 as SenderIndex })
  opened(await knock("/rtc", { access_token: early.token }))
  await expect.poll(() => service.sfuCalls, { timeout: 10_000 }).toContain(`stage ${early.identity}`)
  const onStage = await ticketOf(client)
  await move({ role: roles.listener, index: noIndex })
  opened(await knock("/rtc", { access_token: onStage.token }))
  await expect.poll(() => service.sfuCalls, { timeout: 10_000 }).toContain(`audience ${onStage.identity}`)
  // a token that is right is left alone
  const right = await ticketOf(client)
  opened(await knock("/rtc", { access_token: right.token }))
  await expect.poll(() => service.sfuCalls, { timeout: 10_000 }).toContain(`remove ${onStage.identity}`)
  expect(service.sfuCalls).not.toContain(`audience ${right.identity}`)
})

test("a removed seat neither joins nor resumes, whatever token it has, after a restart too", async () => {
  const { client, serial } = await seatGuest(service, room)
  const { host, leader } = room
  const joined = await ticketOf(client)
  opened(await knock("/rtc", { access_token: joined.token }))
  const unused = await ticketOf(client)
  const out = await host.makeHead({ newEpoch: true, removed: [serial as SeatSerial] })
  expect(await leader.outcome("head", out)).toBe("ok")
  host.took(out)
  const refusedAll = async () => {
    expect(await knock("/rtc", { access_token: unused.token })).toBe(401)
    for (const { identity, token } of [joined, unused])
      for (const each of [token, await renewed(identity)])
        expect(await knock("/rtc", { access_token: each, reconnect: "1" })).toBe(401)
  }
  await refusedAll()
  expect(service.sfuCalls).toContain(`remove ${joined.identity}`)
  await service.stop()
  service = await start()
  await refusedAll()
  expect(service.sfuCalls).toContain(`remove ${joined.identity}`)
})

test("a restart leaves who has joined able to resume, and used tickets used", async () => {
  const { client } = await seatGuest(service, room)
  const { token } = await ticketOf(client)
  opened(await knock("/rtc", { access_token: token }))
  await service.stop()
  service = await start()
  opened(await knock("/rtc", { access_token: token, reconnect: "1" }))
  expect(await knock("/rtc", { access_token: token })).toBe(401)
})

test("tokens of another key, of an identity nobody made, or no token at all open nothing", async () => {
  const { client } = await seatGuest(service, room)
  const { identity } = await ticketOf(client)
  const forged = await renewed(identity, "another-secret-that-is-long-enough-for-this")
  expect(await knock("/rtc", { access_token: forged })).toBe(401)
  expect(await knock("/rtc", { access_token: await renewed("nobody") })).toBe(401)
  expect(await knock("/rtc", { access_token: "x.y.z" })).toBe(401)
  expect(await knock("/rtc", {})).toBe(401)
  expect(reached).toHaveLength(0)
})

test("only the signalling paths are there: no API of the SFU, no agent, whatever the token", async () => {
  const { client } = await seatGuest(service, room)
  const { token } = await ticketOf(client)
  for (const path of ["/agent", "/twirp/livekit.RoomService/ListRooms", "/rtc/v2", "/rtc/../twirp", "//rtc"])
    expect(await knock(path, { access_token: token })).toBe(404)
  const { status } = await fetch(`${service.url}/twirp/livekit.RoomService/ListRooms`, { method: "POST" })
  expect(status).toBe(404)
  expect(reached).toHaveLength(0)
})

test("validate says whether a ticket would pass, without using it up", async () => {
  const { client } = await seatGuest(service, room)
  const { token } = await ticketOf(client)
  const validate = async (query: Record<string, string>) =>
    (await fetch(`${service.url}/rtc/validate?${new URLSearchParams(query).toString()}`)).status
  expect(await validate({ access_token: token })).toBe(200)
  expect(await validate({ access_token: token })).toBe(200)
  opened(await knock("/rtc", { access_token: token }))
  expect(await validate({ access_token: token })).toBe(401)
  expect(await validate({ access_token: token, reconnect: "1" })).toBe(200)
  expect(await validate({})).toBe(401)
})

test("an SFU that does not answer costs nobody the ticket, and is no 401", async () => {
  const { client } = await seatGuest(service, room)
  const { token } = await ticketOf(client)
  const { port } = upstream.address() as AddressInfo
  upstream.closeAllConnections()
  await new Promise((resolve) => upstream.close(resolve))
  expect(await knock("/rtc", { access_token: token })).toBe(503)
  upstream = await echoServerOn(port)
  opened(await knock("/rtc", { access_token: token }))
})

async function echoServerOn(port: number): Promise<Server> {
  const server = createServer()
  new WebSocketServer({ server })
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve))
  return server
}

test("a seat has one connection at the SFU: a new join ends the older one", async () => {
  const { client } = await seatGuest(service, room)
  const first = await ticketOf(client)
  opened(await knock("/rtc", { access_token: first.token }))
  const second = await ticketOf(client)
  opened(await knock("/rtc", { access_token: second.token }))
  await expect.poll(() => service.sfuCalls, { timeout: 10_000 }).toContain(`remove ${first.identity}`)
  expect(await knock("/rtc", { access_token: first.token, reconnect: "1" })).toBe(401)
  opened(await knock("/rtc", { access_token: second.token, reconnect: "1" }))
})

test("only a seat gets a ticket, and what it may do is written out", async () => {
  const invited = await service.connect()
  await invited.hello("invite", room.host.space, room.invite.keySeed)
  expect(await invited.outcome("sfu", {})).toBe("not-allowed")
  const host = await service.connect()
  await host.hello("seat", room.host.space, room.host.seatSeed)
  const { client } = await seatGuest(service, { ...room, leader: await leadAgain() })
  const listener = claims((await ticketOf(client)).token)
  expect(listener).toMatchObject({
    roomJoin: true,
    canPublish: false,
    canPublishSources: [],
    canPublishData: false,
    canSubscribe: true,
    hidden: true,
    roomAdmin: false,
    canUpdateOwnMetadata: false,
  })

  async function leadAgain(): Promise<RoomClient> {
    await host.sync()
    return host
  }
  const speaker = claims((await ticketOf(host)).token)
  expect(speaker).toMatchObject({
    canPublish: true,
    canPublishSources: ["microphone"],
    canPublishData: true,
    hidden: false,
  })
  expect(speaker["room"]).toBe(listener["room"])
})

function claims(token: string): Record<string, unknown> {
  const body = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>
  expect(Number(body["exp"]) - Number(body["nbf"])).toBeLessThanOrEqual(60)
  expect(body).not.toHaveProperty("name")
  expect(body).not.toHaveProperty("metadata")
  return body["video"] as Record<string, unknown>
}

test("unused tickets and denied identities are remembered longer than any token of theirs lives", async () => {
  const { client, serial } = await seatGuest(service, room)
  const { token } = await ticketOf(client)
  opened(await knock("/rtc", { access_token: token }))
  const out = await room.host.makeHead({ newEpoch: true, removed: [serial as SeatSerial] })
  await room.leader.outcome("head", out)
  const { db } = service.server.service
  const kept = async () => (await db.selectFrom("identities").select("identity").execute()).length
  service.clock.now = (service.clock.now + 11 * 60_000) as EpochMs
  await service.server.sweep()
  expect(await kept()).toBe(1)
  service.clock.now = (service.clock.now + 1) as EpochMs
  await service.server.sweep()
  expect(await kept()).toBe(0)
})
