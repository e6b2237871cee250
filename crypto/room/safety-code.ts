import { info } from "../base/labels.ts"
import type { Primitives } from "../base/primitives.ts"
import type { Chain } from "./head.ts"
import { safetyWords } from "./safety-words.ts"

/** What people read to one another: six groups of five digits, and six words. */
export interface SafetyCode {
  readonly digits: readonly string[]
  readonly words: readonly string[]
}

/**
 * The safety code of the newest Head whose seq is a multiple of eight: through the chain it covers the policy, the
 * stage, the seats and the whole past. The same at every member.
 * @returns undefined before such a Head is known.
 */
export function safetyCode(p: Primitives, chain: Chain): SafetyCode | undefined {
  if (chain.codeHead === undefined) return undefined
  const root = p.hash(info("code", chain.space, chain.hostPub, chain.codeHead))
  const bytes = p.expand(root, info("code", Uint8Array.of(1)), 48)
  const digits = Array.from({ length: 6 }, (_, group) => {
    let value = 0
    for (const byte of bytes.subarray(group * 5, group * 5 + 5)) value = (value * 256 + byte) % 100_000
    return value.toString().padStart(5, "0")
  })
  const words = Array.from({ length: 6 }, (_, at) => {
    const [high, low] = bytes.subarray(30 + 2 * at, 32 + 2 * at)
    return safetyWords[((high ?? 0) * 256 + (low ?? 0)) % safetyWords.length] ?? ""
  })
  return { digits, words }
}
