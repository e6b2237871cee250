import { hash as digest } from "node:crypto"

import { equal, fromHex, type Bytes } from "#crypto/base/bytes"
import { kemSizes } from "#crypto/base/hpke"
import type { Primitives } from "#crypto/base/primitives"

/** How every secret of symbolic crypto begins: whoever sees these bytes where they do not belong has found a leak. */
export const secretMark = fromHex("5ec2e75ec2e7")

/** Who made which public key: what a curve would know. */
export interface KeyBook {
  readonly signing: Map<string, Bytes>
  readonly kem: Map<string, Bytes>
}

export const newKeyBook = (): KeyBook => ({ signing: new Map(), kem: new Map() })

/**
 * Stand-ins for volume: deterministic, injective, and as closed to whoever lacks a key as a hash makes them. Signatures
 * and the KEM look their keys up in a book that only this file reads; sealing masks and authenticates.
 * @param random - bytes of chance
 * @param secretLengths - draws of these lengths are secrets and carry the mark
 */
export function symbolicPrimitives(
  book: KeyBook,
  random: (length: number) => Bytes,
  secretLengths: readonly number[],
): Primitives {
  const draw = (length: number): Bytes => (secretLengths.includes(length) ? marked(random(length)) : random(length))
  const open = (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Bytes | undefined => {
    if (sealed.length < 16) return undefined
    const body = sealed.subarray(0, -16)
    if (!equal(tagOf(key, nonce, aad, body), sealed.subarray(-16))) return undefined
    return masked(key, nonce, body)
  }
  const seal = (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Bytes => {
    const body = masked(key, nonce, plaintext)
    const out = new Uint8Array(body.length + 16)
    out.set(body)
    out.set(tagOf(key, nonce, aad, body), body.length)
    return out
  }
  return {
    random: draw,
    hash: (data) => sha256(data),
    extract: (salt, input) => marked(hashed("extract", salt, input)),
    expand(secret, info, length) {
      const out = new Uint8Array(length)
      for (let at = 0; at < length; at += 32)
        out.set(hashed(`expand ${at}`, secret, info).subarray(0, Math.min(32, length - at)), at)
      return length < 16 ? out : marked(out)
    },
    seal,
    open,
    publicKey(seed) {
      const key = hashed("public", seed)
      book.signing.set(nameOf(key), Uint8Array.from(seed))
      return key
    },
    sign: (seed, message) => Promise.resolve(signature(seed, message)),
    verify(publicKey, message, given) {
      const seed = book.signing.get(nameOf(publicKey))
      return Promise.resolve(seed !== undefined && equal(signature(seed, message), given))
    },
    isStrictPublicKey: (publicKey) => publicKey.length === 32,
    kemKeyPair() {
      const secretKey = marked(random(kemSizes.secretKey))
      const publicKey = new Uint8Array(kemSizes.publicKey)
      publicKey.set(hashed("kem", secretKey))
      book.kem.set(nameOf(publicKey.subarray(0, 32)), secretKey.slice())
      return Promise.resolve({ publicKey, secretKey })
    },
    hpkeSeal(publicKey, info, aad, plaintext) {
      const enc = new Uint8Array(kemSizes.enc)
      enc.set(random(32))
      const key = hashed("shared", publicKey.subarray(0, 32), enc.subarray(0, 32), info)
      return Promise.resolve({ enc, ct: seal(key, noNonce, aad, plaintext) })
    },
    hpkeOpen(secretKey, enc, info, aad, ct) {
      const publicKey = hashed("kem", secretKey)
      if (!book.kem.has(nameOf(publicKey))) return Promise.resolve(undefined)
      return Promise.resolve(open(hashed("shared", publicKey, enc.subarray(0, 32), info), noNonce, aad, ct))
    },
  }
}

const noNonce = new Uint8Array(12)

function sha256(...parts: readonly Uint8Array[]): Bytes {
  return Uint8Array.from(digest("sha256", parts.length === 1 ? (parts[0] ?? noNonce) : Buffer.concat(parts), "buffer"))
}

/** A hash of parts whose lengths are told apart. */
function hashed(what: string, ...parts: readonly Uint8Array[]): Bytes {
  return sha256(Buffer.from(`${what} ${parts.map(({ length }) => length).join(" ")} `), ...parts)
}

function signature(seed: Uint8Array, message: Uint8Array): Bytes {
  return Uint8Array.from(digest("sha512", Buffer.concat([seed, message]), "buffer"))
}

function tagOf(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, body: Uint8Array): Bytes {
  return hashed("tag", key, nonce, aad, body).subarray(0, 16)
}

function masked(key: Uint8Array, nonce: Uint8Array, text: Uint8Array): Bytes {
  const out = Uint8Array.from(text)
  for (let at = 0; at < out.length; at += 32) {
    const stream = hashed(`mask ${at}`, key, nonce)
    for (let i = 0; i < 32 && at + i < out.length; i++) out[at + i] = (out[at + i] ?? 0) ^ (stream[i] ?? 0)
  }
  return out
}

function marked(bytes: Bytes): Bytes {
  bytes.set(secretMark)
  return bytes
}

const nameOf = (key: Uint8Array): string => Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1")
