import type { AlarmEntry } from "../../keys/messages.ts"
import { counting } from "../plural.ts"

const count = counting("en")

interface AlarmText {
  readonly title: string
  /** One sentence; `who` is somebody on stage, by name. */
  readonly meaning: (who: string) => string
  readonly todo: string
}

const kinds: Record<AlarmEntry["kind"], AlarmText> = {
  fork: {
    title: "Two versions of this space",
    meaning: () => "People in this space are being shown different histories of it.",
    todo: "Compare the safety code with people you know. If it differs, leave, and meet in a new space with new links.",
  },
  "strange-head": {
    title: "A decision you were not shown",
    meaning: (who) => `${who} follows a decision that has never reached this device.`,
    todo: "Ask what has changed, and compare the safety code.",
  },
  "host-key-twice": {
    title: "The host’s key is used twice",
    meaning: () =>
      "Two rules that contradict each other carry the host’s signature: somebody else may have the host’s key.",
    todo: "Say nothing confidential here. The host should end this space and make a new one.",
  },
  "admitted-without-invite": {
    title: "Somebody came in without an invitation",
    meaning: () => "Whoever leads gave a seat to somebody whom no invitation admits.",
    todo: "Ask who that is before you go on.",
  },
  "wrong-secret": {
    title: "A wrong key was handed out",
    meaning: () => "The key given to this device is not the one promised to everybody, so it was not used.",
    todo: "Leave and come back. If it happens again, tell the host.",
  },
  "led-too-soon": {
    title: "Somebody took the lead too soon",
    meaning: (who) =>
      `${who} leads now, though whoever led before had not been gone long enough: the key service helped.`,
    todo: "Ask the host and the co-hosts whether they are still here: they can lead again at once.",
  },
  withheld: {
    title: "A decision is being held back",
    meaning: () => "The key service has not passed on what was decided here, perhaps that somebody is to be removed.",
    todo: "Say nothing confidential until this is over.",
  },
}

/** What does not add up, and what to do about it. */
export const alarms = {
  title: "Warnings",
  open: (n: number) => count(n, { one: "# warning", other: "# warnings" }),
  more: "What to do",
  hide: "Understood",
  soundGoesOn: "The sound goes on. You decide whether to stay.",
  somebody: "Somebody on stage",
  now: "now",
  over: "over",
  todo: "What to do",
  /** A file that can be shown to others. */
  proof: "Two signed decisions that contradict each other were kept. The file holds no secret: others can check it.",
  saveProof: "Save the evidence",
  kinds,
}
