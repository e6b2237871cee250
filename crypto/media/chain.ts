import { wipe, type Bytes } from "../base/bytes.ts"
import type { Primitives } from "../base/primitives.ts"
import { checkKey, lastStep, ratchet, sframeBase } from "./key-schedule.ts"

/** The secrets of one epoch from the step on at which this seat learned one. */
export interface Chain {
  readonly firstStep: number
  /** base(e, step), 32 B, to be wiped by the caller; undefined before `firstStep`, past 63 and after `wipe`. */
  base(step: number): Bytes | undefined
  /** check(e, step, index), 32 B, on the same terms. */
  check(step: number, index: number): Bytes | undefined
  wipe(): void
}

/**
 * Ratchets on demand and keeps what it made: whatever steps the frames name, an epoch costs at most 63 ratchet steps.
 * @param secret - secret(e, firstStep), 32 B; copied.
 */
export function createChain(p: Primitives, view: Uint8Array, firstStep: number, secret: Uint8Array): Chain {
  const secrets: Bytes[] = [Uint8Array.from(secret)]
  const secretAt = (step: number): Bytes | undefined => {
    if (step < firstStep || step > lastStep) return undefined
    for (let known = secrets.at(-1); known !== undefined && firstStep + secrets.length <= step; known = secrets.at(-1))
      secrets.push(ratchet(p, known, view, firstStep + secrets.length))
    return secrets[step - firstStep]
  }
  return {
    firstStep,
    base(step) {
      const wanted = secretAt(step)
      return wanted === undefined ? undefined : sframeBase(p, wanted, view)
    },
    check(step, index) {
      const wanted = secretAt(step)
      return wanted === undefined ? undefined : checkKey(p, wanted, view, index)
    },
    wipe() {
      wipe(...secrets)
      secrets.length = 0
    },
  }
}
