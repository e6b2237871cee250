import { concat, uint, wipe, type Bytes } from "../base/bytes.ts"
import { UsageError } from "../base/errors.ts"
import { info } from "../base/labels.ts"
import type { Primitives } from "../base/primitives.ts"

/** The last step of an epoch: KIDs have six bits for it. */
export const lastStep = 63

const secretBytes = 32

/**
 * secret(e, 0): HKDF-Extract(salt, fresh). The salt hangs on the newest secret of the epoch before, so that a weak
 * generator alone does not give the room away.
 * @param previous - The maker's newest secret of epoch e − 1, 32 B; undefined where there is none (salt: 32 zeros).
 * @param fresh - 32 random bytes.
 */
export function rootSecret(p: Primitives, previous: Uint8Array | undefined, fresh: Uint8Array): Bytes {
  const salt = previous === undefined ? new Uint8Array(secretBytes) : p.expand(previous, info("chain"), secretBytes)
  const secret = p.extract(salt, fresh)
  wipe(salt)
  return secret
}

/**
 * secret(e, nextStep) from secret(e, nextStep − 1), 32 B each. One way: whoever joins at a step opens nothing before it.
 * @param view - id of the epoch's first Head, 32 B: another history gives other keys.
 * @throws UsageError `step` outside 1…63
 */
export function ratchet(p: Primitives, secret: Uint8Array, view: Uint8Array, nextStep: number): Bytes {
  if (!Number.isInteger(nextStep) || nextStep < 1 || nextStep > lastStep)
    throw new UsageError("step", "An epoch has the steps 0 to 63.")
  return p.expand(secret, info("ratchet", view, uint(nextStep, 1)), secretBytes)
}

/** base(e, r), 32 B: the base key all senders' SFrame keys of this step are derived from (RFC 9605 §4.4.2). */
export function sframeBase(p: Primitives, secret: Uint8Array, view: Uint8Array): Bytes {
  return p.expand(secret, info("sframe", view), secretBytes)
}

/** check(e, r, index), 32 B: what seals the checkpoints of one sender at this step; a sibling of base(e, r). */
export function checkKey(p: Primitives, secret: Uint8Array, view: Uint8Array, index: number): Bytes {
  return p.expand(secret, info("check", view, uint(index, 1)), secretBytes)
}

/** What a Head or Step says about its secret, 32 B: nobody can be handed another one than the rest of the room. */
export function commit(p: Primitives, space: Uint8Array, epoch: number, step: number, secret: Uint8Array): Bytes {
  return p.hash(concat(info("commit"), space, uint(epoch, 4), uint(step, 1), secret))
}
