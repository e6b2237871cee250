import { byFigures, defineAudit, tooLittle, type Figure } from "../audit.ts"
import type { Packet, Phase } from "../evidence.ts"
import { memberFrames } from "../payload.ts"
import { readHeader } from "../sframe/header.ts"
import { twoSample } from "../stats/two-sample.ts"

const leastFrames = 1000
const leastMuted = 75

export const frameSizeVariance = defineAudit({
  id: "frame-size-variance",
  promise: "Speaking, silent or muted: every frame has the same size.",
  adversary: "the media server and its operator, the network",
  vantage: "a subscriber without keys behind the media server; the speaker's packets before SRTP",
  needs: ["frames", "wire", "phases"],
  judge: ({ frames, wire, phases }) => {
    const received = memberFrames(frames)
    const packets = [...received, ...memberFrames(wire)]
    const muted = within(packets, phases, "muted")
    if (packets.length < leastFrames || muted.length < leastMuted) {
      return tooLittle(`Only ${packets.length} frames were seen, ${muted.length} of them muted.`, packets.length)
    }
    const sizes = sizesOf(packets)
    const speaking = within(received, phases, "speaking")
    const gaps = twoSample(arrivalGaps(speaking), arrivalGaps(within(received, phases, "muted")))
    const figures: Figure[] = [
      { name: "different frame sizes", value: sizes.length, unit: "sizes", goal: "1", ok: sizes.length === 1 },
      { name: "frames seen while muted", value: muted.length, unit: "frames", goal: `≥ ${leastMuted}`, ok: true },
      // Arrival depends on the machine as well: reported, not judged.
      {
        name: "gaps, speaking against muted (Kolmogorov–Smirnov p)",
        value: gaps.p,
        unit: "",
        goal: "reported",
        ok: true,
      },
    ]
    return byFigures(
      packets.length,
      figures,
      `All ${packets.length} frames are ${sizes[0] ?? 0} bytes behind their SFrame header.`,
      `${sizes.length} sizes from ${sizes[0] ?? 0} to ${sizes.at(-1) ?? 0} bytes.`,
    )
  },
})

/** The header is taken off: its counter grows by a byte after 65,536 frames, whatever is said. */
function sizesOf(packets: readonly Packet[]): number[] {
  const sizes = packets.map(({ payload }) => payload.length - (readHeader(payload)?.bytes ?? 0))
  return [...new Set(sizes)].toSorted((a, b) => a - b)
}

function within(packets: readonly Packet[], phases: readonly Phase[], name: Phase["name"]): Packet[] {
  const spans = phases.filter((phase) => phase.name === name)
  return packets.filter(({ at }) => spans.some(({ from, to }) => at >= from && at < to))
}

/** Milliseconds between neighbours of one stream. */
function arrivalGaps(packets: readonly Packet[]): number[] {
  const last = new Map<number, Packet>()
  return packets.flatMap((packet) => {
    const before = last.get(packet.ssrc)
    last.set(packet.ssrc, packet)
    return before?.sequence === ((packet.sequence - 1) & 0xffff) ? [packet.at - before.at] : []
  })
}
