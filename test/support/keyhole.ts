import type { Bytes } from "#crypto/base/bytes"
import type { Primitives } from "#crypto/base/primitives"
import { frameKey, type FrameKey } from "#crypto/media/aead"
import { decodeCell } from "#crypto/media/cell"
import { createChain, type Chain } from "#crypto/media/chain"
import type { EpochSecret } from "#crypto/media/epoch-secret"
import { decodeKid, encodeKid, epochTag } from "#crypto/media/kid"
import { decodeRoomHeader } from "#crypto/media/sframe-header"

/** A frame somebody could look into. */
export interface Seen {
  readonly epoch: number
  readonly step: number
  readonly index: number
  readonly counter: number
  /** The Opus packet inside, as far as there is one. */
  readonly packet: Bytes | undefined
}

/**
 * Looks into frames with every secret ever learned: nothing is retired, no window is kept, no roster asked. What this
 * cannot open, no client with these secrets can.
 */
export class Keyhole {
  readonly #p: Primitives
  readonly #epochs: { readonly epoch: number; readonly chain: Chain; readonly keys: Map<number, Promise<FrameKey>> }[] =
    []

  constructor(p: Primitives, secrets: Iterable<EpochSecret> = []) {
    this.#p = p
    for (const secret of secrets) this.learn(secret)
  }

  learn({ epoch, view, step, secret }: EpochSecret): void {
    this.#epochs.push({ epoch, chain: createChain(this.#p, view, step, secret), keys: new Map() })
  }

  async look(frame: Uint8Array): Promise<Seen | undefined> {
    const header = decodeRoomHeader(frame)
    const kid = header && decodeKid(header.kid)
    if (header === undefined || kid === undefined) return undefined
    for (const { epoch, chain, keys } of this.#epochs) {
      if (epochTag(epoch) !== kid.tag) continue
      const code = encodeKid(epoch, kid.index, kid.step)
      const base = keys.has(code) ? undefined : chain.base(kid.step)
      if (base !== undefined) keys.set(code, frameKey(base, code))
      const key = await keys.get(code)
      const plaintext = await key?.open(header.counter, header.length, frame)
      if (plaintext === undefined) continue
      const cell = decodeCell(plaintext)
      const packet = cell === undefined || cell.lost ? undefined : cell.packet
      return { epoch, step: kid.step, index: kid.index, counter: header.counter, packet }
    }
    return undefined
  }

  /** How many of these open. */
  async count(frames: readonly Uint8Array[]): Promise<number> {
    const seen = await Promise.all(frames.map((frame) => this.look(frame)))
    return seen.filter((one) => one !== undefined).length
  }
}
