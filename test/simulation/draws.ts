import type { Bytes } from "#crypto/base/bytes"
import { createRandom, type Random } from "../../tools/fuzz/random.ts"

/** Everything that chance decides, from one seed. */
export class Draws {
  readonly #random: Random

  constructor(seed: string) {
    this.#random = createRandom(seed)
  }

  /** An integer from 0 to `limit` − 1. */
  below(limit: number): number {
    return this.#random.below(limit)
  }

  /** An integer from `low` to `high`. */
  between(low: number, high: number): number {
    return low + this.#random.below(high - low + 1)
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.#random.below(1_000_000) < probability * 1_000_000
  }

  /** One of them; undefined if there is none. */
  pick<T>(items: readonly T[]): T | undefined {
    return items[this.#random.below(Math.max(1, items.length))]
  }

  bytes(length: number): Bytes {
    const out = new Uint8Array(length)
    for (let at = 0; at < length; at += 4) {
      const word = this.#random.below(0x1_0000_0000)
      for (let i = at; i < Math.min(at + 4, length); i++) out[i] = word >>> (8 * (i - at))
    }
    return out
  }
}
