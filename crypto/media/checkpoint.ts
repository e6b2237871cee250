import { concat, uint, type Bytes } from "../base/bytes.ts"
import { info } from "../base/labels.ts"
import type { Primitives } from "../base/primitives.ts"
import { decodeFrames, framesBytes, type SentFrame } from "./checkpoint-body.ts"
import { decodeKid, type Kid } from "./kid.ts"

/** The first byte of every checkpoint on the wire. */
export const checkpointType = 0x12

const version = 1
const clearBytes = 8
/** Bytes of a Head's id that a checkpoint names. */
export const headBytes = 16
const signatureBytes = 64
const sealedBytes = headBytes + framesBytes + signatureBytes + 16
/** Every checkpoint has this size: 442 B. */
export const checkpointBytes = clearBytes + sealedBytes

/** Whose checkpoint it is, and the how-manieth of its epoch. */
export interface CheckpointPlace {
  /** 16 B. */
  readonly space: Bytes
  readonly epoch: number
  readonly index: number
  /** u32, counts up in each epoch: with it no key and nonce come twice. */
  readonly seq: number
}

/** What a checkpoint says once it is open. Nothing of it is known to be its sender's before its signature is. */
export interface Checkpoint {
  /** First bytes of the id of the newest Head its sender follows. */
  readonly head: Bytes
  readonly frames: readonly SentFrame[]
  /** head ‖ frames, as they are signed. */
  readonly body: Bytes
  readonly signature: Bytes
}

/** What a seat key signs: no other place, epoch or space has these bytes. */
export function checkpointMessage({ space, epoch, index, seq }: CheckpointPlace, body: Uint8Array): Bytes {
  return concat(info("sign-checkpoint"), space, uint(epoch, 4), uint(index, 1), uint(seq, 4), body)
}

/** What the SFU can read of a checkpoint: type u8 ‖ version u8 ‖ KID u16 ‖ seq u32. */
export function checkpointClear(kid: number, seq: number): Bytes {
  return Uint8Array.of(checkpointType, version, ...uint(kid, 2), ...uint(seq, 4))
}

/**
 * clear ‖ ChaCha20-Poly1305(head 16 ‖ frames ‖ signature 64), nonce 0^8 ‖ seq, AAD the clear bytes.
 * @param key - check(e, r, index) of the KID, 32 B.
 */
export function sealCheckpoint(
  p: Primitives,
  key: Uint8Array,
  { kid, seq }: { readonly kid: number; readonly seq: number },
  body: Uint8Array,
  signature: Uint8Array,
): Bytes {
  const clear = checkpointClear(kid, seq)
  return concat(clear, p.seal(key, nonceOf(seq), clear, concat(body, signature)))
}

/** What nobody can open and nobody can tell from a checkpoint: keeps the rhythm while there is nothing to vouch for. */
export function blindCheckpoint(p: Primitives, kid: number, seq: number): Bytes {
  return concat(checkpointClear(kid, seq), p.random(sealedBytes))
}

/** Reads the clear part; undefined for what is no checkpoint of ours. */
export function readClear(bytes: Uint8Array): { readonly kid: Kid; readonly seq: number } | undefined {
  if (bytes.length !== checkpointBytes || bytes[0] !== checkpointType || bytes[1] !== version) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, clearBytes)
  const kid = decodeKid(view.getUint16(2))
  return kid === undefined ? undefined : { kid, seq: view.getUint32(4) }
}

/** The inverse of {@link sealCheckpoint}; undefined if it does not open, or not to what a checkpoint is. */
export function openCheckpoint(p: Primitives, key: Uint8Array, bytes: Uint8Array): Checkpoint | undefined {
  const clear = readClear(bytes)
  if (clear === undefined) return undefined
  const plain = p.open(key, nonceOf(clear.seq), bytes.subarray(0, clearBytes), bytes.subarray(clearBytes))
  if (plain?.length !== sealedBytes - 16) return undefined
  const body = plain.slice(0, headBytes + framesBytes)
  const frames = decodeFrames(body.subarray(headBytes))
  // a key of a step vouches for frames of this step and those before it
  if (frames === undefined || frames.some(({ step }) => step > clear.kid.step)) return undefined
  return { head: body.slice(0, headBytes), frames, body, signature: plain.slice(headBytes + framesBytes) }
}

function nonceOf(seq: number): Bytes {
  return concat(new Uint8Array(8), uint(seq, 4))
}
