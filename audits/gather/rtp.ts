import type { Packet } from "../evidence.ts"

/**
 * Reads one RTP packet (RFC 3550 §5.1, header extensions RFC 8285), padding removed.
 * @returns undefined for anything else, RTCP included.
 */
export function readRtp(bytes: Uint8Array, at: number): Packet | undefined {
  if (bytes.length < 12) return undefined
  const data = Buffer.from(bytes)
  const first = data.readUInt8(0)
  const type = data.readUInt8(1)
  // RFC 5761 §4: payload types 64…95 are RTCP's when both share a port.
  if (first >> 6 !== 2 || ((type & 0x7f) >= 64 && (type & 0x7f) <= 95)) return undefined
  let start = 12 + 4 * (first & 0x0f)
  let extensions: Packet["extensions"] = []
  if ((first & 0x10) !== 0) {
    if (data.length < start + 4) return undefined
    const profile = data.readUInt16BE(start)
    const length = 4 * data.readUInt16BE(start + 2)
    extensions = readExtensions(data.subarray(start + 4, start + 4 + length), profile)
    start += 4 + length
  }
  const padding = (first & 0x20) === 0 ? 0 : (data.at(-1) ?? 0)
  if (start + padding > data.length) return undefined
  return {
    at,
    ssrc: data.readUInt32BE(8),
    sequence: data.readUInt16BE(2),
    timestamp: data.readUInt32BE(4),
    extensions,
    payload: new Uint8Array(data.subarray(start, data.length - padding)),
  }
}

const oneByteProfile = 0xbede

function readExtensions(data: Buffer, profile: number): Packet["extensions"] {
  const found: { id: number; bytes: Uint8Array }[] = []
  let at = 0
  while (at < data.length) {
    const first = data.readUInt8(at)
    if (first === 0) {
      at++ // padding between elements
      continue
    }
    const oneByte = profile === oneByteProfile
    const id = oneByte ? first >> 4 : first
    const length = oneByte ? (first & 0x0f) + 1 : (data[at + 1] ?? 0)
    const start = at + (oneByte ? 1 : 2)
    if (oneByte && id === 15) break
    found.push({ id, bytes: new Uint8Array(data.subarray(start, start + length)) })
    at = start + length
  }
  return found
}
