import type { Packet } from "../evidence.ts"
import { readHeader } from "./header.ts"

/**
 * How many bytes at the front of each packet are an SFrame header. The header is in the clear by its standard, so it
 * is exempt from tests for randomness, but only where it really is one: every packet must start with a well-formed
 * header, and along each stream the counters of a KID must rise. If not, nothing is exempt.
 */
export function declaredHeaders(packets: readonly Packet[]): number[] {
  const headers = packets.map(({ payload }) => readHeader(payload))
  const newest = new Map<string, { sequence: number; counter: bigint }>()
  let broken = 0
  packets.forEach((packet, i) => {
    const header = headers[i]
    if (header === undefined) {
      broken++
      return
    }
    const name = `${packet.ssrc}/${header.kid}`
    const last = newest.get(name)
    const ahead = last === undefined ? 1 : ((packet.sequence - last.sequence) << 16) >> 16
    if (ahead <= 0) return // late or sent again
    if (last !== undefined && header.counter <= last.counter) broken++
    newest.set(name, { sequence: packet.sequence, counter: header.counter })
  })
  // Plaintext yields "headers" with as many KIDs and jumps as there are packets; a rejoin yields one or two.
  const isHeader = broken <= packets.length / 100
  return headers.map((header) => (isHeader ? (header?.bytes ?? 0) : 0))
}
