/** What a sender negotiated beyond Opus and the section's name; empty if all is well. Firefox lists no header extensions. */
export function senderFaults(sender: RTCRtpSender): string[] {
  const { codecs, headerExtensions } = sender.getParameters() as Partial<RTCRtpSendParameters>
  const faults: string[] = []
  if (codecs?.some((codec) => codec.mimeType.toLowerCase() !== "audio/opus") === true)
    faults.push("a sender's codec other than Opus")
  if (headerExtensions?.some(({ uri }) => uri !== "urn:ietf:params:rtp-hdrext:sdes:mid") === true)
    faults.push("a sender's header extension")
  return faults
}
