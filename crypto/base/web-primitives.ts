import { chacha20poly1305 } from "@noble/ciphers/chacha.js"
import { ed25519 } from "@noble/curves/ed25519.js"
import { expand, extract } from "@noble/hashes/hkdf.js"
import { sha256 } from "@noble/hashes/sha2.js"

import { concat, fromHex, type Bytes } from "./bytes.ts"
import { UsageError } from "./errors.ts"
import { hpkeOpen, hpkeSeal, kemKeyPairOf } from "./hpke.ts"
import type { Primitives } from "./primitives.ts"
import { owned, webCrypto } from "./subtle.ts"

const algorithm = { name: "Ed25519" } as const
/** PKCS #8 around a 32-byte Ed25519 seed (RFC 8410 §7). */
const pkcs8Prefix = fromHex("302e020100300506032b657004220420")

/** WebCrypto, noble and @hpke: the same in Node, Chromium, Firefox, pages and workers. */
export const webPrimitives: Primitives = {
  random,
  hash(data) {
    return owned(sha256(data))
  },
  extract(salt, input) {
    return owned(extract(sha256, input, salt))
  },
  expand(secret, info, length) {
    return owned(expand(sha256, secret, info, length))
  },
  seal(key, nonce, aad, plaintext) {
    return owned(cipherOf(key, nonce, aad).encrypt(plaintext))
  },
  open(key, nonce, aad, ciphertext) {
    // outside the try: a key or nonce of another size is the caller's fault, not a tag that does not match
    const cipher = cipherOf(key, nonce, aad)
    try {
      return owned(cipher.decrypt(ciphertext))
    } catch {
      return undefined
    }
  },
  publicKey(seed) {
    requireSeed(seed)
    return owned(ed25519.getPublicKey(seed))
  },
  async sign(seed, message) {
    requireSeed(seed)
    const subtle = webCrypto().subtle
    const key = await subtle.importKey("pkcs8", concat(pkcs8Prefix, seed), algorithm, false, ["sign"])
    return new Uint8Array(await subtle.sign(algorithm, key, owned(message)))
  },
  async verify(publicKey, message, signature) {
    if (publicKey.length !== 32 || signature.length !== 64) return false
    const subtle = webCrypto().subtle
    try {
      const key = await subtle.importKey("raw", owned(publicKey), algorithm, false, ["verify"])
      return await subtle.verify(algorithm, key, owned(signature), owned(message))
    } catch (error) {
      // an engine may refuse at import a key that is no point; anything else is a fault of the engine and must be seen
      if (error instanceof Error && error.name === "DataError") return false
      throw error
    }
  },
  isStrictPublicKey(publicKey) {
    if (publicKey.length !== 32) return false
    try {
      const point = ed25519.Point.fromBytes(publicKey, false)
      return !point.isSmallOrder() && point.isTorsionFree()
    } catch {
      return false
    }
  },
  async kemKeyPair() {
    return kemKeyPairOf(random(32))
  },
  async hpkeSeal(publicKey, info, aad, plaintext) {
    return hpkeSeal(publicKey, info, aad, plaintext)
  },
  async hpkeOpen(secretKey, enc, info, aad, ct): Promise<Bytes | undefined> {
    return hpkeOpen(secretKey, enc, info, aad, ct)
  },
}

function random(length: number): Bytes {
  return webCrypto().getRandomValues(new Uint8Array(length))
}

function cipherOf(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array) {
  if (key.length !== 32 || nonce.length !== 12) throw new UsageError("aead", "The key has 32 bytes, the nonce 12.")
  return chacha20poly1305(key, nonce, aad)
}

function requireSeed(seed: Uint8Array): void {
  if (seed.length !== 32) throw new UsageError("seed", "An Ed25519 seed has 32 bytes.")
}
