import { request as httpRequest, type IncomingMessage } from "node:http"
import { request as httpsRequest } from "node:https"
import type { Duplex } from "node:stream"

const handshakeTimeoutMs = 10_000
/** The parts of a WebSocket handshake that the SFU needs; agent, cookies and addresses stay here. */
const passedHeaders = [
  "sec-websocket-key",
  "sec-websocket-version",
  "sec-websocket-extensions",
  "sec-websocket-protocol",
]
const answeredHeaders = ["sec-websocket-accept", "sec-websocket-extensions", "sec-websocket-protocol"]

/**
 * Opens the same WebSocket at the SFU and then carries bytes both ways, unread.
 * @param to - the SFU's address, and path with query there.
 * @returns whether the SFU took it; if not, nothing has been written to `client`.
 */
export async function relay(to: Upward, request: IncomingMessage, client: Duplex, head: Buffer): Promise<boolean> {
  const upstream = await openUpstream(to, request)
  if (upstream === undefined) return false
  if (client.destroyed) {
    upstream.socket.destroy()
    return true
  }
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    ...headerLines(upstream.response, answeredHeaders),
  ]
  client.write(`${lines.join("\r\n")}\r\n\r\n`)
  if (upstream.head.length > 0) client.write(upstream.head)
  if (head.length > 0) upstream.socket.write(head)
  join(client, upstream.socket)
  join(upstream.socket, client)
  return true
}

interface Upward {
  readonly sfuUrl: string
  readonly target: string
}

interface Upstream {
  readonly response: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

function openUpstream({ sfuUrl, target }: Upward, request: IncomingMessage): Promise<Upstream | undefined> {
  const base = new URL(sfuUrl.replace(/^ws/, "http"))
  const url = new URL(`${base.pathname.replace(/\/$/, "")}${target}`, base)
  const headers: Record<string, string> = { Connection: "Upgrade", Upgrade: "websocket" }
  for (const name of passedHeaders) {
    const value = request.headers[name]
    if (typeof value === "string") headers[name] = value
  }
  const outgoing = (base.protocol === "https:" ? httpsRequest : httpRequest)(url, {
    headers,
    timeout: handshakeTimeoutMs,
  })
  return new Promise((resolve) => {
    outgoing.on("upgrade", (response, socket, head) => resolve({ response, socket, head }))
    outgoing.on("response", (response) => {
      response.destroy()
      resolve(undefined)
    })
    outgoing.on("timeout", () => outgoing.destroy())
    outgoing.on("error", () => resolve(undefined))
    outgoing.on("close", () => resolve(undefined))
    outgoing.end()
  })
}

function headerLines(response: IncomingMessage, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const value = response.headers[name]
    return typeof value === "string" ? [`${name}: ${value}`] : []
  })
}

function join(from: Duplex, to: Duplex): void {
  from.pipe(to)
  from.on("error", () => to.destroy())
  from.on("close", () => to.destroy())
}
