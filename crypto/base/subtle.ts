import type { Bytes } from "./bytes.ts"

/** A key inside WebCrypto. Never read from here: only handed back to {@link subtle}. */
export interface KeyHandle {
  readonly type: string
  readonly extractable: boolean
}

interface GcmParams {
  readonly name: "AES-GCM"
  readonly iv: Bytes
  readonly additionalData: Bytes
  /** Bits. */
  readonly tagLength: 128
}

interface Subtle {
  importKey(
    format: "raw" | "pkcs8",
    key: Bytes,
    algorithm: { readonly name: "Ed25519" | "AES-GCM" },
    extractable: false,
    usages: readonly ("sign" | "verify" | "encrypt" | "decrypt")[],
  ): Promise<KeyHandle>
  sign(algorithm: { readonly name: "Ed25519" }, key: KeyHandle, data: Bytes): Promise<ArrayBuffer>
  verify(algorithm: { readonly name: "Ed25519" }, key: KeyHandle, signature: Bytes, data: Bytes): Promise<boolean>
  encrypt(algorithm: GcmParams, key: KeyHandle, data: Bytes): Promise<ArrayBuffer>
  decrypt(algorithm: GcmParams, key: KeyHandle, data: Bytes): Promise<ArrayBuffer>
}

interface WebCrypto {
  readonly subtle: Subtle
  getRandomValues(bytes: Bytes): Bytes
}

/**
 * The part of WebCrypto this folder uses, in its own words: it compiles with no DOM and no Node types, so that nothing
 * here can reach a window, a file or a socket. Looked up at each call: a page without a secure context has no
 * `subtle`, and the call then fails instead of the import.
 */
export function webCrypto(): WebCrypto {
  return (globalThis as unknown as { readonly crypto: WebCrypto }).crypto
}

/** Bytes that WebCrypto takes: shared memory is copied, all else passes as it is. */
export function owned(bytes: Uint8Array): Bytes {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Bytes) : Uint8Array.from(bytes)
}
