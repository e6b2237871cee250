import { afterEach, beforeEach, expect, it } from "vitest"
import type { Bytes } from "#crypto/base/bytes"
import type { MemberReply } from "#crypto/member/types"
import { clientCodec, serviceCodec, type ServiceMessage } from "#crypto/wire/wire"
import { encodeRecord } from "../../web/keys/vault-record.ts"
import { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"

let house: Household
let host: Person

beforeEach(async () => {
  house = await Household.open()
  host = await house.host()
})

afterEach(() => house.close())

const listener = async (): Promise<Person> => house.join("listener", (await house.invite(host)).link)

/** How often somebody's device asked the service for a ticket. */
const asked = ({ who }: Person): number =>
  house.carried.filter(
    (carried) => carried.who === who && carried.way === "to-service" && clientCodec.decode(carried.bytes).TAG === "sfu",
  ).length

const want = (person: Person): Promise<MemberReply> => person.command({ kind: "sfu-token" })

const arrived = (person: Person): Promise<void> => person.until(({ ticket }) => ticket?.reply !== undefined)

/** Has something else in the place of the listener's tickets. */
function insteadOfTickets(other: (ref: number, bytes: Bytes) => readonly ServiceMessage[]): void {
  house.tamper = (who, bytes) => {
    const message = serviceCodec.decode(bytes)
    if (who !== "listener" || message.TAG !== "sfu") return [bytes]
    return other(message.data.ref, bytes).map((made) => serviceCodec.encode(made))
  }
}

it("the first ticket is there before the page asks, and is handed out once", async () => {
  const person = await listener()
  await arrived(person)
  const first = await want(person)
  expect(first.kind).toBe("sfu")
  expect(asked(person)).toBe(1)
  const second = await want(person)
  expect(asked(person)).toBe(2)
  expect(second.kind).toBe("sfu")
  expect(second).not.toEqual(first)
})

it("who asks while it is on its way gets that one, the next one another", async () => {
  let held: Bytes | undefined
  insteadOfTickets((_ref, bytes) => {
    held ??= bytes
    return []
  })
  const person = await listener()
  await house.elapse(1000)
  const first = want(person)
  await person.until(({ ticket }) => ticket?.wantedBy !== undefined)
  house.tamper = undefined
  const second = await want(person)
  if (held === undefined) throw new Error("The service made no ticket.")
  house.deliver("listener", held)
  expect((await first).kind).toBe("sfu")
  expect(second.kind).toBe("sfu")
  expect(second).not.toEqual(await first)
  expect(asked(person)).toBe(2)
})

it("nobody gets one that is older than 30 s", async () => {
  const person = await listener()
  await arrived(person)
  await house.elapse(31_000)
  expect(person.state.ticket).toBeUndefined()
  expect((await want(person)).kind).toBe("sfu")
  expect(asked(person)).toBe(2)
})

it("nobody gets the audience's on stage", async () => {
  const person = await listener()
  await arrived(person)
  await host.command({ kind: "promote", serial: person.serial })
  await person.until(({ chain, serial }) => chain?.roster.some((entry) => entry.serial === serial) === true)
  expect((await want(person)).kind).toBe("sfu")
  expect(asked(person)).toBe(2)
})

it("it is in no record", async () => {
  const person = await listener()
  await arrived(person)
  const reply = person.state.ticket?.reply
  const { record } = person
  if (reply === undefined || record === undefined) throw new Error("There is nothing to look for, or nowhere.")
  await house.elapse(1000)
  const stored = Buffer.from(encodeRecord(record))
  expect(stored.includes(reply.token) || stored.includes(reply.identity)).toBe(false)
})

it("a refusal is told to who waits for it, and to nobody else", async () => {
  insteadOfTickets((ref) => [{ TAG: "error", data: { ref, code: "sfu-unreachable" } }])
  const person = await listener()
  await person.until(({ ticket, asked: open }) => ticket === undefined && open.size === 0)
  expect([...person.refusals]).toEqual([])
  expect(await want(person)).toEqual({ kind: "failed", code: "sfu-unreachable" })
  house.tamper = undefined
  expect((await want(person)).kind).toBe("sfu")
})

it("one that is on its way when the connection breaks fails for who waits, and the next question brings another", async () => {
  insteadOfTickets(() => [])
  const person = await listener()
  const waiting = want(person)
  await person.until(({ ticket }) => ticket?.wantedBy !== undefined)
  person.hangUp()
  expect(await waiting).toEqual({ kind: "failed", code: "offline" })
  house.tamper = undefined
  await person.until(({ socket }) => socket === "synced")
  expect((await want(person)).kind).toBe("sfu")
})

it("whoever leaves keeps none", async () => {
  const person = await listener()
  await arrived(person)
  await person.command({ kind: "leave" })
  expect(person.state.ticket).toBeUndefined()
})
