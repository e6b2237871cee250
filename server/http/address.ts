import type { IncomingMessage } from "node:http"

/**
 * The address a request comes from: of the socket, or what a proxy that the operator trusts says. It is a key of rate
 * limits and is never stored or logged.
 */
export function addressOf(request: IncomingMessage, trustedProxies: readonly string[]): string {
  const direct = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "")
  if (!trustedProxies.includes(direct)) return direct
  const forwarded = request.headers["x-forwarded-for"]
  const chain = Array.isArray(forwarded) ? forwarded.join(",") : (forwarded ?? "")
  const last = chain.split(",").at(-1)?.trim() ?? ""
  return last === "" ? direct : last
}
