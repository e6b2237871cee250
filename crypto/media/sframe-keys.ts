import { expand, extract } from "@noble/hashes/hkdf.js"
import { sha256, sha512 } from "@noble/hashes/sha2.js"

import { concat, uint, utf8, wipe, type Bytes } from "../base/bytes.ts"
import { owned } from "../base/subtle.ts"

/** Registered suites (RFC 9605 §8.1). */
export type SuiteId = 1 | 2 | 3 | 4 | 5

export interface Suite {
  readonly name: string
  readonly hash: "sha256" | "sha512"
  readonly cipher: "ctr-hmac" | "gcm"
  /** Nk, Nn, Nt of RFC 9605 §4.5, in bytes. */
  readonly keyBytes: number
  readonly nonceBytes: 12
  readonly tagBytes: number
}

/** RFC 9605 §4.5, table 2; the counter-mode suites' keys are 16 B for AES and 32 B for HMAC. */
export const suites: Readonly<Record<SuiteId, Suite>> = {
  1: {
    name: "AES_128_CTR_HMAC_SHA256_80",
    hash: "sha256",
    cipher: "ctr-hmac",
    keyBytes: 48,
    nonceBytes: 12,
    tagBytes: 10,
  },
  2: {
    name: "AES_128_CTR_HMAC_SHA256_64",
    hash: "sha256",
    cipher: "ctr-hmac",
    keyBytes: 48,
    nonceBytes: 12,
    tagBytes: 8,
  },
  3: {
    name: "AES_128_CTR_HMAC_SHA256_32",
    hash: "sha256",
    cipher: "ctr-hmac",
    keyBytes: 48,
    nonceBytes: 12,
    tagBytes: 4,
  },
  4: { name: "AES_128_GCM_SHA256_128", hash: "sha256", cipher: "gcm", keyBytes: 16, nonceBytes: 12, tagBytes: 16 },
  5: { name: "AES_256_GCM_SHA512_128", hash: "sha512", cipher: "gcm", keyBytes: 32, nonceBytes: 12, tagBytes: 16 },
}

/** The one suite of rooms: AES_128_GCM_SHA256_128. */
export const roomSuite: SuiteId = 4

export interface SframeKeys {
  readonly key: Bytes
  readonly salt: Bytes
}

const hashes = { sha256, sha512 } as const
const keyLabel = utf8("SFrame 1.0 Secret key ")
const saltLabel = utf8("SFrame 1.0 Secret salt ")

/**
 * Key and salt of one KID (RFC 9605 §4.4.2): HKDF of the base key, bound to KID and suite.
 * @param baseKey - base(e, r), any length.
 */
export function sframeKeys(suiteId: SuiteId, baseKey: Uint8Array, kid: number | bigint): SframeKeys {
  const suite = suites[suiteId]
  const hash = hashes[suite.hash]
  const secret = owned(extract(hash, baseKey, new Uint8Array(0)))
  const context = concat(uint64(kid), uint(suiteId, 2))
  const key = owned(expand(hash, secret, concat(keyLabel, context), suite.keyBytes))
  const salt = owned(expand(hash, secret, concat(saltLabel, context), suite.nonceBytes))
  wipe(secret)
  return { key, salt }
}

/**
 * nonce = salt XOR CTR, the counter big-endian at the right (RFC 9605 §4.4.3).
 * @param nonce - Where it is written, as long as the salt.
 */
export function sframeNonce(salt: Bytes, counter: number | bigint, nonce = new Uint8Array(salt.length)): Bytes {
  nonce.set(salt)
  const xor = (at: number, byte: number): void => {
    nonce[at] = (nonce[at] ?? 0) ^ byte
  }
  let at = nonce.length
  // plain numbers, the rooms' own, once for each frame: nothing is allocated beside the nonce
  if (typeof counter === "number")
    for (let rest = counter; rest > 0; rest = Math.floor(rest / 256)) xor(--at, rest % 256)
  else for (let rest = counter; rest > 0n; rest >>= 8n) xor(--at, Number(rest & 255n))
  return nonce
}

function uint64(value: number | bigint): Bytes {
  if (typeof value === "number") return concat(new Uint8Array(2), uint(value, 6))
  return concat(uint(Number(value >> 32n), 4), uint(Number(value & 0xffffffffn), 4))
}
