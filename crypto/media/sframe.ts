import { ctr, gcm } from "@noble/ciphers/aes.js"
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"

import { concat, uint, type Bytes } from "../base/bytes.ts"
import { owned } from "../base/subtle.ts"
import { decodeHeader, encodeHeader } from "./sframe-header.ts"
import { sframeNonce, suites, type SframeKeys, type Suite, type SuiteId } from "./sframe-keys.ts"

/**
 * Seals under any suite, synchronously (RFC 9605 §4.4.3). Rooms seal through aead.ts, which is four times as fast in
 * Chromium; this is the reference that the vectors run through and that aead.ts is compared with.
 * @returns header (1–17 B) ‖ ciphertext (as long as `plaintext`) ‖ tag
 */
export function sealFrame(
  suiteId: SuiteId,
  keys: SframeKeys,
  kid: number | bigint,
  counter: number | bigint,
  metadata: Uint8Array,
  plaintext: Uint8Array,
): Bytes {
  const header = encodeHeader(kid, counter)
  const aad = concat(header, metadata)
  return concat(header, aeadSeal(suites[suiteId], keys.key, sframeNonce(keys.salt, counter), aad, plaintext))
}

/** Opens what {@link sealFrame} made (RFC 9605 §4.4.4); undefined if the header is malformed or the tag does not match. */
export function openFrame(
  suiteId: SuiteId,
  keys: SframeKeys,
  metadata: Uint8Array,
  frame: Uint8Array,
): Bytes | undefined {
  const header = decodeHeader(frame)
  if (header === undefined) return undefined
  const aad = concat(frame.subarray(0, header.length), metadata)
  return aeadOpen(suites[suiteId], keys.key, sframeNonce(keys.salt, header.counter), aad, frame.subarray(header.length))
}

/** The suite's AEAD (RFC 9605 §4.5): ciphertext ‖ tag. */
export function aeadSeal(suite: Suite, key: Bytes, nonce: Bytes, aad: Uint8Array, plaintext: Uint8Array): Bytes {
  if (suite.cipher === "gcm") return owned(gcm(key, nonce, aad).encrypt(plaintext))
  const ciphertext = counterMode(key, nonce, plaintext)
  return concat(ciphertext, counterModeTag(suite, key, nonce, aad, ciphertext))
}

/** The inverse of {@link aeadSeal}; undefined if the tag does not match. */
export function aeadOpen(suite: Suite, key: Bytes, nonce: Bytes, aad: Bytes, sealed: Uint8Array): Bytes | undefined {
  if (sealed.length < suite.tagBytes) return undefined
  if (suite.cipher === "gcm") {
    const cipher = gcm(key, nonce, aad)
    try {
      return owned(cipher.decrypt(sealed))
    } catch {
      return undefined
    }
  }
  const ciphertext = sealed.subarray(0, sealed.length - suite.tagBytes)
  const expected = counterModeTag(suite, key, nonce, aad, ciphertext)
  let difference = 0
  for (let i = 0; i < suite.tagBytes; i++) difference |= (expected[i] ?? 0) ^ (sealed[ciphertext.length + i] ?? 0)
  return difference === 0 ? counterMode(key, nonce, ciphertext) : undefined
}

/** AES-CTR from nonce ‖ 0^32 (RFC 9605 §4.5.1). */
function counterMode(key: Bytes, nonce: Bytes, data: Uint8Array): Bytes {
  return owned(ctr(key.subarray(0, 16), concat(nonce, new Uint8Array(4))).encrypt(data))
}

/** HMAC over the three lengths, nonce, AAD and ciphertext, cut to Nt bytes (RFC 9605 §4.5.1). */
function counterModeTag(suite: Suite, key: Bytes, nonce: Bytes, aad: Uint8Array, ciphertext: Uint8Array): Bytes {
  const length = (bytes: number): Bytes => concat(new Uint8Array(2), uint(bytes, 6))
  const lengths = concat(length(aad.length), length(ciphertext.length), length(suite.tagBytes))
  return owned(hmac(sha256, key.subarray(16), concat(lengths, nonce, aad, ciphertext)).slice(0, suite.tagBytes))
}
