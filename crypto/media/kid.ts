import { UsageError } from "../base/errors.ts"

/**
 * The 16-bit KID of a frame: 15–12 epoch tag · 11–6 sender index · 5–0 step. The tag is 1 + (epoch mod 15), never 0, so
 * a KID always takes two bytes and every frame has the same size.
 */
export interface Kid {
  readonly tag: number
  readonly index: number
  readonly step: number
}

/** Epochs that are this far apart share a tag. */
export const tagPeriod = 15

export function epochTag(epoch: number): number {
  return 1 + (epoch % tagPeriod)
}

/** @throws UsageError `kid` if index or step is outside 0…63 */
export function encodeKid(epoch: number, index: number, step: number): number {
  const fits = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 64
  if (!fits(index) || !fits(step)) throw new UsageError("kid", "Sender index and step are 0 to 63.")
  return (epochTag(epoch) << 12) | (index << 6) | step
}

/** Takes 16 bits apart; undefined for tag 0, which no epoch has. */
export function decodeKid(kid: number): Kid | undefined {
  const tag = kid >> 12
  return tag === 0 ? undefined : { tag, index: (kid >> 6) & 63, step: kid & 63 }
}
