import type { Messages } from "../i18n/en.ts"
import type { Microphone } from "./session.ts"

interface Facts {
  readonly onStage: boolean
  readonly handUp: boolean
  readonly microphone: Microphone["state"]
  /** Microphone, gate and key agree: this member is heard. */
  readonly heard: boolean
  /** Came as a listener. */
  readonly promoted: boolean
  /** Has not spoken since the stage came. */
  readonly fresh: boolean
  /** The name of whoever asked for the mute. */
  readonly mutedBy: string | undefined
}

/** The one sentence over the buttons: whether one is heard, and if not, what is to be done. */
export function toldOf(facts: Facts, { microphone: t, hands, room }: Messages): string {
  if (!facts.onStage) return facts.handUp ? hands.yours : t.stateListening
  if (facts.heard) return t.stateLive
  if (facts.microphone === "live") return t.stateNotYet
  if (facts.microphone !== "muted") return facts.promoted ? room.promotedTitle : t.stateOff
  if (facts.mutedBy !== undefined) return hands.mutedBy(facts.mutedBy)
  return facts.fresh ? hands.ready : t.stateMuted
}
