import { bareView } from "../../../web/keys/bare-view.ts"
import type { Person, Problem, RoomView } from "../../../web/keys/messages.ts"
import type { Microphone, Sound, Voices } from "../../../web/room/session.ts"
import { alarms, ana, audience, hands, heron, invites, knocks, names, otter, stage } from "./people.ts"

/** One thing the page can look like, from literals. */
export interface State {
  readonly view: RoomView
  readonly link: string
  readonly home?: boolean
  readonly sound?: Sound
  readonly microphone?: Microphone
  readonly voices?: Voices
}

const space = "Zm9yIHRoZSBwaWN0dXJlcw"
const link = `https://sottovoce.example/s/${space}#1.bm90IGEgcmVhbCBzZWNyZXQ.bm90IGEgcmVhbCBob3N0IGtleSwganVzdCBwaWN0dXI`
const connected: Sound = { state: "connected", sending: "open", problem: undefined, blocked: false }
const voices: Voices = new Map([
  [0, { level: 0.3, muted: false, trust: "verified" }],
  [1, { level: 0, muted: false, trust: "verified" }],
  [2, { level: 0, muted: true, trust: "verified" }],
  [3, { level: 0, muted: true, trust: "verified" }],
])
const safetyCode = {
  digits: ["48213", "90577", "16024", "73398", "55120", "08846"],
  words: ["harbor", "violet", "candle", "orbit", "meadow", "tunnel"],
}

const blank: RoomView = { ...bareView(space, "opening"), online: true }
const card: RoomView = {
  ...blank,
  phase: "card",
  card: { title: "Sunday reading circle", hostName: "Ana Ferrari", language: "en" },
  inviteRole: "listener",
  count: 8,
  hostOnline: true,
  kind: "invited",
}
const seated: RoomView = {
  ...card,
  phase: "seated",
  me: { ...heron, isMe: true },
  stage,
  leader: ana,
  safetyCode,
  epoch: 3,
  seq: 41,
}
const mine = (serial: number): RoomView => {
  const me = stage.find((person) => person.serial === serial)
  if (me === undefined) throw new Error("This person is not on stage.")
  return {
    ...seated,
    inviteRole: "speaker",
    me: { ...me, isMe: true },
    stage: stage.map((person) => (person === me ? { ...me, isMe: true } : person)),
    sending: { kind: "live" },
  }
}
/** With the buttons for everybody below. */
const ruled = (people: readonly Person[]): readonly Person[] =>
  people.map((one) => ({
    ...one,
    may: one.isMe || one.role === "host" ? [] : one.index === undefined ? inAudience : onStage,
  }))
const inAudience = ["stage-invite", "promote", "remove"] as const
const onStage = ["demote", "mic-off", "remove"] as const
const unlabelled = (people: readonly Person[]): readonly Person[] => people.map((one) => ({ ...one, label: undefined }))
const asHost = mine(ana.serial)
const host: RoomView = {
  ...asHost,
  inviteRole: "host",
  leads: true,
  invites,
  stage: ruled(asHost.stage),
  audience: ruled(audience),
}
const asSpeaker = mine(2)
const moderator: RoomView = {
  ...asSpeaker,
  inviteRole: "moderator",
  me: { ...otter, role: "moderator", isMe: true },
  stage: unlabelled(ruled(asSpeaker.stage.map((one) => (one.isMe ? { ...one, role: "moderator" } : one)))),

  hands: hands.map((hand) => ({ ...hand, person: { ...hand.person, label: undefined } })),
  names,
}
/** The host is away, and a co-host leads. */
const led: RoomView = {
  ...seated,
  stage: [otter, ...stage.slice(2)],
  leader: otter,
}
const leads: RoomView = {
  ...led,
  inviteRole: "cohost",
  me: { ...otter, isMe: true },
  stage: [{ ...otter, isMe: true }, ...stage.slice(2)],
  leads: true,
  heir: stage[2],
  audience,
  sending: { kind: "live" },
}
const back: RoomView = {
  ...host,
  stage: [...host.stage.slice(0, 1), otter, ...host.stage.slice(2)],
  leader: otter,
  leads: false,
  mayRetake: true,
  heir: otter,
}
const gone = (problem: Problem): State => ({ link, view: { ...card, phase: "gone", problem } })

const room = (view: RoomView, rest: Partial<State> = {}): State => ({ link, view, sound: connected, voices, ...rest })
const live: Microphone = { state: "live", problem: undefined }

