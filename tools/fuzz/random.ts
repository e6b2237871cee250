/** Numbers that are the same for the same seed, for ever: an input is named by its seed and its number. */
export interface Random {
  /** An integer from 0 to `limit` − 1 (at most 2^32). */
  below(limit: number): number
  pick<T>(items: readonly [T, ...(readonly T[])]): T
}

/** sfc32 (Doty-Humphrey's small fast counter), started from a text. */
export function createRandom(seed: string): Random {
  let a = 0x9e3779b9
  let b = 0x243f6a88
  let c = 0xb7e15162
  let counter = 1
  const next = (): number => {
    const out = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + out) | 0
    return out >>> 0
  }
  for (let at = 0; at < seed.length; at++) {
    a ^= Math.imul(seed.charCodeAt(at) + 1, 0x01000193)
    next()
  }
  for (let round = 0; round < 12; round++) next()
  const below = (limit: number): number => Math.floor((next() / 0x1_0000_0000) * limit)
  return { below, pick: (items) => items[below(items.length)] ?? items[0] }
}
