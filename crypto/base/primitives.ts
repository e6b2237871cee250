import type { Bytes } from "./bytes.ts"

/** A key pair of the HPKE KEM (X-Wing): raw public key of 1216 B, raw private seed of 32 B. */
export interface KemKeyPair {
  readonly publicKey: Bytes
  readonly secretKey: Bytes
}

/**
 * Everything the protocol needs from outside itself. The browser, Node and the bots pass `webPrimitives`
 * (WebCrypto, noble, @hpke); a simulation may pass symbolic ones. No other file of crypto/ touches a primitive that
 * uses randomness or a key, except the frame path (crypto/media/sframe), which has its own AEAD for speed.
 */
export interface Primitives {
  /** `length` fresh random bytes. */
  random(length: number): Bytes
  /** SHA-256. */
  hash(data: Uint8Array): Bytes
  /** HKDF-Extract with SHA-256 (RFC 5869 §2.2): 32 B. */
  extract(salt: Uint8Array, input: Uint8Array): Bytes
  /** HKDF-Expand with SHA-256 (RFC 5869 §2.3): `length` bytes. */
  expand(secret: Uint8Array, info: Uint8Array, length: number): Bytes
  /** ChaCha20-Poly1305 (RFC 8439): ciphertext ‖ tag 16. */
  seal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Bytes
  /** The inverse of `seal`; undefined if the tag does not match. */
  open(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Bytes | undefined
  /** Ed25519 public key of a 32-byte seed (RFC 8032 §5.1.5). */
  publicKey(seed: Uint8Array): Bytes
  /** Ed25519 signature, 64 B. */
  sign(seed: Uint8Array, message: Uint8Array): Promise<Bytes>
  /** Ed25519 verification by WebCrypto in every engine, so that all members agree. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>
  /** Whether 32 bytes are a canonical, torsion-free Ed25519 point that is not of small order: asked once where a key enters. */
  isStrictPublicKey(publicKey: Uint8Array): boolean
  /** A fresh X-Wing key pair. */
  kemKeyPair(): Promise<KemKeyPair>
  /** HPKE base mode, X-Wing, HKDF-SHA256, ChaCha20-Poly1305, one message (RFC 9180 §6.1): enc 1120 ‖ ciphertext apart. */
  hpkeSeal(
    publicKey: Uint8Array,
    info: Uint8Array,
    aad: Uint8Array,
    plaintext: Uint8Array,
  ): Promise<{ readonly enc: Bytes; readonly ct: Bytes }>
  /** The inverse of `hpkeSeal`; undefined if it does not open. */
  hpkeOpen(
    secretKey: Uint8Array,
    enc: Uint8Array,
    info: Uint8Array,
    aad: Uint8Array,
    ct: Uint8Array,
  ): Promise<Bytes | undefined>
}
