import { afterEach, beforeEach, expect, test } from "vitest"

import type { SeatSerial } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { Gathering, onStage, reads, say } from "../support/gathering.ts"
import type { Person } from "../support/person.ts"
import { pseudonym } from "../../web/keys/names.ts"
import { roomView } from "../../web/keys/view.ts"

let room: Gathering
let host: Person
beforeEach(async () => {
  room = await Gathering.open()
  ;({ host } = room)
})
afterEach(() => room.close())

const view = (person: Person) => roomView(p, person.state, room.house.now)
const acts = (seen: Person, whom: Person) => {
  const { stage, audience, hands } = view(seen)
  return [...stage, ...audience, ...hands.map(({ person }) => person)].find(({ serial }) => serial === whom.serial)?.may
}

test("the longest raised hand comes first, under the two words of its seat, and says whether it was asked", async () => {
  const [ada, bo] = [await room.seat("ada"), await room.seat("bo")]
  await say(bo, { kind: "hand", up: true })
  await host.until(({ conversation }) => conversation.hands.size === 1)
  await room.house.elapse(1000)
  await say(ada, { kind: "profile", name: "Ada" })
  await say(ada, { kind: "hand", up: true })
  await host.until(({ conversation }) => conversation.hands.size === 2)
  await say(host, { kind: "stage-invite", serial: bo.serial })
  await bo.until(({ conversation }) => conversation.stageInvite !== undefined)
  const { hands, names } = view(host)
  expect(hands.map(({ person, invited }) => [person.serial, invited])).toEqual([
    [bo.serial, true],
    [ada.serial, false],
  ])
  const row = host.state.lead?.seats?.rows.get(ada.serial as SeatSerial)
  expect(hands[1]?.person.name).toBe(pseudonym(p, row?.seatPub ?? new Uint8Array()))
  expect(names).toEqual({ [ada.serial]: "Ada" })
  expect([view(ada).handUp, view(bo).handUp, view(host).handUp]).toEqual([true, true, false])
  expect([view(bo).stageInvite?.serial, view(ada).stageInvite]).toEqual([host.serial, undefined])
})

test("a name somebody chose is theirs after a reload, before anybody heard it again, and is told to newcomers", async () => {
  const ada = await room.seat("ada", "speaker")
  await say(ada, { kind: "profile", name: "Ada" })
  await host.until(({ conversation }) => conversation.names.size === 1)
  const again = room.house.reload(ada)
  await again.until(({ phase }) => phase === "seated")
  expect(view(again).names[again.serial]).toBe("Ada")
  const late = await room.seat("late")
  await late.until(({ conversation }) => conversation.names.get(again.serial as SeatSerial) === "Ada")
})

test("a line is the same line at everybody, and names its seat, not the name somebody chose", async () => {
  const [ada, bo] = [await room.seat("ada"), await room.seat("bo")]
  await say(ada, { kind: "profile", name: "The Host" })
  await say(ada, { kind: "chat", text: "hello" })
  for (const person of [host, ada, bo]) await reads(person, "hello")
  const [atBo] = view(bo).talk
  expect(atBo).toMatchObject({ serial: ada.serial, isMe: false, said: { kind: "chat", text: "hello" } })
  expect(atBo?.name).not.toBe("The Host")
  expect(view(ada).talk).toEqual([{ ...atBo, isMe: true }])
  expect(view(host).talk[0]?.id).toBe(atBo?.id)
})

test("the buttons are those the table of roles allows, where they fit", async () => {
  const [ada, bo, mo] = [await room.seat("ada"), await room.seat("bo", "speaker"), await room.seat("mo", "moderator")]
  expect(acts(host, ada)).toEqual(["stage-invite", "promote", "remove"])
  expect(acts(host, bo)).toEqual(["demote", "mic-off", "remove"])
  expect(acts(host, mo)).toEqual(["demote", "mic-off", "remove"])
  expect(acts(mo, bo)).toEqual(["demote", "mic-off", "remove"])
  for (const [seen, whom] of [
    [mo, host],
    [mo, mo],
    [bo, mo],
    [ada, bo],
    [host, host],
  ] as const)
    expect(acts(seen, whom)).toEqual([])
  expect([host, mo, bo, ada].map((person) => view(person).may)).toEqual([
    ["chat", "end", "invite"],
    ["chat"],
    ["chat"],
    ["chat"],
  ])
  expect([view(mo).inviteRole, view(bo).inviteRole, view(host).invites[0]?.role]).toEqual([
    ...["moderator", "speaker", "moderator"],
  ])
})

test("whoever makes one mute is named, and each order has a number of its own", async () => {
  const [bo, mo] = [await room.seat("bo", "speaker"), await room.seat("mo", "moderator")]
  await mo.command({ kind: "mic-off", serial: bo.serial })
  await bo.until(({ conversation }) => conversation.muteAsked !== undefined)
  const first = view(bo).muteAsked
  expect(first?.by.serial).toBe(mo.serial)
  // numbers are clock readings, and everybody here has the same clock
  await room.house.elapse(100)
  await host.command({ kind: "mic-off", serial: bo.serial })
  await bo.until(({ conversation }) => conversation.muteAsked?.n !== first?.n)
  expect(view(bo).muteAsked?.by).toMatchObject({ serial: host.serial, role: "host" })
  expect(onStage(bo, bo)).toBe(true)
})

test("nothing of a conversation shows before one is seated and after one has gone", async () => {
  const ada = await room.seat("ada")
  await say(host, { kind: "chat", text: "hello" })
  await reads(ada, "hello")
  expect(roomView(p, { ...ada.state, phase: "joining" }, room.house.now)).toMatchObject({ talk: [], may: [] })
  await ada.command({ kind: "leave" })
  expect(ada.state.conversation.secrets).toEqual([])
  expect(view(ada)).toMatchObject({ talk: [], hands: [], names: {}, may: [] })
})
