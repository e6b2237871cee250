import type { Voices } from "./session.ts"

/** How much of a voice is left a reading later (5 readings a second): syllables flicker, people do not. */
const fading = 0.55

/** Readings as they are shown: a voice rises at once and fades over about a second. */
export function faded(before: Voices, now: Voices): Voices {
  return new Map(
    [...now].map(([index, voice]) => {
      const last = before.get(index)?.level ?? 0
      return [index, { ...voice, level: voice.muted ? 0 : Math.max(voice.level, last * fading) }]
    }),
  )
}
