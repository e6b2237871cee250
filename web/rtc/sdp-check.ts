import { attribute, isMidExtension, mediaLine, opusBitrate, opusFormats, sections } from "./sdp.ts"

/** Opus parameters the SFU's side must not have, or must have exactly so: they steer our encoder. */
const steering: Readonly<Record<string, readonly (string | undefined)[]>> = {
  usedtx: [undefined, "0"],
  stereo: [undefined, "0"],
  useinbandfec: [undefined, "0"],
  maxaveragebitrate: [opusBitrate.toString()],
}

/**
 * What is in force against the rules of `hardenSdp`, asked again after the browser took a description: it may have
 * changed it, and livekit-client quietly retries with another one when the first is rejected.
 * @param side - Whose description. Our own parameters only ask the SFU for something, which it cannot do with
 *   ciphertext, and Firefox writes them anew whatever it was given; theirs steer our encoder.
 * @returns what differs, in words without any value from the SDP; empty if all is well.
 */
export function sdpFaults(sdp: string, side: "local" | "remote"): string[] {
  const [session = [], ...media] = sections(sdp)
  return [...extensionFaults(session), ...media.flatMap((section) => mediaFaults(section, side))]
}

function mediaFaults(section: readonly string[], side: "local" | "remote"): string[] {
  const { kind, port, formats } = mediaLine(section)
  if (kind === "application") return []
  if (kind !== "audio") return ["a section that is not audio"]
  if (port === "0") return []
  const opus = new Set(opusFormats(section))
  const faults = extensionFaults(section)
  if (opus.size !== 1 || formats.some((format) => !opus.has(format))) faults.push("a codec other than Opus")
  if (side === "local") return faults
  for (const line of section) {
    const { name, value } = attribute(line) ?? { name: "", value: "" }
    if (name === "fmtp") faults.push(...parameterFaults(value))
    if ((name === "ptime" || name === "maxptime") && value !== "20") faults.push("another packet length")
  }
  if (!section.some((line) => line.startsWith("a=fmtp:"))) faults.push("no Opus parameters")
  return faults
}

function extensionFaults(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const found = attribute(line)
    return found?.name === "extmap" && !isMidExtension(found.value) ? ["a header extension"] : []
  })
}

function parameterFaults(fmtp: string): string[] {
  const parameters = new Map<string, string>()
  const text = fmtp.slice(fmtp.indexOf(" ") + 1)
  for (const part of text.split(";")) {
    const [name = "", value = ""] = part.trim().split("=")
    parameters.set(name, value)
  }
  return Object.entries(steering).flatMap(([name, allowed]) =>
    allowed.includes(parameters.get(name)) ? [] : [`the Opus parameter ${name}`],
  )
}
