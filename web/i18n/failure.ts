import type { Problem, ReplyValue } from "../keys/messages.ts"

/** Everything that can go wrong with the sound, here on the page. */
export type SoundProblem = "sfu-unreachable" | "sdp-refused" | "leak-suspected"

/** Everything that can go wrong with the microphone. */
export type MicrophoneProblem = "microphone-denied" | "no-microphone"

/** Everything that one sentence on the screen has to explain. */
export type Failure = Problem | Extract<ReplyValue, { kind: "failed" }>["problem"] | SoundProblem | MicrophoneProblem
