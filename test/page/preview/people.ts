import type { AlarmEntry, InviteEntry, Knock, Person, RoomView } from "../../../web/keys/messages.ts"
import type { Hand } from "../../../web/keys/talk.ts"

const person = (serial: number, name: string, rest: Partial<Person> = {}): Person => ({
  serial,
  role: "listener",
  index: undefined,
  name,
  label: undefined,
  isMe: false,
  may: [],
  ...rest,
})

export const ana = person(1, "Ana Ferrari", { role: "host", index: 0 })
/** A co-host who may lead while the host is away. */
export const otter = person(2, "Amber Otter", { role: "cohost", index: 1, label: "Marta" })
export const heron = person(4, "Quiet Heron")
export const stage: readonly Person[] = [
  ana,
  person(2, "Amber Otter", { role: "speaker", index: 1, label: "Marta" }),
  person(3, "Gentle Falcon", { role: "speaker", index: 2, label: "Luca" }),
  person(9, "Silver Tortoise", { role: "speaker", index: 3, label: "Reading circle" }),
]
export const audience: readonly Person[] = [
  person(4, "Quiet Heron", { label: "Giulia" }),
  person(5, "Brave Marten", { label: "Reading circle" }),
  person(6, "Misty Lynx", { label: "Reading circle" }),
  person(7, "Velvet Nightingale", { label: "ليلى" }),
]

/** The names three of them gave themselves. */
export const names: RoomView["names"] = { 4: "Giulia", 6: "Tom", 7: "ليلى" }

/** Raised hands, as whoever may invite on stage sees them. */
export const hands: readonly Hand[] = [4, 6, 7, 5].map((serial, at) => {
  const found = audience.find((one) => one.serial === serial)
  return {
    person: { ...(found ?? heron), may: ["stage-invite", "promote", "remove"] },
    since: Date.UTC(2026, 10, 25, 17, 2 + 3 * at),
    invited: at === 1,
  }
})

const day = Date.UTC(2026, 10, 25, 18, 30)
const invite = (id: string, label: string, rest: Partial<InviteEntry> = {}): InviteEntry => ({
  id,
  label,
  role: "listener",
  personal: true,
  used: 0,
  uses: 0,
  live: 0,
  notAfter: day,
  state: "open",
  ...rest,
})

export const invites: readonly InviteEntry[] = [
  invite("a", "Reading circle", { personal: false, uses: 20, used: 6, live: 5 }),
  invite("b", "Marta", { role: "speaker", used: 1, live: 1 }),
  invite("c", "Paolo"),
  invite("d", "ليلى", { used: 1, live: 1 }),
  invite("g", "Sofia", { role: "cohost", used: 1, live: 1 }),
  invite("h", "Neighbours", { personal: false, uses: 10, used: 3, live: 2, state: "knock" }),
  invite("e", "Old list", { personal: false, uses: 5, used: 5, state: "used-up" }),
  invite("f", "Posted by mistake", { personal: false, used: 2, state: "revoked" }),
]

export const knocks: readonly Knock[] = [
  { request: "a", words: ["cedar", "lantern", "otter", "piano"], label: "Neighbours", answered: false },
  { request: "b", words: ["flamingo", "thunder", "butter", "cathedral"], label: "ليلى", answered: false },
  { request: "c", words: ["ice", "elbow", "plum", "pony"], label: "Neighbours", answered: false },
  { request: "d", words: ["velvet", "harbor", "tango", "anchor"], label: undefined, answered: false },
  { request: "e", words: ["quiet", "saddle", "rose", "yellow"], label: undefined, answered: false },
]

export const alarms: readonly AlarmEntry[] = [
  { kind: "withheld", about: undefined },
  { kind: "admitted-without-invite", about: undefined },
  { kind: "wrong-secret", about: undefined },
  { kind: "host-key-twice", about: undefined },
  { kind: "fork", about: undefined },
  { kind: "strange-head", about: "Gentle Falcon" },
]
