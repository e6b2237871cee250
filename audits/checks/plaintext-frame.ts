import { atLeast, byFigures, defineAudit, none, tooLittle } from "../audit.ts"
import type { Packet } from "../evidence.ts"
import { isCompressible, isOneByteRepeated, memberFrames, searchable, startsWithSilence } from "../payload.ts"
import { Opener } from "../sframe/opener.ts"
import { ruleOfThree } from "../stats/confidence.ts"

const needleBytes = 16
const leastFrames = 1000
const leastNeedles = 100
/** Keys reach a new listener and frames are on their way for so long. */
const settleMs = 2000

export const plaintextFrame = defineAudit({
  id: "plaintext-frame",
  promise: "Every frame that leaves a speaker is ciphertext that only a member's keys open.",
  adversary: "the media server and its operator, the network, a subscriber without keys",
  vantage: "a subscriber without keys behind the media server; the speaker's packets before SRTP",
  needs: ["frames", "wire", "spoken", "secrets", "removal"],
  judge: ({ frames, wire, spoken, secrets, removal }) => {
    const packets = [...memberFrames(frames), ...memberFrames(wire)]
    const needles = makeNeedles(spoken)
    if (packets.length < leastFrames) return tooLittle(`Only ${packets.length} frames were seen.`, packets.length)
    if (needles.size < leastNeedles) {
      return tooLittle(`Only ${needles.size} plaintext packets of the speaker were recorded.`, packets.length)
    }
    const opener = new Opener(secrets)
    const from = Math.min(...secrets.map(({ at }) => at)) + settleMs
    const keyed = packets.filter(({ at }) => at >= from && at < removal.askedAt)
    const shut = keyed.filter(({ payload }) => opener.open(payload) === undefined)
    if (keyed.length < leastFrames)
      return tooLittle(`Only ${keyed.length} frames could be tried with keys.`, keyed.length)
    // Both vantages see a frame; it is one sample.
    const distinct = new Set(keyed.map(({ payload }) => searchable(payload))).size
    const count = (is: (payload: Uint8Array) => boolean) => packets.filter(({ payload }) => is(payload)).length
    return byFigures(
      distinct,
      [
        none("frames that hold recorded plaintext", countNeedles(packets, needles), "frames"),
        none("frames that no key of a member opens", shut.length, "frames"),
        none("frames that are clear Opus silence", count(startsWithSilence), "frames"),
        none("frames of one byte repeated", count(isOneByteRepeated), "frames"),
        none("frames that compress", count(isCompressible), "frames"),
        atLeast("frames opened with a member's keys", keyed.length - shut.length, leastFrames, "frames"),
      ],
      `${keyed.length} of ${keyed.length} frames open with a member's keys, and none holds any of ${needles.size} recorded plaintexts (plaintext share < ${ruleOfThree(distinct).toExponential(1)} at 95 %).`,
      "Frames that are not ciphertext were seen.",
    )
  },
})

/** A run of each plaintext packet past its first byte, unless it is near silence and says nothing. */
function makeNeedles(spoken: readonly Uint8Array[]): Set<string> {
  const runs = spoken
    .filter((packet) => packet.length > needleBytes)
    .map((packet) => packet.subarray(1, 1 + needleBytes))
    .filter((run) => new Set(run).size > needleBytes / 2)
  return new Set(runs.map(searchable))
}

function countNeedles(packets: readonly Packet[], needles: ReadonlySet<string>): number {
  return packets.filter(({ payload }) => {
    const text = searchable(payload)
    for (let i = 0; i + needleBytes <= text.length; i++) if (needles.has(text.slice(i, i + needleBytes))) return true
    return false
  }).length
}
