import type { Bytes } from "../base/bytes.ts"

/**
 * RFC 9605 §4.3:
 *
 *   +-+-+-+-+-+-+-+-+---------------+---------------+
 *   |X|  K  |Y|  C  |   KID (0–8)   |   CTR (0–8)   |
 *   +-+-+-+-+-+-+-+-+---------------+---------------+
 *
 * X = 0: K is the KID itself (0–7). X = 1: K + 1 bytes of KID follow. Y and C say the same of CTR.
 */
export interface HeaderOf<Integer> {
  readonly kid: Integer
  readonly counter: Integer
  /** Bytes the header takes, 1–17. */
  readonly length: number
}

/** Encodes a header in its one shortest form. KID and CTR: 0…2^64 − 1 (as numbers, up to 2^53 − 1). */
export function encodeHeader(kid: number | bigint, counter: number | bigint): Bytes {
  const kidBytes = shortestLength(kid)
  const counterBytes = shortestLength(counter)
  const nibble = (value: number | bigint, bytes: number): number => (bytes === 0 ? Number(value) : 8 | (bytes - 1))
  const header = new Uint8Array(1 + kidBytes + counterBytes)
  header[0] = (nibble(kid, kidBytes) << 4) | nibble(counter, counterBytes)
  if (kidBytes > 0) writeBefore(header, 1 + kidBytes, kid)
  if (counterBytes > 0) writeBefore(header, header.length, counter)
  return header
}

/** Reads any header of the RFC; undefined if it is cut short or not in its shortest form. */
export function decodeHeader(frame: Uint8Array): HeaderOf<bigint> | undefined {
  const layout = layoutOf(frame)
  if (layout === undefined) return undefined
  const read = ({ inline, start, end }: Field): bigint => {
    let value = BigInt(inline)
    for (let i = start; i < end; i++) value = (value << 8n) | BigInt(frame[i] ?? 0)
    return value
  }
  return { kid: read(layout.kid), counter: read(layout.counter), length: layout.counter.end }
}

/** Reads a header of ours: a KID of 16 bits and a counter below 2^31, in plain numbers; undefined for all others. */
export function decodeRoomHeader(frame: Uint8Array): HeaderOf<number> | undefined {
  const layout = layoutOf(frame)
  if (layout === undefined) return undefined
  const { kid, counter } = layout
  if (kid.end - kid.start !== 2 || counter.end - counter.start > 4) return undefined
  const read = ({ inline, start, end }: Field): number => {
    let value = inline
    for (let i = start; i < end; i++) value = value * 256 + (frame[i] ?? 0)
    return value
  }
  const header = { kid: read(kid), counter: read(counter), length: counter.end }
  return header.counter < 2 ** 31 ? header : undefined
}

interface Field {
  /** The value where no bytes follow, else 0. */
  readonly inline: number
  readonly start: number
  readonly end: number
}

function layoutOf(frame: Uint8Array): { readonly kid: Field; readonly counter: Field } | undefined {
  const config = frame[0]
  if (config === undefined) return undefined
  const field = (nibble: number, start: number): Field | undefined => {
    if (nibble < 8) return { inline: nibble, start, end: start }
    const end = start + (nibble & 7) + 1
    const first = frame[start]
    if (first === undefined || end > frame.length) return undefined
    // §4.3 wants the shortest form: one byte holds what the nibble cannot, more bytes what fewer cannot
    return first < (end - start === 1 ? 8 : 1) ? undefined : { inline: 0, start, end }
  }
  const kid = field(config >> 4, 1)
  if (kid === undefined) return undefined
  const counter = field(config & 15, kid.end)
  return counter === undefined ? undefined : { kid, counter }
}

/** Bytes of the shortest form; 0 where the value fits the nibble. */
function shortestLength(value: number | bigint): number {
  if (value < 8) return 0
  let bytes = 0
  if (typeof value === "bigint") for (let rest = value; rest > 0n; rest >>= 8n) bytes++
  else for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes++
  return bytes
}

/** Writes a value big-endian, its last byte before `end`. */
function writeBefore(header: Bytes, end: number, value: number | bigint): void {
  let at = end
  if (typeof value === "bigint") for (let rest = value; rest > 0n; rest >>= 8n) header[--at] = Number(rest & 255n)
  else for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) header[--at] = rest % 256
}
