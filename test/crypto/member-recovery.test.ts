import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { toHex } from "#crypto/base/bytes"
import type { SeatSerial } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { startFromRecord } from "#crypto/member/start"
import { headKind } from "#crypto/room/head"
import { encodeRoster } from "#crypto/room/roster"
import { clientCodec } from "#crypto/wire/wire"
import { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"

describe("members whose tab, service or connection fails them", { timeout: 60_000 }, () => {
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

  describe("after a reload", () => {
    it("a listener has its seat again and hears", async () => {
      const ada = await seat("ada")
      const again = house.reload(ada)
      await again.until(({ phase }) => phase === "seated")
      expect(again.serial).toBe(ada.serial)
      await settled(host)
      await caughtUp(again)
      expect(await again.hears(await host.speak())).toBe(true)
    })

    it("a speaker speaks again on its seat, in an epoch it never sent in", async () => {
      const ada = await seat("ada", "speaker")
      await settled(host, ada)
      const spoken = await ada.speak()
      const again = house.reload(ada)
      await again.untilSending(spoken.epoch + 1)
      expect(again.serial).toBe(ada.serial)
      expect(again.orders.some((order) => order.kind === "send" && order.epoch <= spoken.epoch)).toBe(false)
      await caughtUp(host)
      expect(await host.hears(await again.speak())).toBe(true)
    })

    it("a host has everybody's KEK, though it is shown older Heads first: the next wraps open", async () => {
      const ada = await seat("ada")
      await settled(host)
      for (let turn = 0; turn < 2; turn++) {
        const { epoch } = host
        host.exhaust()
        await host.until(() => host.upToDate && host.epoch > epoch)
        await caughtUp(ada)
      }
      const [{ n }, { epoch }] = [ada.state, host]
      const again = house.reload(host)
      await again.until(() => again.upToDate && again.epoch > epoch)
      expect([...(again.state.lead?.keks.keys() ?? [])]).toContain(ada.serial)
      await ada.until(({ secret }) => secret?.epoch === again.epoch)
      expect(ada.state.n).toBe(n)
      expect(await ada.hears(await again.speak())).toBe(true)
    })

    it("two pages with one seat never send in the same epoch, whichever of them the service hears last", async () => {
      const speaker = await house.join("speaker", (await house.invite(host, { role: "speaker" })).link)
      await speaker.untilSending()
      const { record } = speaker
      if (record === undefined) throw new Error("no record")
      house.tamper = (to, bytes) => (to === "speaker" ? [] : [bytes])
      const twin = house.enter("twin", startFromRecord(p, record), record)
      await twin.untilSending()
      house.tamper = undefined
      speaker.hangUp()
      await twin.until(({ problem }) => problem === "moved")
      await speaker.until((state) => state.n > record.n && state.request === undefined)
      await house.elapse(10_000)
      await speaker.untilSending()
      const sentBy = (person: Person) => person.orders.flatMap((order) => (order.kind === "send" ? [order.epoch] : []))
      const epochs = sentBy(twin)
      expect(epochs.length).toBeGreaterThan(0)
      expect(sentBy(speaker).filter((epoch) => epochs.includes(epoch))).toEqual([])
    })

    it("a host leads on, in an epoch it never sent in, and nobody needs a new seat", async () => {
      const ada = await seat("ada")
      await settled(host)
      const spoken = await host.speak()
      const { n } = ada.state
      const again = house.reload(host)
      await again.untilSending(spoken.epoch + 1)
      expect(again.orders.some((order) => order.kind === "send" && order.epoch <= spoken.epoch)).toBe(false)
      await ada.until(({ secret }) => secret?.epoch === again.epoch)
      expect(ada.state.n).toBe(n)
      expect(await ada.hears(await again.speak())).toBe(true)
      host = again
      const bo = await seat("bo")
      await caughtUp(bo)
      await again.until(() => again.upToDate)
      expect(await bo.hears(await again.speak())).toBe(true)
    })

    it.each([
      ["never heard back", false, 2],
      ["was never heard", true, 1],
    ])("a host who %s about its first Head opens the room all the same", async (_what, lost, epoch) => {
      const other = await Household.open()
      const posts = (): readonly string[] =>
        other.carried
          .filter(({ way, bytes }) => way === "to-service" && bytes[0] === 4)
          .map(({ bytes }) => toHex(bytes.slice(5)))
      other.loses = (_who, bytes) => lost && bytes[0] === 4
      other.tamper = (_who, bytes) => (posts().length > 0 && (bytes[0] === 69 || bytes[0] === 65) ? [] : [bytes])
      const opening = other.host("lonely").catch(() => undefined)
      while (posts().length === 0) await other.elapse(100)
      await other.elapse(1000)
      const [person] = other.people
      if (person === undefined) throw new Error("Nobody is there.")
      expect(person.record?.lead?.unechoed).toBeDefined()
      expect(person.state.phase).not.toBe("seated")
      other.loses = undefined
      other.tamper = undefined
      const again = other.reload(person)
      await again.untilSending(epoch)
      // the same bytes again, or the next Head: never two for one place
      expect(posts()[1] === posts()[0]).toBe(lost)
      await other.close()
      await opening
    })

    it("a host whose Head was kept with its record sends in later epochs alone: a copy of that may send in this one", async () => {
      const other = await Household.open()
      const heads = (): number =>
        other.carried.filter(({ way, bytes }) => way === "to-service" && bytes[0] === 4).length
      other.loses = (_who, bytes) => bytes[0] === 4 && heads() !== 2
      const opening = other.host("lonely").catch(() => undefined)
      while (heads() === 0) await other.elapse(100)
      const [person] = other.people
      if (person === undefined) throw new Error("Nobody is there.")
      const again = other.reload(person)
      await again.until(({ secret }) => secret?.epoch === 1)
      await other.elapse(6_000)
      expect(again.orders.filter(({ kind }) => kind === "send")).toEqual([])
      other.loses = undefined
      again.hangUp()
      await again.untilSending(2)
      await other.close()
      await opening
    })

    it("nor does a host that has got a seat before that Head lands", async () => {
      const { epoch } = host
      const losesAfter = (last: number) => (_who: string, bytes: Uint8Array) => {
        const message = clientCodec.decode(bytes)
        return message.TAG === "head" && headKind.decode(p, message.data.bundle.head).fields.epoch > last
      }
      house.loses = losesAfter(epoch)
      host.exhaust()
      while (host.record?.lead?.unechoed?.secret.epoch !== epoch + 1) await house.elapse(100)
      const { record } = host
      host.stop()
      house.loses = losesAfter(epoch + 1)
      const seated = { serial: 1 as SeatSerial, firstEpoch: epoch, keks: [], renewAt: Infinity }
      const again = house.enter("again", { ...startFromRecord(p, record), phase: "seated", seated }, record)
      await again.until(({ secret }) => secret?.epoch === epoch + 1)
      await house.elapse(6_000)
      expect(again.orders.filter(({ kind }) => kind === "send")).toEqual([])
      house.loses = undefined
      again.hangUp()
      await again.untilSending(epoch + 2)
    })

    it("nobody takes a history older than the one it knew", async () => {
      const ada = await seat("ada")
      await settled(host)
      const old = house.carried.filter(({ who, way, bytes }) => who === "ada" && way === "to-member" && bytes[0] === 68)
      await host.command({ kind: "promote", serial: ada.serial })
      await ada.until(() => ada.upToDate)
      const known = ada.state.chain?.head?.fields.seq ?? 0
      const stale = old.at(-1)?.bytes
      house.tamper = (who, bytes) =>
        who === "ada" && bytes[0] === 68 && stale !== undefined ? [withRef(stale, bytes)] : [bytes]
      const again = house.reload(ada)
      await again.until(({ phase }) => phase === "gone")
      expect([again.state.problem, again.refusals.get("rolled-back")]).toEqual(["refused", 1])
      expect(again.record).toBeDefined()
      house.tamper = undefined
      const later = house.reload(again)
      await later.until(({ phase }) => phase === "seated")
      expect(later.state.chain?.head?.fields.seq).toBeGreaterThanOrEqual(known)
    })
  })

  it("ask for a wrap that did not come, and hear again", async () => {
    const ada = await seat("ada")
    await settled(host)
    house.tamper = (who, bytes) => (who === "ada" && bytes[0] === 72 ? [] : [bytes])
    const { n } = ada.state
    const before = host.epoch
    await house.elapse(300_000)
    await host.untilSending(before + 1)
    await ada.until((state) => state.n > n)
    await caughtUp(ada)
    await settled(host)
    expect(await ada.hears(await host.speak())).toBe(true)
  })

  it("seal silence after 30 s without a Head, speak again with the next, and leave after 100 s", async () => {
    const ada = await seat("ada", "speaker")
    await settled(host, ada)
    // Heads, and what a sync would bring
    house.tamper = (who, bytes) => (who === "ada" && (bytes[0] === 69 || bytes[0] === 68) ? [] : [bytes])
    house.noticeLost = () => true
    await house.elapse(20_000)
    expect(ada.state.sending.silence).toBeUndefined()
    await house.elapse(15_000)
    await ada.until(({ sending }) => sending.silence === "stale-head")
    await caughtUp(host)
    expect(await host.hears(await ada.speak())).toBe(false)
    await house.elapse(75_000)
    await ada.until(({ phase }) => phase === "gone")
    expect(ada.state.problem).toBe("lost")
    expect(ada.record).toBeDefined()
    expect(ada.orders.at(-1)?.kind).toBe("wipe")
  })

  it("speak again after a silence that the service caused", async () => {
    const ada = await seat("ada", "speaker")
    await settled(host, ada)
    let held: Uint8Array<ArrayBuffer>[] = []
    house.noticeLost = () => true
    house.tamper = (who, bytes) => {
      if (who !== "ada" || bytes[0] !== 69) return [bytes]
      held.push(bytes)
      return []
    }
    await house.elapse(35_000)
    await ada.until(({ sending }) => sending.silence === "stale-head")
    house.tamper = (who, bytes) => {
      if (who !== "ada" || bytes[0] !== 69) return [bytes]
      const all = [...held, bytes]
      held = []
      return all
    }
    await house.elapse(11_000)
    await ada.until(() => ada.upToDate)
    await caughtUp(host)
    expect(await host.hears(await ada.speak())).toBe(true)
  })

  it("keep no key of the epoch they were in when they come back over a gap of Heads, and hear again", async () => {
    const ada = await seat("ada")
    await settled(host)
    await caughtUp(ada)
    const old = ada.epoch
    const secret = toHex(ada.state.secret?.secret ?? new Uint8Array())
    expect(ada.knowsNow().has(secret)).toBe(true)
    house.tamper = (who, bytes) => (who === "ada" && bytes[0] !== 65 ? [] : [bytes])
    for (const epoch of [old + 1, old + 2]) {
      host.exhaust()
      await host.untilSending(epoch)
      await house.elapse(500)
    }
    const { chain } = host.state
    if (chain?.head === undefined) throw new Error("The host has no Head.")
    const policy = chain.policy.bytes
    const head = { head: chain.head.bytes, policy: [policy], roster: [encodeRoster(chain.roster)], invites: [] }
    const nothing = { step: [], wrap: [], wrapsComplete: false, seats: [], tail: [] }
    ada.hear({ TAG: "state", data: { ref: 0, policy, heads: [head], leader: true, ...nothing } })
    await ada.until(() => ada.epoch === host.epoch)
    await ada.until(({ retiring }) => retiring.length === 0)
    expect(ada.orders).toContainEqual({ kind: "retire", epoch: old })
    expect(ada.knowsNow().has(secret)).toBe(false)
    house.tamper = undefined
    await house.elapse(15_000)
    await caughtUp(ada)
    expect(await ada.hears(await host.speak())).toBe(true)
  })

  it("rotate when a sender has used up its counters", async () => {
    const ada = await seat("ada")
    await settled(host)
    const before = host.epoch
    await house.elapse(1000)
    host.exhaust()
    await host.untilSending(before + 1)
    await caughtUp(ada)
    expect(await ada.hears(await host.speak())).toBe(true)
  })

  it("take a kick while the service is away, and carry it out when it is back", async () => {
    const ada = await seat("ada")
    const bo = await seat("bo")
    await settled(host)
    host.hangUp()
    await host.until(({ socket }) => socket === "offline")
    await host.command({ kind: "remove", serial: ada.serial })
    await ada.until(({ phase }) => phase === "gone")
    await caughtUp(bo)
    await settled(host)
    expect(await bo.hears(await host.speak())).toBe(true)
  })
})

/** The same answer to another question. */
function withRef(answer: Uint8Array, to: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = Uint8Array.from(answer)
  out.set(to.subarray(1, 5), 1)
  return out
}
