import { byFigures, defineAudit, none, tooLittle } from "../audit.ts"
import type { Description, Packet } from "../evidence.ts"

const midUri = "urn:ietf:params:rtp-hdrext:sdes:mid"
/** Header extensions tell the server, in the clear, how loud somebody is or when exactly a frame was made. */
const telling = [
  "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  "urn:ietf:params:rtp-hdrext:csrc-audio-level",
  "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
  "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
]
const leastPackets = 100

export const audioLevelHeader = defineAudit({
  id: "audio-level-header",
  promise: "No packet header says how loud anybody is: no level extension is negotiated or sent.",
  adversary: "the media server and its operator, the network",
  vantage: "session descriptions in the speaker's page; packet headers before SRTP and at a subscriber",
  needs: ["descriptions", "wire", "frames"],
  judge: ({ descriptions, wire, frames }) => {
    const audio = descriptions.filter(({ sdp }) => sdp.includes("m=audio"))
    const sides = new Set(audio.map(({ side }) => side))
    if (sides.size < 2) return tooLittle("The session descriptions of the speaker were not seen.", audio.length)
    if (wire.length < leastPackets) return tooLittle(`Only ${wire.length} packets were seen.`, wire.length)
    const negotiated = audio.flatMap(extensionsOf).filter(({ uri }) => telling.includes(uri))
    const mids = new Set(audio.flatMap(extensionsOf).flatMap(({ id, uri }) => (uri === midUri ? [id] : [])))
    const marked = wire.filter((packet) => hasOther(packet, mids))
    const received = frames.filter((packet) => hasOther(packet, mids))
    return byFigures(
      wire.length + frames.length,
      [
        none("telling extensions in effect in session descriptions", negotiated.length, "lines"),
        none("packets sent with an extension other than mid", marked.length, "packets"),
        none("packets forwarded with an extension other than mid", received.length, "packets"),
      ],
      `${audio.length} session descriptions and ${wire.length + frames.length} packets carry no extension but the media id.`,
      `Seen: ${[...new Set(negotiated.map(({ uri }) => uri))].join(", ") || "unknown header extensions"}.`,
    )
  },
})

/** "a=extmap:1 URI" or "a=extmap:1/sendonly URI" (RFC 8285 §5). */
function extensionsOf({ sdp }: Description): { id: number; uri: string }[] {
  const lines = sdp.matchAll(/^a=extmap:(\d+)(?:\/\w+)? (\S+)/gm)
  return Array.from(lines, ([, id, uri = ""]) => ({ id: Number(id), uri }))
}

function hasOther({ extensions }: Packet, allowed: ReadonlySet<number>): boolean {
  return extensions.some(({ id }) => !allowed.has(id))
}
