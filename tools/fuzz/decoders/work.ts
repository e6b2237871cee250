import type { Primitives } from "#crypto/base/primitives"

/** Counts what a bad frame makes a receiver do. */
export interface Work {
  /** The primitives that count. */
  readonly p: Primitives
  /** AEADs opened in this whole process since `reset`: the frame layer takes them from WebCrypto itself. */
  aeads(): number
  /** HKDF-Expands since `reset`. */
  expands(): number
  reset(): void
}

export function countWork(p: Primitives): Work {
  let aeads = 0
  let expands = 0
  const { subtle } = globalThis.crypto
  const decrypt = subtle.decrypt.bind(subtle)
  subtle.decrypt = (...given) => {
    aeads++
    return decrypt(...given)
  }
  const expand: Primitives["expand"] = (...given) => {
    expands++
    return p.expand(...given)
  }
  return {
    p: { ...p, expand },
    aeads: () => aeads,
    expands: () => expands,
    reset() {
      aeads = 0
      expands = 0
    },
  }
}
