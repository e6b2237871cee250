import type { IncomingMessage } from "node:http"
import { isIPv6 } from "node:net"

/**
 * Where a request comes from: the address of the socket, or what a proxy that the operator trusts says. It is a key of
 * rate limits and is never stored or logged.
 */
export function addressOf(request: IncomingMessage, trustedProxies: readonly string[]): string {
  return networkOf(fullAddressOf(request, trustedProxies))
}

/** Of an IPv6 address the first half: whoever has one has all the addresses that begin so. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = [], tail] = address.split("::", 2).map((part) => part.split(":").filter((group) => group !== ""))
  const zeros = 8 - head.length - (tail?.length ?? 0)
  const groups = [...head, ...Array.from({ length: tail === undefined ? 0 : zeros }, () => "0"), ...(tail ?? [])]
  return groups
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(":")
}

function fullAddressOf(request: IncomingMessage, trustedProxies: readonly string[]): string {
  const direct = plain(request.socket.remoteAddress ?? "")
  if (!trustedProxies.includes(direct)) return direct
  const forwarded = request.headers["x-forwarded-for"]
  const chain = Array.isArray(forwarded) ? forwarded.join(",") : (forwarded ?? "")
  const last = chain.split(",").at(-1)?.trim() ?? ""
  return last === "" ? direct : plain(last)
}

/** An IPv4 address as such, also where a socket for both kinds tells of it. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "")
