import type { Keyhole } from "./keyhole.ts"
import type { RecordedFrame } from "./recorder.ts"

/** How one sender's frames followed each other. */
export interface Flow {
  /** Between two frames, by the sender's clock: what of its sound is missing. */
  longestGapMs: number
  /** From the first to the last, by the sender's clock and at their arrival: alike where a sender never stood still. */
  sealedMs: number
  arrivedMs: number
}

/** The flow of each sender whose frames can be looked into, by sender index. */
export async function flowsOf(frames: readonly RecordedFrame[], keys: Keyhole): Promise<Map<number, Flow>> {
  const last = new Map<number, RecordedFrame>()
  const flows = new Map<number, Flow>()
  for (const frame of frames) {
    const seen = await keys.look(frame.payload)
    if (seen === undefined) continue
    const before = last.get(seen.index) ?? frame
    const flow = flows.get(seen.index) ?? { longestGapMs: 0, sealedMs: 0, arrivedMs: 0 }
    const gapMs = (frame.timestamp - before.timestamp) / 48
    flow.longestGapMs = Math.max(flow.longestGapMs, gapMs)
    flow.sealedMs += gapMs
    flow.arrivedMs += frame.at - before.at
    flows.set(seen.index, flow)
    last.set(seen.index, frame)
  }
  return flows
}
