import { createHmac } from "node:crypto"

export interface FrameKey {
  readonly key: Uint8Array
  readonly salt: Uint8Array
}

const suite = 4 // AES_128_GCM_SHA256_128, RFC 9605 §8.1

/** HKDF-Expand with SHA-256 (RFC 5869 §2.3), `length` ≤ 32 bytes: one block. */
export function expand(secret: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return createHmac("sha256", secret).update(info).update(Uint8Array.of(1)).digest().subarray(0, length)
}

/** The secret of the next step inside an epoch: whoever holds step r can compute all that follow. */
export function nextStep(secret: Uint8Array, view: Uint8Array, step: number): Uint8Array {
  return expand(secret, roomInfo("ratchet", view, Uint8Array.of(step + 1)), 32)
}

/** SFrame's base_key of one step. */
export function baseKey(secret: Uint8Array, view: Uint8Array): Uint8Array {
  return expand(secret, roomInfo("sframe", view), 32)
}

/** Key and salt of one sender (RFC 9605 §4.4.2). */
export function frameKey(base: Uint8Array, kid: bigint): FrameKey {
  const secret = createHmac("sha256", new Uint8Array(0)).update(base).digest()
  const context = Buffer.alloc(10)
  context.writeBigUInt64BE(kid)
  context.writeUInt16BE(suite, 8)
  return {
    key: expand(secret, Buffer.concat([Buffer.from("SFrame 1.0 Secret key "), context]), 16),
    salt: expand(secret, Buffer.concat([Buffer.from("SFrame 1.0 Secret salt "), context]), 12),
  }
}

function roomInfo(label: string, ...context: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Buffer.from(`sottovoce v1 ${label}\0`), ...context])
}
