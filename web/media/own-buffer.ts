import type { Bytes } from "#crypto/base/bytes"

/** The bytes as an ArrayBuffer of exactly their length: what a frame takes. */
export function ownBuffer(bytes: Bytes): ArrayBuffer {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer
}
