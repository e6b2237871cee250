import { wipe, type Bytes } from "../base/bytes.ts"
import { owned, webCrypto } from "../base/subtle.ts"
import { encodeHeader } from "./sframe-header.ts"
import { roomSuite, sframeKeys, sframeNonce, suites } from "./sframe-keys.ts"

/** Bytes of the tag at the end of every frame. */
export const tagBytes = suites[roomSuite].tagBytes

/** One sender's key at one step: sealing and opening under AES_128_GCM_SHA256_128, empty metadata. */
export interface FrameKey {
  /**
   * header ‖ ciphertext ‖ tag (RFC 9605 §4.4.3). Each counter at most once, ever: the caller's duty (counter.ts). The
   * plaintext is read before this returns.
   */
  seal(counter: number, plaintext: Uint8Array): Promise<Bytes>
  /** The plaintext; undefined if the tag does not match (RFC 9605 §4.4.4). `headerBytes` of `frame` are its header. */
  open(counter: number, headerBytes: number, frame: Uint8Array): Promise<Bytes | undefined>
}

/**
 * Derives and imports the key of one KID (RFC 9605 §4.4.2). It stays in WebCrypto, not extractable; the raw bytes are
 * wiped here.
 * @param base - base(e, r), 32 B.
 */
export async function frameKey(base: Uint8Array, kid: number): Promise<FrameKey> {
  const { key, salt } = sframeKeys(roomSuite, base, kid)
  const subtle = webCrypto().subtle
  const handle = await subtle.importKey("raw", key, { name: "AES-GCM" }, false, ["encrypt", "decrypt"])
  wipe(key)
  // one for all frames: WebCrypto copies what it is given before it returns, and a buffer of its own costs a frame more
  const iv = new Uint8Array(new ArrayBuffer(salt.length))
  const parameters = (counter: number, header: Bytes) =>
    ({ name: "AES-GCM", iv: sframeNonce(salt, counter, iv), additionalData: header, tagLength: 128 }) as const
  // `then`, not `await`: each async function in the way of a frame costs Firefox one or two microseconds
  return {
    seal(counter, plaintext) {
      const header = encodeHeader(kid, counter)
      const frame = new Uint8Array(header.length + plaintext.length + tagBytes)
      frame.set(header)
      const aad = frame.subarray(0, header.length)
      return subtle.encrypt(parameters(counter, aad), handle, owned(plaintext)).then((sealed) => {
        frame.set(new Uint8Array(sealed), header.length)
        return frame
      })
    },
    open(counter, headerBytes, frame) {
      const header = owned(frame).subarray(0, headerBytes)
      const sealed = owned(frame).subarray(headerBytes)
      return subtle.decrypt(parameters(counter, header), handle, sealed).then(
        (plaintext) => new Uint8Array(plaintext),
        (error: unknown) => {
          // WebCrypto says so when the tag does not match; anything else is a fault of ours and must be seen
          if (error instanceof Error && error.name === "OperationError") return undefined
          throw error
        },
      )
    },
  }
}
