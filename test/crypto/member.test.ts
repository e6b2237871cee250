import { afterEach, beforeEach, describe, expect, it } from "vitest"

import type { SeatSerial } from "#crypto/base/ids"
import { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"

describe("members around a real key service", { timeout: 60_000 }, () => {
  let house: Household
  let host: Person
  beforeEach(async () => {
    house = await Household.open()
    host = await house.host()
  })
  afterEach(async () => {
    for (const person of house.people) expect([person.who, person.broken]).toEqual([person.who, false])
    await house.close()
  })

  const seat = async (who: string, role: "listener" | "speaker" = "listener", personal = false): Promise<Person> => {
    const { link } = await house.invite(host, { role, personal })
    const person = await house.join(who, link)
    expect([who, person.state.phase, person.state.problem]).toEqual([who, "seated", undefined])
    return person
  }
  const settled = async (...people: readonly Person[]): Promise<void> => {
    for (const person of people) {
      await person.until(() => person.upToDate && person.epoch === host.epoch)
      await person.until(({ chain }) => chain?.step === host.state.chain?.step)
    }
  }
  /** Neither is a Step ahead of the other. */
  const caughtUp = (person: Person): Promise<void> =>
    person.until(({ secret }) => secret?.epoch === host.epoch && secret.step === host.state.chain?.step)

  it("hear a host, and a speaker who joined, and nobody who is not on stage speaks", async () => {
    const ada = await seat("ada")
    const bo = await seat("bo", "speaker")
    await settled(host, bo)
    await caughtUp(ada)
    for (const speaker of [host, bo])
      for (const listener of [host, ada, bo])
        if (listener !== speaker) expect(await listener.hears(await speaker.speak())).toBe(true)
    expect(ada.state.sending.silence).toBe("no-key")
    const mute = await ada.speak()
    for (const listener of [host, bo]) expect(await listener.hears(mute)).toBe(false)
  })

  it("agree on the history, the stage, the count and the safety code", async () => {
    const people = [host, await seat("ada"), await seat("bo", "speaker")]
    await settled(host)
    await house.elapse(90_000)
    for (const person of people)
      await person.until(({ chain }) => chain?.head?.id !== undefined && chain.codeHead !== undefined)
    await host.until(({ lead }) => lead?.inflight === undefined)
    await host.until(() => new Set(people.map(({ state }) => state.chain?.head?.fields.seq)).size === 1)
    const code = host.state.chain?.codeHead
    expect(people.map(({ state: { chain } }) => [chain?.codeHead, chain?.count])).toEqual(people.map(() => [code, 3]))
  })

  it("wait for a host who is not there, and are let in when it comes", async () => {
    const { link } = await house.invite(host)
    host.stop()
    const ada = await house.knock("ada", link)
    await ada.until(({ phase }) => phase === "waiting-for-host")
    const again = house.reload(host)
    await again.until(({ phase }) => phase === "seated")
    await ada.until(({ phase }) => phase === "seated")
  })

  it("are let in once, though they asked twice while nobody was there", async () => {
    const { link } = await house.invite(host)
    host.stop()
    const first = await house.knock("ada", link)
    await first.until(({ request }) => request !== undefined)
    const second = house.reload(first)
    await second.until(({ socket }) => socket === "synced")
    await second.command({ kind: "join" })
    await second.until(({ request }) => request !== undefined)
    const again = house.reload(host)
    await again.until(({ phase }) => phase === "seated")
    await second.until(({ phase }) => phase === "seated")
    await again.until(({ lead }) => lead?.inflight === undefined && lead?.waiting.length === 0)
    expect(again.state.lead?.seats?.rows.size).toBe(2)
  })

  it("are deaf after a kick, at once for sending and for good", async () => {
    const [ada, bo] = [await seat("ada"), await seat("bo")]
    await settled(host)
    const before = host.epoch
    expect(await host.command({ kind: "remove", serial: ada.serial })).toEqual({ kind: "done" })
    await host.untilSending(before + 1)
    await ada.until(({ phase }) => phase === "gone")
    expect(ada.state.problem).toBe("removed")
    expect(ada.record).toBeUndefined()
    expect(await ada.hears(await host.speak())).toBe(false)
    await caughtUp(bo)
    expect(await bo.hears(await host.speak())).toBe(true)
  })

  it("do not come back on the invite they were kicked from", async () => {
    const { link } = await house.invite(host)
    const ada = await house.join("ada", link)
    await host.command({ kind: "remove", serial: ada.serial })
    await ada.until(({ phase }) => phase === "gone")
    const again = await house.knock("ada again", link).catch(() => undefined)
    await again?.until(({ phase, problem }) => phase === "gone" || problem !== undefined)
    expect(again?.state.seated).toBeUndefined()
    await host.until(({ lead }) => lead?.inflight === undefined)
    expect(host.state.lead?.seats?.rows.size).toBe(1)
  })

  it("speak when promoted and are silent when demoted", async () => {
    const ada = await seat("ada")
    await host.command({ kind: "promote", serial: ada.serial })
    await ada.until(() => ada.upToDate)
    await settled(host)
    expect(await host.hears(await ada.speak())).toBe(true)
    await host.command({ kind: "demote", serial: ada.serial })
    await ada.until(({ sending }) => sending.silence === "no-key")
    expect(await host.hears(await ada.speak())).toBe(false)
    await caughtUp(ada)
    await settled(host)
    expect(await ada.hears(await host.speak())).toBe(true)
  })

  it("lose their seats with the invite that is revoked, and nobody else does", async () => {
    const { link, invite } = await house.invite(host)
    const [ada, bo] = [await house.join("ada", link), await seat("bo")]
    await host.command({ kind: "revoke", invite })
    await ada.until(({ phase }) => phase === "gone")
    await settled(host)
    await caughtUp(bo)
    expect(await bo.hears(await host.speak())).toBe(true)
    const late = await house.knock("late", link).catch(() => undefined)
    await late?.until(({ phase }) => phase === "gone")
    expect(late?.state.problem ?? "invite-revoked").toBe("invite-revoked")
  })

  it("move to a newer device with a personal invite; the older one is told", async () => {
    const { link } = await house.invite(host, { personal: true })
    const older = await house.join("older", link)
    const newer = await house.join("newer", link)
    expect(newer.state.phase).toBe("seated")
    await older.until(({ phase }) => phase === "gone")
    expect(older.state.problem).toBe("moved")
    await host.until(({ lead }) => lead?.seats?.rows.size === 2)
    await settled(host)
    await caughtUp(newer)
    const frame = await host.speak()
    expect([await newer.hears(frame), await older.hears(frame)]).toEqual([true, false])
  })

  it("use an invite no more often than it allows", async () => {
    const { link } = await house.invite(host, { uses: 1 })
    const ada = await house.join("ada", link)
    expect(ada.state.phase).toBe("seated")
    const bo = await house.join("bo", link)
    expect([bo.state.phase, bo.state.problem]).toEqual(["gone", "invite-used-up"])
  })

  it("leave by themselves within seconds, and their invite stays good", async () => {
    const { link } = await house.invite(host)
    const ada = await house.join("ada", link)
    const before = host.epoch
    await ada.command({ kind: "leave" })
    expect([ada.state.phase, ada.state.problem, ada.record]).toEqual(["gone", "left", undefined])
    await host.until(({ lead, chain }) => lead?.seats?.rows.size === 1 && (chain?.head?.fields.epoch ?? 0) > before)
    const bo = await house.join("bo", link)
    expect(bo.state.phase).toBe("seated")
  })

  it("are gone within six seconds of leaving, however many leave after them", async () => {
    const { link } = await house.invite(host)
    const all: Person[] = []
    for (let at = 0; at < 9; at++) all.push(await house.join(`guest ${at}`, link))
    const [first] = all
    if (first === undefined) throw new Error("Nobody came.")
    const began = house.monotonic
    const gone = host
      .until(({ lead }) => lead?.seats?.rows.has(first.serial as SeatSerial) === false)
      .then(() => house.monotonic - began)
    for (const person of all) {
      await person.command({ kind: "leave" })
      await house.elapse(1_000)
    }
    expect(await gone).toBeLessThan(12_000)
  })

  it("end with the host's end, and nothing is left of any of them", async () => {
    const ada = await seat("ada")
    expect(await host.command({ kind: "end" })).toEqual({ kind: "done" })
    await ada.until(({ phase }) => phase === "gone")
    expect([ada.state.problem, host.state.problem]).toEqual(["ended", "ended"])
    expect([ada.record, host.record]).toEqual([undefined, undefined])
    expect(await house.service.dump()).not.toMatch(/"data":/)
  })

  it("get a new epoch every five minutes, and hear each other in all of them", async () => {
    const ada = await seat("ada")
    await settled(host)
    for (let turn = 0; turn < 3; turn++) {
      const before = host.epoch
      await house.elapse(300_000)
      await host.untilSending(before + 1)
      await settled(host)
      await caughtUp(ada)
      expect(await ada.hears(await host.speak())).toBe(true)
    }
  })

  it("renew their seat after ten minutes and hear on", async () => {
    const ada = await seat("ada")
    const { n } = ada.state
    await house.elapse(661_000)
    await ada.until((state) => state.n > n && state.request === undefined)
    expect(ada.state.seated?.keks.length).toBeGreaterThan(0)
    const before = host.epoch
    await house.elapse(300_000)
    await host.untilSending(before + 1)
    await caughtUp(ada)
    await settled(host)
    expect(await ada.hears(await host.speak())).toBe(true)
  })

  it("vanish after a quarter of an hour without a sign", async () => {
    const ada = await seat("ada")
    ada.stop()
    await house.elapse(800_000)
    expect(host.state.lead?.seats?.rows.size).toBe(2)
    await house.elapse(120_000)
    await host.until(({ lead }) => lead?.seats?.rows.size === 1)
  })
})
