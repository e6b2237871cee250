import { describe, expect, test } from "vitest"
import { en } from "../../web/i18n/en.ts"
import { bareView } from "../../web/keys/bare-view.ts"
import type { Person, RoleName, RoomView } from "../../web/keys/messages.ts"
import { goneFrom } from "../../web/room/gone.ts"
import { knownAudience, leadLine, seesPeople, waysOut } from "../../web/room/leading.ts"

const person = (serial: number, role: RoleName, name: string): Person => ({
  serial,
  role,
  index: serial,
  name,
  label: undefined,
  isMe: false,
  may: [],
})
const ana = person(0, "host", "Ana")
const otter = person(1, "cohost", "Amber Otter")
const view: RoomView = { ...bareView("AAECAwQFBgcICQoLDA0ODw", "opening"), phase: "seated", hostOnline: true }
const as = (role: RoleName, rest: Partial<RoomView> = {}): RoomView => ({ ...view, me: person(7, role, "Me"), ...rest })

describe("who leads", () => {
  test("is not worth a line while the host leads, or nobody is known to", () => {
    expect(leadLine(as("listener", { leader: ana }), en)).toBeUndefined()
    expect(leadLine(as("listener"), en)).toBeUndefined()
  })

  test("is said by name to everybody else, and to whoever leads", () => {
    expect(leadLine(as("listener", { leader: otter }), en)?.text).toContain("Amber Otter")
    expect(leadLine(as("cohost", { leader: otter, leads: true }), en)).toEqual({ text: en.leading.me, retake: false })
  })

  test("a host who is back is offered to lead again", () => {
    expect(leadLine(as("host", { leader: otter, mayRetake: true }), en)).toMatchObject({ retake: true })
  })
})

describe("the ways out", () => {
  test("a host alone can only end the space; with an heir it may also leave", () => {
    expect(waysOut(as("host"))).toEqual(["end"])
    expect(waysOut(as("host", { heir: otter }))).toEqual(["leave", "end"])
  })

  test("everybody else leaves, and only who may end the space is offered to", () => {
    for (const role of ["listener", "speaker", "moderator"] as const)
      expect(waysOut(as(role, { leads: true, heir: ana }))).toEqual(["leave"])
    expect(waysOut(as("cohost", { heir: ana, may: ["chat", "end"] }))).toEqual(["leave", "end"])
  })

  test("a host who left is told that the way back is open; anybody else needs a link", () => {
    const left = { ...view, phase: "gone", problem: "left" } as const
    expect(goneFrom({ ...left, inviteRole: "host" }, en)).toMatchObject({ text: en.leading.left, action: "retry" })
    expect(goneFrom({ ...left, inviteRole: "listener" }, en)).toMatchObject({ text: en.problems.left, action: "home" })
  })
})

describe("the list of people", () => {
  test("is for whoever may do something about them, and for whoever leads", () => {
    for (const role of ["moderator", "cohost", "host"] as const) expect(seesPeople(as(role))).toBe(true)
    expect(seesPeople(as("speaker", { leads: true }))).toBe(true)
    expect(seesPeople(as("speaker"))).toBe(false)
    expect(seesPeople(as("listener"))).toBe(false)
  })

  test("holds nobody twice, and whoever raised a hand though the rows are not known here", () => {
    const heron = { ...person(4, "listener", "Quiet Heron"), index: undefined }
    const lynx = { ...person(6, "listener", "Misty Lynx"), index: undefined }
    const up = (one: Person) => ({ person: one, since: 1, invited: false })
    const hands = [up(lynx), up(heron), up(otter)]
    expect(knownAudience(as("moderator", { hands })).map(({ serial }) => serial)).toEqual([6, 4])
    expect(knownAudience(as("host", { hands, audience: [heron] })).map(({ serial }) => serial)).toEqual([4, 6])
  })
})
