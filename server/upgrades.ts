import type { IncomingMessage, Server } from "node:http"
import type { Duplex } from "node:stream"
import { WebSocketServer } from "ws"
import { maxClientMessage } from "#crypto/wire/wire"
import { addressOf } from "./http/address.ts"
import { faultOf } from "./log.ts"
import type { Service } from "./service.ts"
import { sfuQuery, ticketIn, type Gate } from "./sfu/gate.ts"
import { relay } from "./sfu/relay.ts"
import { serveRoomSocket } from "./socket/room-socket.ts"

export interface UpgradeParts {
  readonly service: Service
  readonly gate: Gate
  readonly sfuUrl: string
  readonly trustedProxies: readonly string[]
  readonly helloTimeoutMs: number | undefined
}

/** How long a client may take to say goodbye when the service stops, in ms. */
const closeTimeoutMs = 500

/** The one path of the SFU's signalling that a client needs; everything else there stays out of reach. */
const sfuPath = "/rtc"

/** Takes the two kinds of WebSocket: the room's, and the SFU's through the gate. @returns what closes them all */
export function acceptUpgrades(server: Server, parts: UpgradeParts): () => void {
  const { service, trustedProxies } = parts
  // Compression would make the size of a message depend on its content.
  const rooms = new WebSocketServer({ noServer: true, maxPayload: maxClientMessage, perMessageDeflate: false })
  const carried = new Set<Duplex>()

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy())
    // Cut by hand: a request target may be anything, and URL would throw on some.
    const [, pathname = "", query = ""] = /^([^?]*)\??(.*)$/s.exec(request.url ?? "") ?? []
    const address = addressOf(request, trustedProxies)
    if (!service.limits.sockets.take(address)) refuse(socket, "429 Too Many Requests")
    else if (pathname === "/api/room")
      rooms.handleUpgrade(request, socket, head, (client) =>
        serveRoomSocket(service, client, address, parts.helloTimeoutMs),
      )
    else if (pathname === sfuPath) {
      carried.add(socket)
      socket.on("close", () => carried.delete(socket))
      passGate(parts, request, socket, head, new URLSearchParams(query)).catch((error: unknown) => {
        service.log.error("fault", { fault: faultOf(error) })
        socket.destroy()
      })
    } else refuse(socket, "404 Not Found")
  })

  return () => {
    for (const client of rooms.clients) {
      client.close(1001)
      setTimeout(() => client.terminate(), closeTimeoutMs).unref()
    }
    for (const socket of carried) socket.destroy()
    rooms.close()
  }
}

async function passGate(
  { gate, sfuUrl }: UpgradeParts,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  query: URLSearchParams,
): Promise<void> {
  const pass = await gate.pass(ticketIn(query))
  if (pass === undefined) {
    refuse(socket, "401 Unauthorized")
    return
  }
  const target = `${sfuPath}?${sfuQuery(query).toString()}`
  if (await relay({ sfuUrl, target }, request, socket, head)) await pass.joined()
  else {
    await pass.undo()
    // Not 401 or 403: an SFU client gives up for ever on those.
    refuse(socket, "503 Service Unavailable")
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
