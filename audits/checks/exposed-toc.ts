import { byFigures, defineAudit, none, tooLittle } from "../audit.ts"
import { memberFrames, searchable } from "../payload.ts"
import { declaredHeaders } from "../sframe/declared-header.ts"
import { chiSquareUniform } from "../stats/chi-square.ts"
import { entropy } from "../stats/entropy.ts"

/** Chance of a false alarm in one run, over all positions together. */
const alpha = 1e-6
const leastFrames = 1000

export const exposedToc = defineAudit({
  id: "exposed-toc",
  promise: "No byte position of a frame is in the clear, the codec's first byte included.",
  adversary: "the media server and its operator",
  vantage: "a subscriber without keys behind the media server",
  needs: ["frames"],
  judge: ({ frames }) => {
    // Once each: a frame sent twice is not two samples.
    const seen = new Map(memberFrames(frames).map((packet) => [searchable(packet.payload), packet]))
    const packets = [...seen.values()]
    if (packets.length < leastFrames) return tooLittle(`Only ${packets.length} frames were seen.`, packets.length)
    const headers = declaredHeaders(packets)
    const bodies = packets.map(({ payload }, i) => payload.subarray(headers[i]))
    const positions = [...countPositions(bodies, fromFront), ...countPositions(bodies, fromEnd)].map(
      ({ name, counts }) => ({ name, p: chiSquareUniform(counts).p, bits: entropy(counts) }),
    )
    if (positions.length === 0) return tooLittle("No byte position was seen often enough.", packets.length)
    const flagged = positions.filter(({ p }) => p < alpha / positions.length)
    const lowest = Math.min(...positions.map(({ bits }) => bits))
    return byFigures(
      packets.length,
      [
        none("byte positions that are not uniform", flagged.length, "positions"),
        { name: "lowest entropy of a position", value: lowest, unit: "bit", goal: "reported", ok: true },
        { name: "positions tested", value: positions.length, unit: "positions", goal: "reported", ok: true },
      ],
      `${positions.length} byte positions behind the SFrame header look uniform (chi-square, alpha ${alpha} over all).`,
      `Not uniform: ${flagged.map(({ name }) => name).join(", ")}.`,
    )
  },
})

interface Position {
  readonly name: string
  readonly counts: readonly number[]
}

const fromFront = (body: Uint8Array, i: number) => body[i]
const fromEnd = (body: Uint8Array, i: number) => body[body.length - 1 - i]

/** Byte frequencies by position, for positions with enough samples; the end counts apart only where sizes differ. */
function countPositions(
  bodies: readonly Uint8Array[],
  at: (body: Uint8Array, i: number) => number | undefined,
): Position[] {
  const longest = Math.max(...bodies.map((body) => body.length))
  const sameSize = bodies.every((body) => body.length === longest)
  if (at === fromEnd && sameSize) return []
  const found: Position[] = []
  for (let i = 0; i < longest; i++) {
    const counts = new Array<number>(256).fill(0)
    for (const body of bodies) {
      const byte = at(body, i)
      if (byte !== undefined) counts[byte] = (counts[byte] ?? 0) + 1
    }
    const n = counts.reduce((sum, count) => sum + count, 0)
    if (n >= leastFrames) found.push({ name: at === fromEnd ? `end − ${i}` : `byte ${i}`, counts })
  }
  return found
}
