import { Chacha20Poly1305 } from "@hpke/chacha20poly1305"
import { CipherSuite, HkdfSha256 } from "@hpke/core"
import { XWing } from "@hpke/hybridkem-x-wing"

import type { Bytes } from "./bytes.ts"
import { UsageError, VerifyError } from "./errors.ts"
import type { KemKeyPair } from "./primitives.ts"

/** X-Wing's raw sizes in bytes (draft-connolly-cfrg-xwing-kem §5). */
export const kemSizes = { publicKey: 1216, secretKey: 32, enc: 1120 } as const

// The library's types name CryptoKey, which this folder does not have; a key of its own making is all it needs.
interface Key {
  readonly type: string
}
interface Kem {
  generateKeyPairDerand(seed: Bytes): Promise<{ readonly publicKey: Key }>
  serializePublicKey(key: Key): Promise<ArrayBuffer>
  deserializePublicKey(key: Bytes): Promise<Key>
  deserializePrivateKey(key: Bytes): Promise<Key>
}
interface Suite {
  seal(
    to: { readonly recipientPublicKey: Key; readonly info: ArrayBuffer; readonly ekm?: ArrayBuffer },
    plaintext: Bytes,
    aad: Bytes,
  ): Promise<{ readonly enc: ArrayBuffer; readonly ct: ArrayBuffer }>
  open(
    from: { readonly recipientKey: Key; readonly enc: ArrayBuffer; readonly info: ArrayBuffer },
    ciphertext: Bytes,
    aad: Bytes,
  ): Promise<ArrayBuffer>
}

const xWing = new XWing()
const kem = xWing as unknown as Kem
const suite = new CipherSuite({
  kem: xWing,
  kdf: new HkdfSha256(),
  aead: new Chacha20Poly1305(),
}) as unknown as Suite

// The library keeps whole buffers of what it is given, so a view into a larger buffer would bring its neighbours along.
const copy = (bytes: Uint8Array): Bytes => Uint8Array.from(bytes)

/** The X-Wing key pair of a 32-byte seed (draft-connolly-cfrg-xwing-kem §5.2). @throws UsageError `kem-seed` */
export async function kemKeyPairOf(seed: Uint8Array): Promise<KemKeyPair> {
  if (seed.length !== kemSizes.secretKey) throw new UsageError("kem-seed", "An X-Wing seed has 32 bytes.")
  const secretKey = copy(seed)
  const { publicKey } = await kem.generateKeyPairDerand(copy(seed))
  return { publicKey: copy(new Uint8Array(await kem.serializePublicKey(publicKey))), secretKey }
}

/**
 * Seals one message: HPKE base mode, X-Wing, HKDF-SHA256, ChaCha20-Poly1305 (RFC 9180 §6.1). Says nothing about who
 * sealed it: the caller signs.
 * @param randomness - 64 bytes of the KEM, for vectors only; left out, the library draws its own.
 * @throws UsageError `kem-public-key` if it has not 1216 bytes
 * @throws VerifyError `bad-kem-key` if it is no key (coefficients out of range, an X25519 point of small order)
 */
export async function hpkeSeal(
  publicKey: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  randomness?: Uint8Array,
): Promise<{ readonly enc: Bytes; readonly ct: Bytes }> {
  if (publicKey.length !== kemSizes.publicKey) throw new UsageError("kem-public-key", "An X-Wing key has 1216 bytes.")
  try {
    const recipientPublicKey = await kem.deserializePublicKey(copy(publicKey))
    const to = { recipientPublicKey, info: copy(info).buffer }
    const sealed = await suite.seal(
      randomness === undefined ? to : { ...to, ekm: copy(randomness).buffer },
      copy(plaintext),
      copy(aad),
    )
    return { enc: new Uint8Array(sealed.enc), ct: new Uint8Array(sealed.ct) }
  } catch {
    // The key came from a stranger; nothing else here can be at fault.
    throw new VerifyError("bad-kem-key", "This is no key of the KEM.")
  }
}

/** The inverse of {@link hpkeSeal}; undefined if it does not open, whatever the reason. @throws UsageError `kem-seed` */
export async function hpkeOpen(
  secretKey: Uint8Array,
  enc: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  ct: Uint8Array,
): Promise<Bytes | undefined> {
  if (secretKey.length !== kemSizes.secretKey) throw new UsageError("kem-seed", "An X-Wing seed has 32 bytes.")
  if (enc.length !== kemSizes.enc) return undefined
  const recipientKey = await kem.deserializePrivateKey(copy(secretKey))
  try {
    const from = { recipientKey, enc: copy(enc).buffer, info: copy(info).buffer }
    return new Uint8Array(await suite.open(from, copy(ct), copy(aad)))
  } catch {
    return undefined
  }
}
