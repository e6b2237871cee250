import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { toHex, type Bytes } from "#crypto/base/bytes"
import type { SeatSerial, Step } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { commit, ratchet } from "#crypto/media/key-schedule"
import { viewOf } from "#crypto/room/head"
import { knockWords } from "#crypto/room/knock-words"
import { counterStates, seatsHash, type Row } from "#crypto/room/seats"
import type { SignedSeatRequest } from "#crypto/seat/seat-request"
import { stepKind } from "#crypto/seat/step"
import { serviceCodec } from "#crypto/wire/wire"
import { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"

const answerTag = 75

describe("whom a leader lets in", { timeout: 60_000 }, () => {
  let house: Household
  beforeEach(async () => {
    house = await Household.open()
  })
  afterEach(async () => {
    for (const person of house.people) expect([person.who, person.broken]).toEqual([person.who, false])
    await house.close()
  })

  /** Opens a link and knocks; the leader has the knock on its screen. */
  const knocks = async (leader: Person, who: string, link: Parameters<Household["knock"]>[1]) => {
    const person = await house.knock(who, link)
    await person.until(({ knocking }) => knocking)
    await leader.until(({ lead }) => lead?.knocking.some(({ request }) => sameId(person, request.id)) === true)
    return { person, request: toHex(person.state.request?.id ?? new Uint8Array()) }
  }
  const sameId = (person: Person, id: Uint8Array): boolean =>
    toHex(person.state.request?.id ?? new Uint8Array()) === toHex(id)

  describe("in a sealed space", () => {
    let host: Person
    beforeEach(async () => {
      host = await house.host("host", "sealed")
    })

    it("is whom a human has let in: nobody is seated by a link alone", async () => {
      const { link } = await house.invite(host)
      const { person, request } = await knocks(host, "ada", link)
      await house.elapse(30_000)
      expect([person.state.phase, person.state.seated]).toEqual(["joining", undefined])
      expect(host.state.chain?.count).toBe(1)
      expect(await host.command({ kind: "admit", request })).toEqual({ kind: "done" })
      await person.until(({ phase }) => phase === "seated")
    })

    it("is told from others by words that both sides see, and by no others", async () => {
      const { link } = await house.invite(host)
      const ada = await knocks(host, "ada", link)
      const bo = await knocks(host, "bo", link)
      const wordsOf = (request: string) => knockWords(p, Buffer.from(request, "hex"))
      const shown = host.state.lead?.knocking.map(({ request }) => knockWords(p, request.id)) ?? []
      expect(shown).toEqual([wordsOf(ada.request), wordsOf(bo.request)])
      expect(wordsOf(ada.request)).not.toEqual(wordsOf(bo.request))
      expect(wordsOf(ada.request)).toHaveLength(4)
    })

    it("learns that it knocks even if the first word of it got lost", async () => {
      const { link } = await house.invite(host)
      house.tamper = (to, bytes) => (to === "ada" && bytes[0] === answerTag ? [] : [bytes])
      const ada = await house.knock("ada", link)
      await host.until(({ lead }) => lead?.knocking.length === 1)
      await house.elapse(2_000)
      expect(ada.state.knocking).toBe(false)
      house.tamper = undefined
      await house.elapse(12_000)
      await ada.until(({ knocking }) => knocking)
      expect(host.state.lead?.knocking).toHaveLength(1)
    })

    it("is not whom it sends away, nor who waited two minutes, and neither has used an invite up", async () => {
      const { link } = await house.invite(host, { uses: 1 })
      const ada = await knocks(host, "ada", link)
      expect(await host.command({ kind: "refuse", request: ada.request })).toEqual({ kind: "done" })
      await ada.person.until(({ phase }) => phase === "gone")
      expect(ada.person.state.problem).toBe("not-let-in")
      const bo = await knocks(host, "bo", link)
      await house.elapse(121_000)
      await bo.person.until(({ phase }) => phase === "gone")
      expect(bo.person.state.problem).toBe("not-let-in")
      const cleo = await knocks(host, "cleo", link)
      await host.command({ kind: "admit", request: cleo.request })
      await cleo.person.until(({ phase }) => phase === "seated")
    })

    it("has its seat back after a reload without knocking again", async () => {
      const { link } = await house.invite(host)
      const { person, request } = await knocks(host, "ada", link)
      await host.command({ kind: "admit", request })
      await person.until(({ phase }) => phase === "seated")
      const again = house.reload(person)
      await again.until(({ phase }) => phase === "seated")
      expect(again.serial).toBe(person.serial)
    })

    it("is nobody's to decide but the leader's, and no knock is decided twice", async () => {
      const { link } = await house.invite(host)
      const bo = await knocks(host, "bo", link)
      const failed = (code: string) => ({ kind: "failed", code })
      expect(await bo.person.command({ kind: "admit", request: bo.request })).toEqual(failed("not-allowed"))
      expect(await host.command({ kind: "admit", request: "00".repeat(32) })).toEqual(failed("no-such-request"))
      await host.command({ kind: "admit", request: bo.request })
      expect(await host.command({ kind: "admit", request: bo.request })).toEqual(failed("no-such-request"))
    })
  })

  describe("after a kick", () => {
    it("nobody comes back by a personal invite, and by a group's only whom a human lets in", async () => {
      const host = await house.host()
      const group = await house.invite(host)
      const personal = await house.invite(host, { personal: true })
      for (const [who, { link }] of [
        ["eve", group],
        ["mal", personal],
      ] as const) {
        const person = await house.join(who, link)
        await host.command({ kind: "remove", serial: person.serial })
        await person.until(({ phase }) => phase === "gone")
        expect([who, person.state.problem]).toEqual([who, "removed"])
      }
      await host.until(({ lead }) => {
        const states = [...(lead?.seats?.counters.values() ?? [])].map(({ state }) => state)
        return states.includes(counterStates.knock) && states.includes(counterStates.burnt)
      })
      const mal = await house.join("mal again", personal.link)
      expect(mal.state.problem).toBe("invite-burnt")
      const eve = await knocks(host, "eve again", group.link)
      expect(eve.person.state.seated).toBeUndefined()
      await host.command({ kind: "admit", request: eve.request })
      await eve.person.until(({ phase }) => phase === "seated")
      // whom a human let in leaves the invite as it is
      const next = await knocks(host, "somebody", group.link)
      expect(next.person.state.seated).toBeUndefined()
    })

    it("an open space lets everybody in, and burns the invite of whoever is removed", async () => {
      const host = await house.host("host", "open")
      const { link } = await house.invite(host)
      const eve = await house.join("eve", link)
      await host.command({ kind: "remove", serial: eve.serial })
      await eve.until(({ phase }) => phase === "gone")
      expect((await house.join("eve again", link)).state.problem).toBe("invite-burnt")
    })
  })

  describe("under the eyes of deputies", () => {
    const standsBy = (deputy: Person) => deputy.until(({ lead }) => lead?.standing === true && lead.seats !== undefined)
    const invitedDeputy = async (host: Person) => (await house.invite(host, { role: "cohost", personal: true })).link
    const knowsOf = (deputy: Person, seats: number) =>
      deputy.until(({ lead }) => lead?.seats?.rows.size === seats && lead.keks.size >= 1)

    it("is nobody who knocked and was let in; who still knocks when the leader is gone knocks at the deputy's", async () => {
      const host = await house.host("host", "sealed")
      const dora = await knocks(host, "dora", await invitedDeputy(host))
      await host.command({ kind: "admit", request: dora.request })
      await standsBy(dora.person)
      const { link } = await house.invite(host)
      const ada = await knocks(host, "ada", link)
      await dora.person.until(({ lead }) => lead?.knocking.length === 1 && lead.waiting.length === 0)
      await host.command({ kind: "admit", request: ada.request })
      await ada.person.until(({ phase }) => phase === "seated")
      await knowsOf(dora.person, 3)
      expect([dora.person.state.alarms, dora.person.state.lead?.knocking]).toEqual([[], []])
      const bo = await knocks(host, "bo", link)
      host.stop()
      await house.elapse(23_000)
      const asksAnew = ({ request }: { request: SignedSeatRequest }) =>
        sameId(bo.person, request.id) && toHex(request.id) !== bo.request
      await dora.person.until(({ lead }) => lead?.knocking.some(asksAnew) === true)
      const again = toHex(bo.person.state.request?.id ?? new Uint8Array())
      expect(await dora.person.command({ kind: "admit", request: again })).toEqual({ kind: "done" })
      await bo.person.until(({ phase }) => phase === "seated")
    })

    it("is nobody whose request came before the deputy, who is shown it with the batch", async () => {
      const host = await house.host()
      const { link } = await house.invite(host)
      const held: Uint8Array[] = []
      house.tamper = (who, bytes) => {
        if (who !== "host" || serviceCodec.decode(bytes).TAG !== "request") return [bytes]
        held.push(bytes)
        return []
      }
      const ada = await house.knock("ada", link)
      await ada.until(({ request }) => request !== undefined)
      while (held.length === 0) await house.elapse(100)
      house.tamper = undefined
      // Asked again, it would be shown to the deputy as well.
      house.loses = (who) => who === "ada"
      const dora = await house.join("dora", await invitedDeputy(host))
      // On a slow machine it may sync after the Head that names it, and is shown the request there.
      await standsBy(dora)
      expect(held).toHaveLength(1)
      for (const bytes of held) house.deliver("host", bytes as Bytes)
      await ada.until(({ phase }) => phase === "seated")
      await knowsOf(dora, 3)
      expect(dora.state.alarms).toEqual([])
    })

    it("raises an alarm if no invite, or no request, brought a row that the leader signed", async () => {
      const host = await house.host()
      const { link } = await house.invite(host, { role: "cohost", personal: true })
      const dora = await house.join("dora", link)
      const group = await house.invite(host)
      await house.join("ada", group.link)
      for (const person of [dora, host])
        await person.until(({ lead, chain }) => lead?.seats !== undefined && chain?.count === 3)
      const ada = [...(dora.state.lead?.seats?.rows.values() ?? [])].find(({ serial }) => serial === 3)
      expect(dora.state.alarms).toEqual([])
      const { chain, secret, seatSeed, lead } = host.state
      if (!chain?.head || !secret || !seatSeed || !lead?.seats || !ada)
        throw new Error("The room is not as it should be.")
      const ghost: Row = { ...ada, serial: 77 as SeatSerial, seatPub: p.publicKey(p.random(32)) }
      const step = (chain.step + 1) as Step
      const next = ratchet(p, secret.secret, viewOf(chain.head), step)
      const { epoch } = chain.head.fields
      const receipt = await stepKind.sign(p, seatSeed, {
        space: chain.space,
        head: chain.head.id,
        epoch,
        step,
        count: 4,
        seats: seatsHash(p, [...lead.seats.rows.values(), ghost], lead.seats.counters.values()),
        commit: commit(p, chain.space, epoch, step, next),
      })
      const changes = { upserted: [ghost], removed: [], counters: [] }
      dora.hear({ TAG: "changes", data: { of: receipt.id, changes, invites: [], answered: [] } })
      dora.hear({ TAG: "step", data: { step: receipt.bytes } })
      await dora.until(({ alarms }) => alarms.some(({ kind }) => kind === "admitted-without-invite"))
    })
  })
})
