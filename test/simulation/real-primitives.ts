import type { Bytes } from "#crypto/base/bytes"
import { hpkeSeal, kemKeyPairOf } from "#crypto/base/hpke"
import type { Primitives } from "#crypto/base/primitives"
import { webPrimitives } from "#crypto/base/web-primitives"

/** The product's crypto, with chance from a seed. */
export function realPrimitives(random: (length: number) => Bytes): Primitives {
  return {
    ...webPrimitives,
    random,
    kemKeyPair: () => kemKeyPairOf(random(32)),
    hpkeSeal: (publicKey, info, aad, plaintext) => hpkeSeal(publicKey, info, aad, plaintext, random(64)),
  }
}

/** Counts what is under way, so that a caller can wait until nothing is. */
export class Pending {
  #count = 0

  /** The same primitives, counted. */
  over(p: Primitives): Primitives {
    const counted = async <T>(work: Promise<T>): Promise<T> => {
      this.#count++
      try {
        return await work
      } finally {
        this.#count--
      }
    }
    return {
      ...p,
      sign: (seed, message) => counted(p.sign(seed, message)),
      verify: (publicKey, message, signature) => counted(p.verify(publicKey, message, signature)),
      kemKeyPair: () => counted(p.kemKeyPair()),
      hpkeSeal: (publicKey, info, aad, plaintext) => counted(p.hpkeSeal(publicKey, info, aad, plaintext)),
      hpkeOpen: (secretKey, enc, info, aad, ct) => counted(p.hpkeOpen(secretKey, enc, info, aad, ct)),
    }
  }

  /** Resolves when all that was begun has ended: everything here runs in microtasks, but for WebCrypto. */
  async quiet(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve))
    while (this.#count > 0)
  }
}
