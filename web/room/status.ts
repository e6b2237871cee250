import type { Messages } from "../i18n/en.ts"
import type { RoomView } from "../keys/messages.ts"
import type { Microphone, Sound } from "./session.ts"

/** The one line that tells how things stand; with a button where the person can do something about it. */
export interface Status {
  readonly tone: "calm" | "busy" | "trouble"
  readonly text: string
  readonly action: { readonly label: string; readonly kind: "play" | "retry-sound" | "microphone" } | undefined
}

interface Facts {
  readonly view: RoomView
  readonly sound: Sound
  readonly microphone: Microphone
  /** Other senders heard right now. */
  readonly hearing: number
}

/** The most urgent thing to say first; there is always exactly one line. */
export function statusOf({ view, sound, microphone, hearing }: Facts, t: Messages): Status {
  const trouble = (text: string, action?: Status["action"]): Status => ({ tone: "trouble", text, action })
  const busy = (text: string): Status => ({ tone: "busy", text, action: undefined })

  if (sound.problem !== undefined)
    return trouble(t.problems[sound.problem], { label: t.actions.retry, kind: "retry-sound" })
  if (sound.blocked) return trouble(t.status.blocked, { label: t.status.play, kind: "play" })
  if (microphone.problem !== undefined)
    return trouble(t.problems[microphone.problem], { label: t.actions.retry, kind: "microphone" })
  if (!view.online) return trouble(t.status.offline)
  if (sound.state === "reconnecting") return busy(t.status.reconnecting)
  if (sound.state !== "connected") return busy(t.status.connecting)
  if (view.sending.kind === "silence") return busy(t.silence[view.sending.reason])
  if (!view.hostOnline && view.me?.role !== "host") return trouble(t.status.hostAway)
  return { tone: "calm", text: t.status.hearing(hearing), action: undefined }
}
