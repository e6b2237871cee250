import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { toHex } from "#crypto/base/bytes"
import type { ObjectId, SeatSerial } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import type { Link } from "#crypto/link/link"
import { knocksPerPage, type Content } from "#crypto/message/content"
import { acts } from "#crypto/message/order"
import { signerOf } from "#crypto/room/head"
import { knockWords } from "#crypto/room/knock-words"
import { clientCodec } from "#crypto/wire/wire"
import { knockEntries } from "../../web/keys/people.ts"
import { Gathering, worksOff } from "../support/gathering.ts"
import type { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"

describe("who knocks", { timeout: 60_000 }, () => {
  let room: Gathering
  let house: Household
  let host: Person
  let mo: Person
  let group: Link
  beforeEach(async () => {
    room = await Gathering.open()
    ;({ house, host } = room)
    mo = await room.seat("mo", "moderator")
    group = (await house.invite(host, { label: "Neighbours" })).link
    const eve = await house.join("eve", group)
    await host.command({ kind: "remove", serial: eve.serial })
    await eve.until(({ phase }) => phase === "gone")
    await room.settled()
  })
  afterEach(() => room.close())

  const done = { kind: "done" }
  const seen = (person: Person) => knockEntries(p, person.state)
  const requestOf = (person: Person): Uint8Array => person.state.request?.id ?? new Uint8Array()
  const knock = async (who: string): Promise<Person> => {
    const person = await house.knock(who, group)
    await person.until(({ knocking }) => knocking)
    return person
  }
  const shown = (to: Person, whom: Person) => to.until(() => seen(to).some(({ request }) => request === idOf(whom)))
  const idOf = (person: Person): string => toHex(requestOf(person))
  const gone = (to: Person) => to.until(() => seen(to).length === 0)
  const knocksOf = (...ids: Uint8Array[]): Content => ({
    TAG: "knocks",
    data: { page: 0, requests: ids as ObjectId[] },
  })

  it("is seen by a moderator under the joiner's own words, and let in by its order; then it is gone for all", async () => {
    const dora = await room.seat("dora", "cohost")
    const ada = await knock("ada")
    for (const person of [mo, dora]) await shown(person, ada)
    for (const person of [mo, dora, host])
      expect(seen(person).map(({ words }) => words)).toEqual([knockWords(p, requestOf(ada))])
    expect(await mo.command({ kind: "admit", request: idOf(ada) })).toEqual(done)
    expect(seen(mo).map(({ answered }) => answered)).toEqual([true])
    await ada.until(({ phase }) => phase === "seated")
    for (const person of [mo, dora, host]) await gone(person)
    expect([...mo.refusals, ...dora.refusals, ...host.refusals]).toEqual([])
  })

  it("is sent away by a cohost's order, and is gone for all", async () => {
    const dora = await room.seat("dora", "cohost")
    const ada = await knock("ada")
    await shown(dora, ada)
    expect(await dora.command({ kind: "refuse", request: idOf(ada) })).toEqual(done)
    await ada.until(({ phase }) => phase === "gone")
    expect(ada.state.problem).toBe("not-let-in")
    for (const person of [mo, dora, host]) await gone(person)
  })

  it("is told apart by the label of the invite on the host's page alone", async () => {
    const ada = await knock("ada")
    await shown(mo, ada)
    expect([host, mo].map((person) => seen(person)[0]?.label)).toEqual(["Neighbours", undefined])
  })

  it("is kept by no listener and no speaker, though every seat gets the message", async () => {
    const [lin, sam] = [await room.seat("lin"), await room.seat("sam", "speaker")]
    const ada = await knock("ada")
    await shown(mo, ada)
    for (const person of [lin, sam]) {
      await person.until(() => room.passedOn(person.who, host).length > 0)
      await worksOff(person)
      expect([person.who, person.state.conversation.knocks.size, seen(person)]).toEqual([person.who, 0, []])
      expect(await person.command({ kind: "admit", request: idOf(ada) })).toEqual({
        kind: "failed",
        code: "not-allowed",
      })
    }
  })

  it("costs no message where nobody but the leader may answer", async () => {
    await host.command({ kind: "remove", serial: mo.serial })
    await mo.until(({ phase }) => phase === "gone")
    await room.settled()
    await knock("ada")
    await house.elapse(5000)
    expect(room.sizesSentBy("host")).toEqual([])
  })

  it("is said at most once a second, whoever knocks how often", async () => {
    const began = house.monotonic
    for (const who of ["ada", "bo", "cleo", "dan", "ed"]) await knock(who)
    await mo.until(() => seen(mo).length === 5)
    expect(room.sizesSentBy("host").length).toBeLessThanOrEqual((house.monotonic - began) / 1000 + 1)
  })

  it("is said again when the leader's connection broke before it was out", async () => {
    house.loses = (who, bytes) => who === "host" && clientCodec.decode(bytes).TAG === "app"
    const ada = await knock("ada")
    await host.until(({ conversation }) => conversation.toldKnocks.epoch > 0)
    house.loses = undefined
    host.hangUp()
    await shown(mo, ada)
  })

  it("is known to a moderator who comes later", async () => {
    const ada = await knock("ada")
    const max = await room.seat("max", "moderator")
    await shown(max, ada)
  })

  it("is what whoever leads says, and nobody else's word counts", async () => {
    const max = await room.seat("max", "moderator")
    const ada = await knock("ada")
    await shown(mo, ada)
    mo.hear({ TAG: "app", data: await room.forge(max, knocksOf(p.random(32))) })
    mo.hear({ TAG: "app", data: await room.forge(max, knocksOf()) })
    await mo.until(() => mo.refusals.get("not-allowed") === 2)
    expect(seen(mo).map(({ request }) => request)).toEqual([idOf(ada)])
  })

  it("is let in by no order that names a knock which the leader does not know", async () => {
    const ada = await knock("ada")
    await shown(mo, ada)
    const before = host.state.chain?.count
    for (const request of [toHex(p.random(32)), "00".repeat(32)])
      expect(await mo.command({ kind: "admit", request })).toEqual(done)
    await host.until(() => host.refusals.get("no-such-request") === 2)
    await house.elapse(3000)
    expect([host.state.chain?.count, ada.state.seated, seen(mo).length]).toEqual([before, undefined, 1])
  })

  it("is let in by no order of somebody whose role does not allow it", async () => {
    const sam = await room.seat("sam", "speaker")
    const ada = await knock("ada")
    const admit: Content = {
      TAG: "order",
      data: { act: acts.admit, target: 0 as SeatSerial, request: [requestOf(ada) as ObjectId], reason: 0 },
    }
    host.hear({ TAG: "app", data: await room.forge(sam, admit) })
    await host.until(() => host.refusals.get("not-allowed") === 1)
    expect(host.state.lead?.knocking).toHaveLength(1)
  })

  it("is shown by whoever leads next, under the words of the request that it is asked with again", async () => {
    const dora = await room.seat("dora", "cohost")
    const ada = await knock("ada")
    await shown(mo, ada)
    await dora.until(({ lead }) => lead?.seats !== undefined)
    host.stop()
    await dora.until(({ chain }) => chain !== undefined && signerOf(chain)?.serial === dora.serial)
    for (const person of [dora, mo]) await person.until(() => seen(person).some(({ request }) => request === idOf(ada)))
    expect(seen(mo)).toEqual(seen(dora))
    const again = house.reload(host)
    await again.until(({ phase }) => phase === "seated")
    const bo = await knock("bo")
    await shown(again, bo)
    expect(signerOf(again.state.chain ?? raise())?.serial).toBe(dora.serial)
    expect(seen(again).find(({ request }) => request === idOf(bo))?.label).toBe("Neighbours")
    await again.command({ kind: "admit", request: idOf(bo) })
    await bo.until(({ phase }) => phase === "seated")
  })

  it("leaves the lead where it is, though a deputy comes back while the leader waits for its human", async () => {
    const dora = await room.seat("dora", "cohost")
    const ada = await knock("ada")
    const keeps = (requests: readonly { readonly request: { readonly id: Uint8Array } }[] = []) =>
      requests.some(({ request }) => toHex(request.id) === idOf(ada))
    await dora.until(({ lead }) => keeps(lead?.knocking))
    const leader = signerOf(host.state.chain ?? raise())?.serial
    dora.hangUp()
    await dora.until(({ socket }) => socket !== "synced")
    await dora.until(({ lead }) => keeps(lead?.knocking))
    await dora.until(({ socket, lead }) => socket === "synced" && lead?.waiting.length === 0)
    await house.elapse(18_000)
    expect([signerOf(dora.state.chain ?? raise())?.serial, keeps(host.state.lead?.knocking)]).toEqual([leader, true])
    expect(await mo.command({ kind: "admit", request: idOf(ada) })).toEqual(done)
    await ada.until(({ phase }) => phase === "seated")
    await dora.until(({ lead }) => lead?.knocking.length === 0)
    expect(dora.state.alarms).toEqual([])
  })

  it("is told to wait again by a leader that comes back to a service which has forgotten that it was", async () => {
    const dora = await room.seat("dora", "cohost")
    const ada = await knock("ada")
    const leader = signerOf(host.state.chain ?? raise())?.serial
    const { rooms } = house.service.server.service
    const [here] = rooms.inUse()
    // As after a restart: what the service kept in memory is gone, and everybody comes back.
    for (const person of [host, dora]) person.hangUp()
    for (const person of [host, dora]) await person.until(({ socket }) => socket !== "synced")
    here?.state.waiting.forgetPending()
    for (const person of [host, dora]) await person.until(({ socket }) => socket === "synced")
    await dora.until(({ lead }) => lead?.knocking.some(({ request }) => toHex(request.id) === idOf(ada)) === true)
    await house.elapse(18_000)
    expect([signerOf(dora.state.chain ?? raise())?.serial, dora.state.lead?.waiting]).toEqual([leader, []])
  })

  it("is shown to whoever leads again after the service has given up on its request", async () => {
    const ada = await knock("ada")
    for (const person of [host, mo]) person.stop()
    await house.elapse(16 * 60_000)
    await house.service.server.sweep()
    await house.elapse(140_000)
    const again = house.reload(host)
    await again.until(({ lead }) => lead?.knocking.length === 1)
    expect(seen(again).map(({ request }) => request)).toEqual([idOf(ada)])
    await again.command({ kind: "admit", request: idOf(ada) })
    await ada.until(({ phase }) => phase === "seated")
  })

  it("hears that the invite was taken back, though another leads by then whose word it cannot check", async () => {
    const dora = await room.seat("dora", "cohost")
    const { link, invite } = await house.invite(host)
    const eve = await house.join("eve again", link)
    await host.command({ kind: "remove", serial: eve.serial })
    await eve.until(({ phase }) => phase === "gone")
    const ada = await house.knock("ada", link)
    await ada.until(({ knocking }) => knocking)
    await host.command({ kind: "revoke", invite })
    await dora.until(({ chain }) => chain?.policy.fields.revoked.length === 1)
    host.stop()
    await dora.until(({ chain }) => chain !== undefined && signerOf(chain)?.serial === dora.serial)
    await house.elapse(140_000)
    expect([ada.state.phase, ada.state.problem]).toEqual(["gone", "invite-revoked"])
  })

  it("is a list of 64 at most, in the order they came, in messages of the usual sizes, and over after two minutes", async () => {
    const ids = Array.from({ length: 2 * knocksPerPage }, () => p.random(32))
    const pages = [ids.slice(0, knocksPerPage), ids.slice(knocksPerPage)] as const
    for (const page of [1, 0] as const) {
      const content: Content = { TAG: "knocks", data: { page, requests: pages[page] as ObjectId[] } }
      const said = await room.forge(host, content, house.now + 1 - page)
      expect(said.message).toHaveLength(1280)
      mo.hear({ TAG: "app", data: said })
    }
    await mo.until(() => seen(mo).length === ids.length)
    expect(seen(mo).map(({ request }) => request)).toEqual(ids.map(toHex))
    const more = knocksOf(...pages[0], p.random(32))
    await expect(room.forge(host, more)).rejects.toMatchObject({ code: "malformed" })
    // Nobody says it again.
    await house.elapse(126_000)
    expect(seen(mo)).toEqual([])
  })
})

function raise(): never {
  throw new Error("There is no chain.")
}
