import { concat, uint, type Bytes } from "./bytes.ts"
import type { Coder } from "./codec.ts"
import { CodecError, VerifyError } from "./errors.ts"
import type { ObjectId } from "./ids.ts"
import { info, type Label } from "./labels.ts"
import type { Primitives } from "./primitives.ts"

/** A signed object: its fields, its exact bytes and its id = H(bytes). */
export interface Signed<T> {
  readonly fields: T
  readonly bytes: Bytes
  readonly id: ObjectId
}

/**
 * One kind of signed object: type u8 ‖ version u8 ‖ fields ‖ signature 64. The signature is Ed25519 over
 * "sottovoce v1 " ‖ name ‖ 0x00 ‖ all bytes before it, so no object can stand for one of another kind.
 */
export interface SignedKind<T> {
  /** @throws CodecError `malformed` (a value out of its range), `oversized` */
  sign(p: Primitives, seed: Uint8Array, fields: T): Promise<Signed<T>>
  /** Shape only; nothing is verified. @throws CodecError */
  decode(p: Primitives, bytes: Uint8Array): Signed<T>
  /** @throws VerifyError `bad-signature` */
  verify(p: Primitives, object: Signed<T>, publicKey: Uint8Array): Promise<void>
}

const version = 1
const signatureLength = 64

export function signedKind<T>(label: Label, type: number, fields: Coder<T>, maxBytes: number): SignedKind<T> {
  const head = Uint8Array.of(type, version)
  return {
    async sign(p, seed, value) {
      let encoded: Uint8Array
      try {
        encoded = fields.encode(value)
      } catch {
        throw new CodecError("malformed", `This value is not a ${label}.`)
      }
      const body = concat(head, encoded)
      const bytes = concat(body, await p.sign(seed, info(label, body)))
      if (bytes.length > maxBytes) throw new CodecError("oversized", `${label} is larger than ${maxBytes} bytes.`)
      return { fields: value, bytes, id: p.hash(bytes) as ObjectId }
    },
    decode(p, input) {
      const bytes = Uint8Array.from(input)
      if (bytes.length > maxBytes) throw new CodecError("oversized", `${label} is larger than ${maxBytes} bytes.`)
      if (bytes.length < 2 + signatureLength) throw new CodecError("malformed", `These bytes are not a ${label}.`)
      if (bytes[0] !== type) throw new CodecError("malformed", `These bytes are not a ${label}.`)
      if (bytes[1] !== version) throw new CodecError("unknown-version", `This ${label} is of a version we do not know.`)
      let value: T
      try {
        value = fields.decode(bytes.slice(2, -signatureLength))
      } catch {
        throw new CodecError("malformed", `These bytes are not a ${label}.`)
      }
      return { fields: value, bytes, id: p.hash(bytes) as ObjectId }
    },
    async verify(p, object, publicKey) {
      const body = object.bytes.subarray(0, -signatureLength)
      const signature = object.bytes.subarray(-signatureLength)
      if (!(await p.verify(publicKey, info(label, body), signature)))
        throw new VerifyError("bad-signature", `The signature of this ${label} is not its signer's.`)
    },
  }
}

/** Hash of an unsigned structure that a Head names: H(type u8 ‖ version u8 ‖ content). */
export function contentHash(p: Primitives, type: number, content: Uint8Array): Bytes {
  return p.hash(concat(uint(type, 1), uint(version, 1), content))
}
