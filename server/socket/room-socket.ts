import type { WebSocket } from "ws"
import { clientCodec, type ClientMessage } from "#crypto/wire/wire"
import { codeOf, Refusal } from "../errors.ts"
import { faultOf } from "../log.ts"
import type { Service } from "../service.ts"
import { Connection } from "./connection.ts"
import { handle } from "./handlers.ts"

/** A member's largest message; only who leads, or may lead now, sends larger ones. */
const memberMessageBytes = 8192
/** A socket that has shown no key by then is closed, in ms. */
export const helloTimeoutMs = 5_000
/** Messages that may wait for their turn on one socket before it is cut. */
const maxBacklog = 256
/** Refusals for speed before a socket is cut. */
const maxRefusedForSpeed = 300

/** Serves one room socket: the challenge first, then one answer to each message, in order. */
export function serveRoomSocket(
  service: Service,
  socket: WebSocket,
  address: string,
  timeoutMs = helloTimeoutMs,
): void {
  const connection = new Connection(socket, service.p.random(32), address)
  const rateKey = service.p.random(8).join(".")
  let tail = Promise.resolve()
  let backlog = 0
  let tooFast = 0
  const timeout = setTimeout(() => {
    if (connection.room === undefined) connection.terminate()
  }, timeoutMs)

  socket.on("message", (data, isBinary) => {
    if (!isBinary || !Buffer.isBuffer(data) || ++backlog > maxBacklog) {
      connection.terminate()
      return
    }
    tail = tail.then(() => take(Uint8Array.from(data))).finally(() => backlog--)
  })
  socket.on("error", () => connection.terminate())
  socket.on("close", () => {
    clearTimeout(timeout)
    tail = tail.then(() => leave(service, connection))
  })
  connection.send({ TAG: "challenge", data: { nonce: connection.nonce } })

  async function take(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (connection.cut) return
    const leads = connection.room?.mayLead(connection) ?? false
    let ref = 0
    try {
      if (!leads && bytes.length > memberMessageBytes) throw new Refusal("too-large")
      const message = clientCodec.decode(bytes)
      ref = message.data.ref
      const { limits } = service
      if (!(leads ? limits.leader : limits.member).take(rateKey)) throw new Refusal("rate-limited")
      requireShownKey(connection, message)
      const answer = await handle(service, connection, message)
      if (answer !== undefined) connection.send(answer)
    } catch (error) {
      const code = codeOf(error)
      if (code === "internal") service.log.error("fault", { fault: faultOf(error) })
      if (code === "rate-limited" && ++tooFast > maxRefusedForSpeed) connection.terminate()
      connection.send({ TAG: "error", data: { ref, code } })
      // A stranger has one attempt.
      if (connection.room === undefined) connection.close()
    }
  }
}

function requireShownKey(connection: Connection, message: ClientMessage): void {
  if (connection.room === undefined && message.TAG !== "hello") throw new Refusal("not-available")
}

function leave({ rooms }: Service, connection: Connection): void {
  const { room } = connection
  if (room === undefined) return
  room.leave(connection)
  connection.room = undefined
  rooms.release(room.state.space)
}
