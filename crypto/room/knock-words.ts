import { info } from "../base/labels.ts"
import type { Primitives } from "../base/primitives.ts"
import { safetyWords } from "./safety-words.ts"

const count = 4

/**
 * Four words of a SeatRequest, the same for whoever knocks and for whoever lets people in: said aloud, or over another
 * channel, they tell which knock is whose.
 * @param request - id of the request.
 */
export function knockWords(p: Primitives, request: Uint8Array): readonly string[] {
  const bytes = p.hash(info("knock", request))
  return Array.from({ length: count }, (_, at) => {
    const [high, low] = bytes.subarray(2 * at, 2 * at + 2)
    return safetyWords[((high ?? 0) * 256 + (low ?? 0)) % safetyWords.length] ?? ""
  })
}
