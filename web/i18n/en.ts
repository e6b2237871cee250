import type { RoleName, RoomView } from "../keys/messages.ts"
import { alarms } from "./en/alarms.ts"
import { hands, names } from "./en/hands.ts"
import { knocks, leading, spaceKinds } from "./en/leading.ts"
import { safety } from "./en/safety.ts"
import type { Failure } from "./failure.ts"
import { counting } from "./plural.ts"

type Silence = Extract<RoomView["sending"], { kind: "silence" }>["reason"]

const count = counting("en")

/** The texts of the page in English: the source of the type every other language has to fill. */
export const en = {
  app: {
    language: "Language",
    home: "Start page",
    close: "Close",
    cancel: "Cancel",
    copy: "Copy",
    copied: "Copied",
    more: "More",
  },

  home: {
    headline: "Talk so that only your people hear",
    what: "Live audio rooms in the browser: voices are sealed on the speaker’s device and opened on the listeners’, and every server in between carries bytes it cannot read.",
    newSpace: "New space",
    title: "What is it about?",
    titleExample: "Sunday reading circle",
    titleMissing: "Give the space a title.",
    name: "Your name",
    nameExample: "Ana",
    nameHint: "Your guests see it on the invitation. No server can read it.",
    nameMissing: "Say what your guests may call you.",
    create: "Create space",
    creating: "Making the keys…",
    points: [
      { title: "No account, no app", text: "A link opens the room in any current browser." },
      { title: "Always encrypted", text: "There is no switch that turns it off, and no server holds a key." },
      {
        title: "Honest about its limits",
        text: "Whoever is in the room can record it. The servers see network addresses and how many seats there are.",
      },
    ],
  },

  card: {
    hostedBy: "Hosted by",
    language: "Spoken language",
    hostHere: "The host is here",
    hostAway: "The host is not here yet",
    seats: (n: number) => count(n, { one: "# person inside", other: "# people inside" }),
    whoCanHear: "Only people with a seat can hear. Servers carry sealed sound; anyone inside could record.",
    listen: "Listen",
    joinStage: "Join the stage",
    openRoom: "Open the room",
    asListener: "You come in as a listener. No microphone is asked for.",
    asSpeaker: "You come in as a speaker. Your microphone stays off until you turn it on.",
    asHost: "This is your space. Your microphone stays off until you turn it on.",
  },

  waiting: {
    opening: "Opening the space…",
    openingHint: "Unlocking the invitation on this device.",
    forHost: (host: string) => `Waiting for ${host}`,
    forSomebody: "Waiting for the host",
    forHostHint: "You will come in by yourself as soon as the host is there. Leave this page open.",
    away: "The key service does not answer yet: trying again.",
    stop: "Stop waiting",
    joining: "Coming in…",
    steps: { card: "Invitation opened", seat: "Asking for a seat and its key", sound: "Sound" },
  },

  room: {
    stage: "Stage",
    audience: "Audience",
    audienceCount: (n: number) =>
      n === 0 ? "Nobody in the audience yet" : count(n, { one: "# listener", other: "# listeners" }),
    counted: (n: number) =>
      count(n, { one: "# seat, counted in the signed Head", other: "# seats, counted in the signed Head" }),
    onlySeatsHear: (n: number) => count(n, { one: "Only this # seat can hear", other: "Only these # seats can hear" }),
    youAppearAs: "You appear as",
    you: "you",
    speaking: "speaking",
    quiet: "quiet",
    muted: "muted",
    invite: "Invite",
    inviteFirst: "Invite your first guests",
    people: "People",
    leave: "Leave",
    leaveTitle: "Leave the space?",
    leaveText: "This device forgets its keys. To come back you need the invitation link again.",
    endSpace: "End space",
    endTitle: "End the space for everybody?",
    endText:
      "Everybody is sent out, all links stop working and the server deletes what it stored. This cannot be undone.",
    verify: "Safety code",
    promotedTitle: "You are on stage now. Your microphone is off until you turn it on.",
  },

  trust: {
    doubtful: {
      state: "not verified",
      notice: (name: string) =>
        `It cannot be checked whether it is really ${name} who speaks. As long as that is so, ${name} is not played.`,
    },
    tampered: {
      state: "not genuine, not played",
      notice: (name: string) =>
        `Somebody tampers with what ${name} says. ${name} is not played until only their own sound arrives.`,
    },
  },

  roles: {
    listener: "listener",
    speaker: "speaker",
    moderator: "moderator",
    cohost: "co-host",
    host: "host",
  } satisfies Record<RoleName, string>,

  microphone: {
    turnOn: "Turn on microphone",
    asking: "Asking the browser…",
    mute: "Mute",
    stateOff: "Your microphone is off",
    stateLive: "You can be heard",
    stateNotYet: "Nobody hears you yet",
    stateMuted: "You are muted: silence goes out in the same sealed cells",
    stateListening: "You are listening",
  },

  people: {
    title: "People",
    onStage: "On stage",
    promote: "Invite to the stage",
    demote: "Move down",
    remove: "Remove",
    invitedAs: "invited as",
    empty: "Nobody is in the audience yet. Send an invitation.",
    removeTitle: (name: string) => `Remove ${name}?`,
    removeText:
      "They stop hearing at once. A link of their own stops working; behind a group’s link everybody else then waits for a yes. People already inside stay.",
  },

  invites: {
    title: "Invitations",
    newInvite: "New invitation",
    forWhom: "For",
    person: "One person",
    group: "A group",
    label: "Who is it for?",
    labelExamplePerson: "Marta",
    labelExampleGroup: "Reading circle",
    labelHint: "Only you see this. It never leaves this device.",
    labelMissing: "Write down who it is for, so that you can tell the links apart.",
    role: "Comes in as",
    listener: "Listener",
    speaker: "Speaker",
    moderator: "Moderator",
    cohost: "Co-host",
    roleHints: {
      listener: "Hears everything, and comes on stage only if asked.",
      speaker: "Comes in on stage and may speak.",
      moderator: "May speak, bring people on stage, move them down and remove them.",
      cohost: "May stand in for you: leads the space while you are away. One person each, three at most.",
    },
    cohostsFull: "You have three co-hosts already: revoke one of their links first.",
    newLink: "Make a new link",
    knockHint: "Somebody who came with this link was removed, so everybody else who uses it waits for your yes.",
    uses: "How many may come in",
    usesHint: "0 means no limit.",
    usesWrong: "Enter a whole number from 0 to 10,000.",
    lifetime: "Works for",
    hours: (n: number) => count(n, { one: "# hour", other: "# hours" }),
    days: (n: number) => count(n, { one: "# day", other: "# days" }),
    make: "Make link",
    making: "Signing…",
    ready: (label: string) => `Link for ${label}`,
    readyHint: "Whoever has this link can come in: send it privately.",
    link: "Invitation link",
    copyLink: "Copy link",
    share: "Share…",
    shareText: (title: string) => `Join “${title}” on Sottovoce`,
    showQr: "Show QR code",
    qr: "QR code of the invitation link",
    another: "Another invitation",
    list: "Sent so far",
    none: "No invitations yet.",
    open: "Show link",
    revoke: "Revoke",
    revokeTitle: (label: string) => `Revoke the link for ${label}?`,
    revokeText: "The link stops working, and whoever came in with it is sent out at once.",
    used: (used: number, uses: number) =>
      uses === 0 ? `${String(used)} came in` : `${String(used)} of ${String(uses)} came in`,
    personUsed: (used: number): string => (used === 0 ? "not used yet" : "has come in"),
    live: (n: number) => count(n, { one: "# inside now", other: "# inside now" }),
    until: (date: string) => `until ${date}`,
    states: {
      open: "open",
      knock: "needs your yes",
      burnt: "stopped",
      revoked: "revoked",
      expired: "expired",
      "used-up": "used up",
    },
  },

  safety,
  alarms,
  hands,
  names,
  knocks,
  leading,
  spaceKinds,

  status: {
    offline: "No connection to the key service: trying again. Sound goes on meanwhile.",
    connecting: "Key received. Connecting the sound…",
    reconnecting: "The sound was interrupted: connecting again…",
    hearing: (n: number) =>
      n === 0
        ? "Connected. Nobody else is speaking."
        : count(n, { one: "Hearing # person", other: "Hearing # people" }),
    hostAway: "Nobody who leads is connected. The room goes on for a short while.",
    blocked: "Your browser holds the sound back.",
    play: "Play",
  },

  silence: {
    "no-key": "Nobody hears you for a moment: your key is on its way.",
    withheld: "Nobody hears you for a moment: a decision of the host is being held back.",
    "stale-head": "Nobody hears you for a moment: there is no fresh word from the host.",
    "no-wrap": "Nobody hears you for a moment: the new key has not arrived yet.",
    "counter-limit": "Nobody hears you for a moment: the key is used up and a new one is being made.",
  } satisfies Record<Silence, string>,

  problems: {
    "bad-link": "This link is damaged: part of it is missing or changed.",
    "wrong-or-ended": "There is no such space here, or it has ended.",
    "invite-expired": "This invitation has expired: ask the host for a new link.",
    "invite-not-yet": "This invitation does not work yet.",
    "invite-used-up": "This invitation is used up: ask the host for a new link.",
    "invite-revoked": "The host has revoked this invitation.",
    "invite-burnt": "This link was stopped because somebody who came with it was removed: ask the host for a new link.",
    "space-full": "All seats are taken at the moment.",
    removed: "The host has removed you from the space.",
    ended: "The host has ended the space.",
    left: "You have left the space, and its keys are gone from this device.",
    moved: "Your seat is in use in another tab or on another device.",
    lost: "The connection was lost for too long, so this device has stopped listening.",
    refused: "The server sent something that does not verify, so this device has stopped rather than trust it.",
    "browser-too-old":
      "This browser is too old to encrypt sound: it takes Chrome or Edge 141, Firefox 129, Safari 17, or newer.",
    internal: "Something went wrong on this page.",
    "sfu-unreachable": "The media server cannot be reached, so there is no sound.",
    offline: "The key service cannot be reached. What you typed is still here.",
    "not-allowed": "You are not allowed to do that.",
    "not-let-in": "Nobody has let you in this time: ask the host, then knock again.",
    "no-such-seat": "They have left meanwhile.",
    "no-such-request": "They do not wait any more.",
    "too-many-deputies": "A space has three co-hosts at most: revoke one of their links first.",
    "stage-full": "The stage is full: move somebody down first.",
    "rate-limited": "That was too much at once: wait a moment.",
    malformed: "That cannot be sent: it is too long, or has characters nobody could see.",
    "sdp-refused": "The media server asked for something unsafe, so your microphone was cut off.",
    "leak-suspected": "Sent packets and sealed packets did not match, so your microphone was cut off.",
    "microphone-denied":
      "The browser does not let this page use the microphone: open the site settings beside the address, allow it, and try again.",
    "no-microphone": "No microphone was found: plug one in and try again.",
  } satisfies Record<Failure, string>,

  actions: {
    home: "Go to the start page",
    retry: "Try again",
    "move-here": "Move here",
    "copy-link": "Copy the link for another browser",
  },

  elsewhere: "This space is open in another tab of this browser.",
}

export type Messages = typeof en
