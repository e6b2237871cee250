import type { Bytes } from "#crypto/base/bytes"
import { webPrimitives } from "#crypto/base/web-primitives"

/**
 * Random bytes, `length` of them, that are surely none of our objects or messages: the first byte is a type that none
 * has. Wholly random ones begin like a real object once in 256 times, and are then refused for another reason.
 */
export function garbage(length: number): Bytes {
  const bytes = webPrimitives.random(length)
  bytes[0] = 0xff
  return bytes
}
