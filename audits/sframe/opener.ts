import { createDecipheriv } from "node:crypto"
import type { EpochSecret } from "../evidence.ts"
import { readHeader, type Header } from "./header.ts"
import { baseKey, frameKey, nextStep, type FrameKey } from "./keys.ts"

const tagBytes = 16

/** How an auditor names what it opened a frame with. */
export interface Opened {
  readonly epoch: number
  readonly plaintext: Uint8Array
}

/**
 * Tries to open frames with everything that follows from recorded secrets. KID: 15–12 = 1 + (epoch mod 15), 11–6 the
 * sender's index, 5–0 the step. A defender picks one key; an auditor tries every recorded secret that could fit.
 */
export class Opener {
  readonly #secrets: readonly EpochSecret[]
  readonly #keys = new Map<string, FrameKey>()

  constructor(secrets: readonly EpochSecret[]) {
    this.#secrets = secrets
  }

  /** undefined: no recorded secret opens this frame. */
  open(frame: Uint8Array): Opened | undefined {
    const header = readHeader(frame)
    if (header === undefined || header.kid > 0xffffn || frame.length < header.bytes + tagBytes) return undefined
    const tag = Number(header.kid >> 12n)
    const step = Number(header.kid & 63n)
    for (const [i, secret] of this.#secrets.entries()) {
      if (1 + (secret.epoch % 15) !== tag || secret.step > step) continue
      const plaintext = openFrame(frame, header, this.#key(i, secret, header.kid, step))
      if (plaintext !== undefined) return { epoch: secret.epoch, plaintext }
    }
    return undefined
  }

  #key(i: number, from: EpochSecret, kid: bigint, step: number): FrameKey {
    const name = `${i}/${kid}`
    const known = this.#keys.get(name)
    if (known !== undefined) return known
    let secret = from.secret
    for (let r = from.step; r < step; r++) secret = nextStep(secret, from.view, r)
    const key = frameKey(baseKey(secret, from.view), kid)
    this.#keys.set(name, key)
    return key
  }
}

/** RFC 9605 §4.4.4 with AES-128-GCM: nonce = salt XOR counter, the header is the associated data. */
export function openFrame(frame: Uint8Array, header: Header, { key, salt }: FrameKey): Uint8Array | undefined {
  const nonce = Buffer.from(salt)
  nonce.writeBigUInt64BE(nonce.readBigUInt64BE(4) ^ header.counter, 4)
  const cipher = createDecipheriv("aes-128-gcm", key, nonce)
  cipher.setAAD(frame.subarray(0, header.bytes))
  cipher.setAuthTag(frame.subarray(frame.length - tagBytes))
  const opened = cipher.update(frame.subarray(header.bytes, frame.length - tagBytes))
  try {
    return Buffer.concat([opened, cipher.final()])
  } catch {
    return undefined // another key: expected, that is the question asked
  }
}
