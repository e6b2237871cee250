/**
 * What the SFU may learn is decided here, line by line: one codec, one rate, no header extension but the section's
 * name. The SFU's own offers and answers pass through the same rules, because by itself it adds usedtx, stereo and
 * audio levels. RFC 8866 (SDP), RFC 7587 §6.1 (Opus).
 */

/** The SDP holds something that no rule of ours can mend. */
export class SdpRefused extends Error {
  readonly code = "sdp-refused"
  constructor(what: string) {
    super(`This SDP is refused: ${what}.`)
    this.name = "SdpRefused"
  }
}

/** Bits a second of the encoder: 60 B in each packet of 20 ms, which fits the cell. */
export const opusBitrate = 24_000

/** maxplaybackrate: without it Firefox reads 0 and encodes narrowband. */
const opusParameters = [
  "minptime=20",
  "useinbandfec=0",
  "stereo=0",
  "sprop-stereo=0",
  "cbr=1",
  `maxaveragebitrate=${opusBitrate.toString()}`,
  "maxplaybackrate=48000",
].join(";")

const midExtension = "urn:ietf:params:rtp-hdrext:sdes:mid"

/** Attributes of an audio section that pass as they are. */
const plainAttributes = new Set([
  "mid",
  "msid",
  "ssrc",
  "sendonly",
  "recvonly",
  "sendrecv",
  "inactive",
  "rtcp",
  "rtcp-mux",
  "rtcp-rsize",
  "ice-ufrag",
  "ice-pwd",
  "ice-options",
  "ice-lite",
  "fingerprint",
  "setup",
  "candidate",
  "end-of-candidates",
  "bundle-only",
])

interface MediaLine {
  readonly kind: string
  readonly port: string
  readonly protocol: string
  readonly formats: readonly string[]
}

/** The session's lines, then those of each media section, whose first is its m= line. */
export function sections(sdp: string): string[][] {
  const parts: string[][] = [[]]
  for (const line of sdp.split(/\r\n|\n/)) {
    if (line === "") continue
    if (line.startsWith("m=")) parts.push([])
    parts.at(-1)?.push(line)
  }
  return parts
}

export function mediaLine(section: readonly string[]): MediaLine {
  const [kind = "", port = "", protocol = "", ...formats] = (section[0] ?? "").slice(2).split(" ")
  return { kind, port, protocol, formats }
}

/** `name` and `value` of "a=name:value". */
export function attribute(line: string): { readonly name: string; readonly value: string } | undefined {
  if (!line.startsWith("a=")) return undefined
  const colon = line.indexOf(":")
  return colon < 0 ? { name: line.slice(2), value: "" } : { name: line.slice(2, colon), value: line.slice(colon + 1) }
}

/** Payload types of Opus in a section. */
export function opusFormats(section: readonly string[]): string[] {
  return section.flatMap((line) => {
    const { name, value } = attribute(line) ?? {}
    const [format, codec] = value?.split(" ") ?? []
    return name === "rtpmap" && format !== undefined && codec?.toLowerCase() === "opus/48000/2" ? [format] : []
  })
}

/** "1 URI" or "1/sendonly URI params": whether it is the section's name, the only extension allowed. */
export function isMidExtension(value: string): boolean {
  return value.split(" ")[1] === midExtension
}

/**
 * An offer or an answer, ours or the SFU's, as it may be used.
 * @throws SdpRefused if a section is neither audio with Opus nor the data channel, or a line holds a control character
 */
export function hardenSdp(sdp: string): string {
  // RFC 8866 §9: no line holds NUL or CR; a reader that ends lines at a lone CR would see lines we have not judged
  if (/\0|\r(?!\n)/.test(sdp)) throw new SdpRefused("a control character in a line")
  const [session = [], ...media] = sections(sdp)
  const lines = [...session.filter(isHarmlessSessionLine), ...media.flatMap(hardenMedia)]
  return lines.map((line) => `${line}\r\n`).join("")
}

function isHarmlessSessionLine(line: string): boolean {
  const found = attribute(line)
  if (found === undefined) return !line.startsWith("b=")
  return found.name !== "extmap" || isMidExtension(found.value)
}

function hardenMedia(section: readonly string[]): readonly string[] {
  const { kind, port, protocol } = mediaLine(section)
  if (kind === "application") return section
  if (kind !== "audio") throw new SdpRefused("a section that is not audio")
  const format = opusFormats(section)[0]
  if (format === undefined) {
    // a section that was ended carries nothing
    if (port === "0") return section
    throw new SdpRefused("audio without Opus")
  }
  const kept = section.slice(1).filter((line) => isKept(line, format))
  return [
    `m=audio ${port} ${protocol} ${format}`,
    ...kept,
    `a=rtpmap:${format} opus/48000/2`,
    `a=fmtp:${format} ${opusParameters}`,
    "a=ptime:20",
    "a=maxptime:20",
  ]
}

function isKept(line: string, format: string): boolean {
  const found = attribute(line)
  // b= would let the SFU move the encoder's rate
  if (found === undefined) return line.startsWith("c=") || line.startsWith("i=")
  if (found.name === "extmap") return isMidExtension(found.value)
  // lost packets may be asked for again: what comes is the same ciphertext
  if (found.name === "rtcp-fb") return found.value === `${format} nack`
  return plainAttributes.has(found.name)
}
