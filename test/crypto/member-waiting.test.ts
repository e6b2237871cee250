import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { webPrimitives as p } from "#crypto/base/web-primitives"
import { signerOf } from "#crypto/room/head"
import { clientCodec, serviceCodec, type ClientTag, type ServiceMessage } from "#crypto/wire/wire"
import { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"

/** Whoever draws a wait draws the longest. */
const patient = { ...p, random: (length: number) => (length === 2 ? Uint8Array.of(255, 255) : p.random(length)) }

describe("a member that lacks the newest secret", { timeout: 60_000 }, () => {
  let house: Household
  let host: Person
  beforeEach(async () => {
    house = await Household.open({ primitives: () => patient })
    host = await house.host()
  })
  afterEach(async () => {
    for (const person of house.people) expect([person.who, person.broken]).toEqual([person.who, false])
    await house.close()
  })

  const seat = async (who: string, role: "listener" | "cohost" = "listener"): Promise<Person> => {
    const { link } = await house.invite(host, { role, personal: role === "cohost" })
    const person = await house.join(who, link)
    expect([who, person.state.phase, person.state.problem]).toEqual([who, "seated", undefined])
    return person
  }
  const settled = async (leader: Person, ...people: readonly Person[]): Promise<void> => {
    await leader.until(({ lead }) => leader.upToDate && lead?.wraps === undefined && lead?.inflight === undefined)
    for (const person of people) {
      await hasSecretOf(person, leader)
      // Whoever has just come in still asks for what it may know: a wrap would come with that.
      await person.until(({ asked }) => asked.size === 0)
    }
  }
  const hasSecretOf = (person: Person, leader: Person): Promise<void> =>
    person.until(({ secret }) => secret?.epoch === leader.epoch && secret.step === leader.state.chain?.step)
  /** Happens within so many ms of the room's clock. */
  const within = async (ms: number, what: Promise<void>): Promise<void> => {
    const began = house.monotonic
    await what
    expect(house.monotonic - began).toBeLessThanOrEqual(ms)
  }
  const leads = (person: Person): Promise<void> =>
    person.until(({ chain, serial }) => chain !== undefined && signerOf(chain)?.serial === serial)
  /** The deputy has all rows, and so many KEKs. */
  const ready = (deputy: Person, keks: number): Promise<void> =>
    deputy.until(({ lead }) => lead?.seats !== undefined && lead.keks.size >= keks)
  /** What the service says to one person goes through `change`; all else as it is. */
  const changed = (to: Person, change: (message: ServiceMessage) => ServiceMessage | undefined): void => {
    house.tamper = (who, bytes) => {
      if (who !== to.who) return [bytes]
      const message = change(serviceCodec.decode(bytes))
      return message === undefined ? [] : [serviceCodec.encode(message)]
    }
  }
  const without = (to: Person, ...tags: readonly ServiceMessage["TAG"][]): void =>
    changed(to, (message) => (tags.includes(message.TAG) ? undefined : message))
  /** The first message of a kind gets lost. @returns its ref, once it has been said */
  const losesFirst = (from: Person, tag: ClientTag): Promise<number> =>
    new Promise((resolve) => {
      house.loses = (who, bytes) => {
        if (who !== from.who || !isOf(bytes, tag)) return false
        house.loses = undefined
        resolve(refOf(bytes))
        return true
      }
    })

  it("asks the next leader where the Seat it waits for is of one that is gone", async () => {
    const dora = await seat("dora", "cohost")
    await ready(dora, 0)
    const ada = await seat("ada")
    await ready(dora, 1)
    await settled(host, dora, ada)
    without(ada, "seat", "wrap")
    host.exhaust()
    await ada.until(({ request }) => request !== undefined)
    const { serial, n } = ada.state
    await host.until(({ lead }) => [...(lead?.renewals ?? [])].some(([of, { n: last }]) => of === serial && last === n))
    await settled(host, dora)
    host.stop()
    await house.elapse(23_000)
    await leads(dora)
    house.tamper = undefined
    dora.exhaust()
    await within(15_000, hasSecretOf(ada, dora))
    expect(ada.state.seated?.keks.at(-1)?.leader).toEqual(dora.state.chain && signerOf(dora.state.chain)?.seatPub)
  })

  it("asks again where the service refused its renewal and has told of no more wraps", async () => {
    const ada = await seat("ada")
    await settled(host, ada)
    changed(ada, (message) => {
      if (message.TAG === "wrap" || message.TAG === "wrapsComplete") return undefined
      if (message.TAG !== "state") return message
      return { TAG: "state", data: { ...message.data, wrap: [], wrapsComplete: false } }
    })
    const asked = losesFirst(ada, "request")
    host.exhaust()
    const ref = await asked
    ada.hear({ TAG: "error", data: { ref, code: "stale" } })
    await within(6_000, hasSecretOf(ada, host))
  })

  it("keeps its seat when the service refuses the batch that answers it, and gets its Seat in the next", async () => {
    const ada = await seat("ada")
    await settled(host, ada)
    without(ada, "wrap")
    const posted = losesFirst(host, "batch")
    host.exhaust()
    const ref = await posted
    host.hear({ TAG: "error", data: { ref, code: "conflict" } })
    await ada.until(({ phase, secret }) => phase === "gone" || secret?.epoch === host.epoch)
    expect([ada.state.phase, ada.state.problem]).toEqual(["seated", undefined])
    await settled(host, ada)
  })

  it("gets the wrap that a leader lost with its connection, though the answer to an older epoch's came late", async () => {
    const ada = await seat("ada")
    await settled(host, ada)
    const { n } = ada.state
    const chunks = (): readonly number[] =>
      house.carried
        .filter(({ who, way, bytes }) => who === "host" && way === "to-service" && isOf(bytes, "wraps"))
        .map(({ bytes }) => refOf(bytes))
    const before = chunks().length
    const held: ServiceMessage[] = []
    changed(host, (message) => {
      if (message.TAG !== "ok" || message.data.ref !== chunks()[before]) return message
      held.push(message)
      return undefined
    })
    const first = host.epoch + 1
    host.exhaust()
    await host.untilSending(first)
    await hasSecretOf(ada, host)
    const lost = losesFirst(host, "wraps")
    host.exhaust()
    await lost
    expect([host.epoch, held.length]).toEqual([first + 1, 1])
    for (const ok of held) host.hear(ok)
    await host.command({ kind: "invite-link", invite: "none" })
    host.hangUp()
    await hasSecretOf(ada, host)
    expect(ada.state.n).toBe(n)
  })

  it("asks for a lost wrap as soon as a room of its size can bear it", async () => {
    const ada = await seat("ada")
    await settled(host, ada)
    without(ada, "wrap")
    host.exhaust()
    await host.untilSending(host.epoch + 1)
    await within(4_000, hasSecretOf(ada, host))
  })

  it("asks for none that comes with the answer it waits for", async () => {
    const { link } = await house.invite(host, { role: "speaker" })
    let [isSeated, isTold] = [false, false]
    house.tamper = (who, bytes) => {
      if (who !== "ada") return [bytes]
      const { TAG } = serviceCodec.decode(bytes)
      isSeated ||= TAG === "seat"
      if (TAG === "wrap" && !isTold) return []
      if (TAG !== "state" || !isSeated || isTold) return [bytes]
      isTold = true
      house.after(3_000, () => house.deliver(who, bytes))
      return []
    }
    const ada = await house.join("ada", link)
    await ada.untilSending()
    const asked = house.carried.filter(
      ({ who, way, bytes }) => who === "ada" && way === "to-service" && isOf(bytes, "request"),
    )
    expect(asked).toHaveLength(1)
  })

  it("asks soon for a wrap that did not open", async () => {
    const ada = await seat("ada")
    await settled(host, ada)
    changed(ada, (message) => {
      if (message.TAG === "wrapsComplete") return undefined
      return message.TAG === "wrap" ? { TAG: "wrap", data: { ...message.data, wrap: new Uint8Array(48) } } : message
    })
    host.exhaust()
    await host.untilSending(host.epoch + 1)
    await within(4_000, hasSecretOf(ada, host))
  })

  it("asks the next leader soon where the one before has gone before it sent all wraps", async () => {
    const dora = await seat("dora", "cohost")
    await ready(dora, 0)
    const ada = await seat("ada")
    await ready(dora, 1)
    await settled(host, dora, ada)
    without(ada, "wrap", "wrapsComplete")
    host.exhaust()
    await host.untilSending(host.epoch + 1)
    await dora.until(() => dora.upToDate && dora.epoch === host.epoch)
    await host.command({ kind: "leave" })
    await leads(dora)
    await within(4_000, hasSecretOf(ada, dora))
  })

  it("sends a request again as soon as the connection is back that may have lost it", async () => {
    const ada = await seat("ada")
    await settled(host, ada)
    without(ada, "wrap")
    const lost = losesFirst(ada, "request")
    host.exhaust()
    await lost
    const { n, request } = ada.state
    ada.hangUp()
    await ada.until(({ socket }) => socket === "offline")
    await ada.until(({ socket }) => socket === "synced")
    expect(ada.state.request?.id).toEqual(request?.id)
    await within(
      4_000,
      ada.until((state) => state.request === undefined),
    )
    expect([ada.state.phase, ada.state.n]).toEqual(["seated", n])
  })

  it("has its Seat soon after another took the lead, though it asked the one before", async () => {
    const dora = await seat("dora", "cohost")
    await ready(dora, 0)
    const ada = await seat("ada")
    await ready(dora, 1)
    await settled(host, dora, ada)
    without(ada, "wrap")
    house.loses = (who, bytes) => who === "host" && isOf(bytes, "batch")
    host.exhaust()
    await ada.until(({ request }) => request !== undefined)
    host.stop()
    await leads(dora)
    await within(4_000, hasSecretOf(ada, dora))
  })
})

const refOf = (bytes: Uint8Array): number => bytes.subarray(1, 5).reduce((sum, byte) => sum * 256 + byte, 0)

const isOf = (bytes: Uint8Array, tag: ClientTag): boolean => clientCodec.decode(Uint8Array.from(bytes)).TAG === tag
