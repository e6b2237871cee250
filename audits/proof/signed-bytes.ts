import { createHash, createPublicKey, verify } from "node:crypto"

/** What a signed object says of itself, as far as a contradiction needs it. */
export interface SignedBytes {
  readonly bytes: Buffer
  readonly body: Buffer
  /** SHA-256 of all its bytes. */
  readonly id: Buffer
  readonly space: Buffer
}

/** A link of the signed history (docs/protocol.md §3, type 4). */
export interface HeadBytes extends SignedBytes {
  readonly seq: number
  readonly prev: Buffer
  readonly reason: number
}

/** The host's rules (type 2). */
export interface PolicyBytes extends SignedBytes {
  readonly serial: number
}

const version = 1
const signatureBytes = 64
const head = { type: 4, bytes: 295, name: "sign-head" } as const
const policy = { type: 2, least: 145, most: 8192, name: "sign-policy" } as const

/** Reads a Head: fixed size, big-endian. @throws Error if the bytes are none */
export function readHead(bytes: Buffer): HeadBytes {
  if (bytes.length !== head.bytes) throw new Error("A Head is 295 bytes long.")
  const seq = bytes.readUInt32BE(18)
  return { ...common(bytes, head.type), seq, prev: bytes.subarray(22, 54), reason: bytes.readUInt8(223) }
}

/** Reads a policy's beginning; its lists say nothing about a contradiction. @throws Error if the bytes are none */
export function readPolicy(bytes: Buffer): PolicyBytes {
  if (bytes.length < policy.least || bytes.length > policy.most) throw new Error("A policy has another length.")
  return { ...common(bytes, policy.type), serial: bytes.readUInt32BE(18) }
}

function common(bytes: Buffer, type: number): SignedBytes {
  if (bytes[0] !== type || bytes[1] !== version) throw new Error("These bytes are of another kind, or version.")
  return { bytes, body: bytes.subarray(0, -signatureBytes), id: sha256(bytes), space: bytes.subarray(2, 18) }
}

export function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest()
}

/** Whether the key signed it: Ed25519 over "sottovoce v1 " ‖ name ‖ 0x00 ‖ body. A weak key has signed nothing. */
export function isSignedBy(key: Buffer, kind: "head" | "policy", { bytes, body }: SignedBytes): boolean {
  if (isWeak(key)) return false
  const { name } = kind === "head" ? head : policy
  const message = Buffer.concat([Buffer.from(`sottovoce v1 ${name}\0`), body])
  try {
    const publicKey = createPublicKey({
      key: { kty: "OKP", crv: "Ed25519", x: key.toString("base64url") },
      format: "jwk",
    })
    return verify(null, message, publicKey, bytes.subarray(-signatureBytes))
  } catch {
    return false
  }
}

const p = 2n ** 255n - 19n
/** The y of points of order 8; those of order 1, 2 and 4 have y = 1, −1 and 0. */
const y8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n
const weak = new Set([0n, 1n, p - 1n, y8, p - y8])

/** Keys of small order, under which anybody makes signatures, and keys that are written in no canonical way. */
function isWeak(key: Buffer): boolean {
  if (key.length !== 32) return true
  const y = BigInt(`0x${Buffer.from(key).reverse().toString("hex")}`) & (2n ** 255n - 1n)
  return y >= p || weak.has(y)
}
