interface LevelStats {
  readonly type: string
  readonly audioLevel?: number
}

/**
 * How loud a receiver's decoded sound is now, 0…1.
 * This is the only source of "who speaks": the level extension of RTP is not negotiated, the SFU would read it.
 */
export async function levelOf(receiver: RTCRtpReceiver): Promise<number> {
  const report = (await receiver.getStats()) as unknown as ReadonlyMap<string, LevelStats>
  for (const one of report.values())
    if (one.type === "inbound-rtp" && one.audioLevel !== undefined) return one.audioLevel
  return 0
}
