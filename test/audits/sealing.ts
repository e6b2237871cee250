import { createCipheriv, randomBytes } from "node:crypto"
import type { EpochSecret } from "../../audits/evidence.ts"
import { baseKey, frameKey, nextStep } from "../../audits/sframe/keys.ts"

export function newEpoch(epoch: number, step: number): EpochSecret {
  return { at: 0, epoch, step, view: randomBytes(32), secret: randomBytes(32) }
}

export interface Sender {
  readonly index: number
  readonly step: number
  readonly counter: number
}

/** Seals a cell as a sender of this epoch would; `clear` bytes are left unencrypted behind the header. */
export function sealAs(
  from: EpochSecret,
  { index, step, counter }: Sender,
  cell: Uint8Array,
  clear: Uint8Array = new Uint8Array(0),
): Uint8Array {
  let secret = from.secret
  for (let r = from.step; r < step; r++) secret = nextStep(secret, from.view, r)
  const kid = ((1 + (from.epoch % 15)) << 12) | (index << 6) | step
  const { key, salt } = frameKey(baseKey(secret, from.view), BigInt(kid))
  const header = Buffer.from([0x99, kid >> 8, kid & 255, counter >> 8, counter & 255])
  const nonce = Buffer.from(salt)
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ counter) >>> 0, 8)
  const cipher = createCipheriv("aes-128-gcm", key, nonce)
  cipher.setAAD(Buffer.concat([header, clear]))
  return new Uint8Array(Buffer.concat([header, clear, cipher.update(cell), cipher.final(), cipher.getAuthTag()]))
}
