import type { Timeline } from "../subject.ts"
import type { ControlOptions } from "./control-room.ts"

/** A subject with one defect, which the audit of the same name must see. */
export interface Control extends Omit<ControlOptions, "leak"> {
  /** Id of the audit that must turn red. */
  readonly id: string
  /** The defect, in a few words. */
  readonly defect: string
  readonly timeline: Timeline
}

/** Long enough for a sample of four streams. */
export const sample: Timeline = { speakMs: 8000, muteMs: 0, afterMs: 0 }
/** Long enough for all audits. */
export const whole: Timeline = { speakMs: 6000, muteMs: 2000, afterMs: 3500 }