export const states = {
  home: { link, view: blank, home: true },
  opening: { link, view: blank },
  "opening-away": { link, view: { ...blank, online: false } },
  "card-listener": { link, view: card },
  "card-speaker": { link, view: { ...card, inviteRole: "speaker", hostOnline: false, count: 0 } },
  "card-sealed": { link, view: { ...card, kind: "sealed" } },
  "card-open": { link, view: { ...card, kind: "open" } },
  "card-host": { link, view: { ...card, inviteRole: "host", count: 0 } },
  "waiting-for-host": { link, view: { ...card, phase: "waiting-for-host", hostOnline: false } },
  knocking: { link, view: { ...card, phase: "joining", knocking: ["cedar", "lantern", "otter", "piano"] } },
  joining: { link, view: { ...card, phase: "joining" } },
  "room-listener": room(seated),
  "room-promoted": room({ ...mine(3), inviteRole: "listener" }),
  "room-speaker-live": room(mine(2), {
    microphone: live,
    voices: new Map([...voices, [1, { level: 0.4, muted: false, trust: "verified" }]]),
  }),
  "room-speaker-muted": room(mine(2), { microphone: { state: "muted", problem: undefined } }),
  "room-host": room(host, { microphone: live }),
  "room-host-alone": room({ ...host, stage: host.stage.slice(0, 1), count: 1, invites: [], audience: [] }),
  "voice-doubtful": room(seated, {
    voices: new Map([...voices, [1, { level: 0.4, muted: false, trust: "doubtful" }]]),
  }),
  "voice-tampered": room(seated, {
    voices: new Map([...voices, [1, { level: 0, muted: false, trust: "tampered" }]]),
  }),
  "room-host-heir": room({ ...host, heir: stage[1] }, { microphone: live }),
  "hand-up": room({ ...seated, handUp: true, me: { ...heron, isMe: true }, names }),
  "stage-invite": room({ ...seated, handUp: true, stageInvite: ana }),
  "room-hands": room({ ...host, hands, names }, { microphone: live }),
  moderator: room(moderator, { microphone: live }),
  "asked-to-mute": room({ ...mine(2), muteAsked: { by: ana, n: 1 } }, { microphone: live }),
  knocks: room({ ...host, kind: "sealed", knocks: knocks.slice(0, 2) }, { microphone: live }),
  "knocks-many": room({ ...host, kind: "sealed", knocks }, { microphone: live }),
  "knocks-moderator": room(
    {
      ...moderator,
      kind: "sealed",
      knocks: knocks.slice(0, 2).map((one, at) => ({ ...one, label: undefined, answered: at === 0 })),
    },
    { microphone: live },
  ),
  "led-by-cohost": room(led),
  "cohost-leads": room(leads, { microphone: live }),
  "host-back": room(back, { microphone: live }),
  alarm: room({ ...seated, alarms: alarms.slice(-1) }),
  "alarms-all": room({ ...seated, alarms }),
  "alarm-proof": room({
    ...seated,
    alarms: alarms.filter(({ kind }) => kind === "fork"),
    proofs: [{ kind: "fork", name: "sottovoce-fork-Qm9iJ3Mg.json", text: "{}" }],
  }),
  withheld: room(
    { ...mine(2), sending: { kind: "silence", reason: "withheld" }, alarms: alarms.slice(0, 1) },
    { microphone: live },
  ),
  connecting: room(seated, { sound: { ...connected, state: "connecting" }, voices: new Map() }),
  reconnecting: room(seated, { sound: { ...connected, state: "reconnecting" } }),
  "sfu-unreachable": room(seated, { sound: { ...connected, state: "failed", problem: "sfu-unreachable" } }),
  "sound-blocked": room(seated, { sound: { ...connected, blocked: true } }),
  "key-service-away": room({ ...seated, online: false }),
  "sealed-silence": room({ ...mine(2), sending: { kind: "silence", reason: "stale-head" } }, { microphone: live }),
  "microphone-denied": room(mine(2), { microphone: { state: "off", problem: "microphone-denied" } }),
  "leak-suspected": room(mine(2), { sound: { ...connected, problem: "leak-suspected" } }),
  elsewhere: { link, view: { ...blank, phase: "elsewhere" } },
  "bad-link": gone("bad-link"),
  "wrong-or-ended": gone("wrong-or-ended"),
  "invite-expired": gone("invite-expired"),
  "invite-not-yet": gone("invite-not-yet"),
  "invite-used-up": gone("invite-used-up"),
  "invite-revoked": gone("invite-revoked"),
  "invite-burnt": gone("invite-burnt"),
  "space-full": gone("space-full"),
  "not-let-in": gone("not-let-in"),
  removed: gone("removed"),
  ended: gone("ended"),
  left: gone("left"),
  "left-host": { link, view: { ...card, inviteRole: "host", phase: "gone", problem: "left" } },
  moved: gone("moved"),
  lost: gone("lost"),
  refused: gone("refused"),
  "browser-too-old": gone("browser-too-old"),
  internal: gone("internal"),
} satisfies Record<string, State>

export type StateName = keyof typeof states
