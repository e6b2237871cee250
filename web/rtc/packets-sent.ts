interface OutboundStats {
  readonly type: string
  readonly packetsSent?: number
  readonly retransmittedPacketsSent?: number
}

/** Packets a sender sent for the first time: one sent again is the same ciphertext. */
export async function packetsSent(sender: RTCRtpSender): Promise<number> {
  let sent = 0
  const report = (await sender.getStats()) as unknown as ReadonlyMap<string, OutboundStats>
  for (const one of report.values())
    if (one.type === "outbound-rtp") sent += (one.packetsSent ?? 0) - (one.retransmittedPacketsSent ?? 0)
  return sent
}
