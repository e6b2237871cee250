import { CodecError } from "./errors.ts"

export type Bytes = Uint8Array<ArrayBuffer>

/** Joins byte strings into a new one. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  let length = 0
  for (const part of parts) length += part.length
  const joined = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** Compares two public byte strings. Not constant-time: never call it on a secret. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Overwrites a secret with zeros. Best effort: engines may have copied it (SECURITY.md says so). */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0)
}

/** ASCII or UTF-8 text as bytes. */
export function utf8(text: string): Bytes {
  const out: number[] = []
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0
    if (point < 0x80) out.push(point)
    else if (point < 0x800) out.push(0xc0 | (point >> 6), 0x80 | (point & 63))
    else if (point < 0x10000) out.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63))
    else out.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63))
  }
  return Uint8Array.from(out)
}

/** Big-endian unsigned integer of `size` bytes (1–6). */
export function uint(value: number, size: number): Bytes {
  const out = new Uint8Array(size)
  let rest = value
  for (let i = size - 1; i >= 0; i--) {
    out[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return out
}

const hexDigits = "0123456789abcdef"

/** Lower-case hexadecimal, for map keys and vectors. */
export function toHex(bytes: Uint8Array): string {
  let text = ""
  for (const byte of bytes) text += hexDigits.charAt(byte >> 4) + hexDigits.charAt(byte & 15)
  return text
}

/** The inverse of {@link toHex}. @throws CodecError `hex` */
export function fromHex(text: string): Bytes {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text))
    throw new CodecError("hex", "This is not lower-case hexadecimal.")
  const out = new Uint8Array(text.length / 2)
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return out
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/** base64url without padding (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  let text = ""
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    const digits = Math.min(bytes.length - i, 3) + 1
    for (let d = 0; d < digits; d++) text += base64Alphabet.charAt((group >> (18 - 6 * d)) & 63)
  }
  return text
}

/** The inverse of {@link toBase64Url}; refuses padding, other alphabets and non-zero spare bits. @throws CodecError `base64url` */
export function fromBase64Url(text: string): Bytes {
  const refuse = (): never => {
    throw new CodecError("base64url", "This is not canonical base64url.")
  }
  if (text.length % 4 === 1) refuse()
  const out = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let count = 0
  let offset = 0
  for (const char of text) {
    const digit = base64Alphabet.indexOf(char)
    if (digit < 0) refuse()
    bits = (bits << 6) | digit
    count += 6
    if (count >= 8) {
      count -= 8
      out[offset++] = (bits >> count) & 255
      bits &= (1 << count) - 1
    }
  }
  if (bits !== 0) refuse()
  return out
}
