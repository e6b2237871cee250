import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { afterEach, expect, test } from "vitest"
import { WebSocketServer, type WebSocket } from "ws"

import { clientCodec, serviceCodec, type ServiceMessage } from "#crypto/wire/wire"
import { Courier, waitBefore } from "../../web/courier/courier.ts"
import { dialWebSocket, roomUrl } from "../../web/courier/line.ts"

/** What a courier told, as words, and a way to wait for the next. */
interface Told {
  readonly words: string[]
  until(holds: (words: readonly string[]) => boolean): Promise<void>
}

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

async function service(): Promise<{ readonly server: WebSocketServer; readonly url: string }> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" })
  await once(server, "listening")
  ends.push(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { server, url: roomUrl(`http://127.0.0.1:${port}`) }
}

function courierTo(url: string, waits: number[] = []): { readonly courier: Courier; readonly told: Told } {
  const words: string[] = []
  const looks = new Set<() => void>()
  const tell = (word: string): void => {
    words.push(word)
    for (const look of [...looks]) look()
  }
  const told: Told = {
    words,
    until: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!holds(words)) return
          looks.delete(look)
          resolve()
        }
        looks.add(look)
        look()
      }),
  }
  const courier = new Courier(
    {
      url,
      dial: dialWebSocket,
      monotonic: () => performance.now(),
      random: () => 0,
      after(ms, run) {
        // the watch on answers is not what these tests are about; a wait between two tries need not be waited
        if (ms >= 10_000) return () => undefined
        waits.push(ms)
        const timer = setTimeout(run, 0)
        return () => clearTimeout(timer)
      },
    },
    { online: () => tell("online"), offline: () => tell("offline"), message: ({ TAG }) => tell(TAG) },
  )
  ends.push(() => courier.stop())
  return { courier, told }
}

const challenge: ServiceMessage = { TAG: "challenge", data: { nonce: new Uint8Array(32) } }
const nextSocket = async (server: WebSocketServer): Promise<WebSocket> => {
  const [socket] = (await once(server, "connection")) as [WebSocket]
  return socket
}

test("messages cross both ways, in order", async () => {
  const { server, url } = await service()
  const arrival = nextSocket(server)
  const { courier, told } = courierTo(url)
  const socket = await arrival
  socket.send(serviceCodec.encode(challenge))
  socket.send(serviceCodec.encode({ TAG: "presence", data: { leader: true } }))
  await told.until((words) => words.includes("presence"))
  expect(told.words).toEqual(["online", "challenge", "presence"])

  const received = once(socket, "message") as Promise<[Buffer]>
  courier.send({ TAG: "sync", data: { ref: 7, since: 3 } })
  const [bytes] = await received
  expect(clientCodec.decode(bytes)).toEqual({ TAG: "sync", data: { ref: 7, since: 3 } })
})

test("a broken connection is told once and comes back by itself", async () => {
  const { server, url } = await service()
  const first = nextSocket(server)
  const { told } = courierTo(url)
  const socket = await first
  await told.until((words) => words.includes("online"))
  const second = nextSocket(server)
  socket.terminate()
  ;(await second).send(serviceCodec.encode(challenge))
  await told.until((words) => words.includes("challenge"))
  expect(told.words).toEqual(["online", "offline", "online", "challenge"])
})

test.each([
  ["random bytes", Uint8Array.of(99, 1, 2, 3)],
  ["a message with a tail", Uint8Array.from([...serviceCodec.encode(challenge), 0])],
  ["text", "hello"],
])("%s from the service end the connection and reach nobody", async (_name, bad) => {
  const { server, url } = await service()
  const first = nextSocket(server)
  const { courier, told } = courierTo(url)
  const again = first.then(() => nextSocket(server))
  ;(await first).send(bad)
  await again
  await told.until((words) => words.length >= 3)
  expect(told.words).toEqual(["online", "offline", "online"])
  expect(courier.malformed).toBe(1)
})

test("a courier that hangs up tells it once, hears nothing more of that connection, and dials again", async () => {
  const { server, url } = await service()
  const first = nextSocket(server)
  const { courier, told } = courierTo(url)
  const socket = await first
  await told.until((words) => words.includes("online"))
  const second = nextSocket(server)
  const closed = once(socket, "close")
  courier.hangUp()
  courier.hangUp()
  socket.send(serviceCodec.encode({ TAG: "presence", data: { leader: true } }))
  ;(await second).send(serviceCodec.encode(challenge))
  await closed
  await told.until((words) => words.includes("challenge"))
  expect(told.words).toEqual(["online", "offline", "online", "challenge"])
})

test("a stopped courier says nothing and dials no more", async () => {
  const { server, url } = await service()
  const first = nextSocket(server)
  const { courier, told } = courierTo(url)
  const socket = await first
  await told.until((words) => words.includes("online"))
  const closed = once(socket, "close")
  courier.stop()
  await closed
  expect(told.words).toEqual(["online"])
  expect(server.clients.size).toBe(0)
})

test("waits grow from 200 ms to 2 s, and the jitter takes off at most half", async () => {
  expect([0, 1, 2, 3, 4, 30].map((failures) => waitBefore(failures, 1))).toEqual([200, 400, 800, 1600, 2000, 2000])
  expect(waitBefore(0, 0)).toBe(100)

  const { server, url } = await service()
  server.on("connection", (socket) => socket.close())
  const waits: number[] = []
  const { told } = courierTo(url, waits)
  await told.until((words) => words.filter((word) => word === "offline").length >= 4)
  expect(waits.slice(0, 4)).toEqual([100, 200, 400, 800])
})
