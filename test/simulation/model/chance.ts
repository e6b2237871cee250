import { hash } from "node:crypto"

import type { Bytes } from "#crypto/base/bytes"

/**
 * Chance that does not depend on the order of what is independent: whoever draws says what it is working on, and what
 * it draws hangs on that alone.
 */
export class Chance {
  #work: (() => string) | undefined
  #draws = 0

  /** From here on draws are for this piece of work. */
  begin(work: () => string): void {
    this.#work = work
    this.#draws = 0
  }

  bytes(length: number): Bytes {
    const out = new Uint8Array(length)
    const work = this.#work?.() ?? "nothing"
    for (let at = 0; at < length; at += 32) {
      const block = hash("sha256", `${work} ${this.#draws++}`, "buffer")
      out.set(block.subarray(0, Math.min(32, length - at)), at)
    }
    return out
  }
}
