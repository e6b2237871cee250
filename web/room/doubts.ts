import type { Person } from "../keys/messages.ts"
import type { Trust } from "../media/messages.ts"
import type { Voices } from "./session.ts"

/** What is said of a voice: that it is verified, or not yet, is the quiet rule; only doubts are told. */
export const loud = {
  unverified: undefined,
  verified: undefined,
  doubtful: "doubtful",
  tampered: "tampered",
} as const satisfies Record<Trust, "doubtful" | "tampered" | undefined>

/** Somebody on stage whose voice may not be their own. */
export interface Doubt {
  readonly person: Person
  readonly trust: "doubtful" | "tampered"
}

/** In order of the stage. */
export function doubtsOf(stage: readonly Person[], voices: Voices): Doubt[] {
  return stage.flatMap((person) => {
    const voice = person.index === undefined || person.isMe ? undefined : voices.get(person.index)
    const trust = voice && loud[voice.trust]
    return trust === undefined ? [] : [{ person, trust }]
  })
}
