import { counting } from "../plural.ts"

const count = counting("en")

/** Knocking, and leading while the host is away. */
export const knocks = {
  title: "Wants to come in",
  waiting: (n: number) => count(n, { one: "# person wants to come in", other: "# people want to come in" }),
  invitedAs: "invited as",
  letIn: "Let in",
  notNow: "Not now",
  answered: "Your answer is on its way.",
  hint: "Ask for the words over another channel: the right person sees the same four.",
  all: (n: number) => count(n, { one: "Show # more", other: "Show # more" }),
  tell: (host: string) => `Tell these words to ${host}`,
  tellSomebody: "Tell these words to the host",
  tellHint:
    "They tell your knock apart from any other. You come in as soon as somebody says yes. Leave this page open.",
}

export const leading = {
  other: (name: string) => `${name} leads while the host is away.`,
  me: "You lead while the host is away.",
  back: (name: string) => `You are back. ${name} leads at the moment.`,
  retake: "Lead again",
  leadsOn: (name: string) => `Leave, ${name} leads on`,
  leaveTitle: "Leave, or end the space?",
  leaveText:
    "If you leave, the space goes on without you, and you can come back and lead again. If you end it, everybody is sent out, all links stop working and the server deletes what it stored: this cannot be undone.",
  endForAll: "End for everybody",
  lastText: "Nobody else can lead here: the space falls silent soon after you leave.",
  left: "You have left. The space goes on without you, and you can come back and lead again.",
  comeBack: "Come back",
}

/** Who gets in how. */
export const spaceKinds = {
  legend: "Who may come in",
  invited: { title: "By invitation", text: "Only people with a link from you can come in." },
  sealed: { title: "By invitation, one by one", text: "Whoever has a link knocks, and waits until you say yes." },
  open: { title: "Open", text: "Anybody with the link may come in and listen, people you do not know included." },
  cardSealed: "After your tap somebody inside has to say yes.",
  cardOpen: "This space is open: anybody with the link may take a seat.",
}
