import { counting } from "../plural.ts"

const count = counting("en")

/** Hands, the way on stage, and the names people give themselves. */
export const hands = {
  raise: "Raise hand",
  lower: "Lower hand",
  yours: "Your hand is up",
  title: "Raised hands",
  raised: (n: number) => count(n, { one: "# raised hand", other: "# raised hands" }),
  since: (time: string) => `since ${time}`,
  invite: "Invite to the stage",
  invited: "Invited, no answer yet",
  all: (n: number) => count(n, { one: "Show # more", other: "Show # more" }),
  comeTitle: (name: string) => `${name} invites you to speak`,
  comeText: (n: number) =>
    count(n, {
      one: "Your voice would be heard by # person. The browser asks for your microphone now, and you stay muted until you unmute.",
      other:
        "Your voice would be heard by # people. The browser asks for your microphone now, and you stay muted until you unmute.",
    }),
  come: "Come on stage",
  notNow: "Not now",
  ready: "You are on stage, still muted: unmute when you want to speak.",
  mutedBy: (name: string) => `${name} asked you to be quiet. You can unmute when it is your turn.`,
  micOff: "Ask to mute",
  hearOnly: "Listeners appear here when they raise their hand.",
}

export const names = {
  label: "How shall we call you?",
  hint: "May stay empty: then a made-up name stands for you. The people inside see it, no server does.",
  change: "Change name",
  title: "Your name here",
  save: "Use this name",
  also: (name: string) => `seat ${name}`,
}
