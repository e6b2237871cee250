import { afterEach, beforeEach, describe, expect, it } from "vitest"

import type { SeatSerial } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { secretsOf } from "#crypto/member/secrets"
import type { MemberState } from "#crypto/member/types"
import { viewOf } from "#crypto/room/head"
import { stepKek, wrapSecret } from "#crypto/seat/wrap"
import { clientCodec, serviceCodec, type ServiceMessage } from "#crypto/wire/wire"
import { seatBy } from "../hostile/insider.ts"
import { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"
import { SecretWatch } from "../support/secret-watch.ts"

describe("a secret", { timeout: 60_000 }, () => {
  let watch: SecretWatch
  let house: Household
  let host: Person
  beforeEach(async () => {
    watch = new SecretWatch()
    house = await Household.open({ step: watch.step })
    host = await house.host()
  })
  afterEach(async () => {
    for (const person of house.people) expect([person.who, person.broken]).toEqual([person.who, false])
    await house.close()
    expect([...watch.found]).toEqual([])
    expect(watch.wiped).toBeGreaterThan(10)
  })

  const seat = async (who: string, role: "listener" | "speaker" | "cohost" = "listener"): Promise<Person> => {
    const { link } = await house.invite(host, { role, personal: role === "cohost" })
    const person = await house.join(who, link)
    expect([who, person.state.phase, person.state.problem]).toEqual([who, "seated", undefined])
    return person
  }

  it("that a member has no use for any more is wiped in the same turn, through the life of a room", async () => {
    const dora = await seat("dora", "cohost")
    const ada = await seat("ada", "speaker")
    const bo = await seat("bo")
    await ada.untilSending(2)
    await ada.command({ kind: "say", say: { kind: "chat", text: "hello" } })
    await host.command({ kind: "promote", serial: bo.serial })
    await bo.untilSending(3)
    await house.elapse(301_000)
    for (const person of [ada, host]) {
      person.hangUp()
      await person.until(({ socket }) => socket === "offline")
      await person.until(({ socket }) => socket === "synced")
    }
    await host.command({ kind: "remove", serial: bo.serial })
    await bo.until(({ phase }) => phase === "gone")
    const again = house.reload(ada)
    await again.untilSending(host.epoch)
    await dora.until(({ lead }) => (lead?.keks.size ?? 0) > 0)
    await host.command({ kind: "leave" })
    await dora.until(({ lead }) => lead?.acted === true)
    await house.elapse(301_000)
    await again.until(({ secret }) => secret?.epoch === dora.epoch)
    await dora.command({ kind: "leave" })
    await again.command({ kind: "leave" })
    await house.elapse(1000)
  })

  it("of a Head or a batch that the service refuses is wiped with it", async () => {
    const ada = await seat("ada", "speaker")
    await ada.untilSending(2)
    const refused = async (tag: "head" | "batch", act: () => Promise<unknown>): Promise<void> => {
      let post = 0
      house.loses = (who, bytes) => {
        const lost = who === "host" && clientCodec.decode(bytes).TAG === tag
        if (lost) post = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1)
        return lost
      }
      await act()
      await host.until(({ lead }) => lead?.inflight?.kind === tag)
      await house.elapse(200)
      const held = secretsOf(host.state)
      const { inflight } = host.state.lead ?? {}
      house.loses = undefined
      host.hear({ TAG: "error", data: { ref: post, code: "conflict" } })
      await host.until(({ lead }) => lead?.inflight !== inflight)
      expect(held).toContain(inflight?.secret.secret)
      expect(inflight?.secret.secret.every((byte) => byte === 0)).toBe(true)
      await host.until(({ lead }) => lead?.inflight === undefined && lead?.seats !== undefined)
    }
    await refused("head", () => host.command({ kind: "demote", serial: ada.serial }))
    const { link } = await house.invite(host)
    await refused("batch", () => house.knock("bo", link))
    const { lead } = host.state
    expect(lead?.keks.has(ada.serial as SeatSerial)).toBe(true)
  })

  it("is wiped when its owner leaves, whatever was under way, and none is left but what it would come back with", async () => {
    const states: MemberState[] = []
    const noted = (person: Person): Promise<void> =>
      person.until((state) => {
        if (secretsOf(state).length > 0) states.push(structuredClone(state))
        return state.phase === "gone"
      })
    const all = [noted(host)]
    for (const [who, role] of [
      ["dora", "cohost"],
      ["ada", "speaker"],
      ["bo", "listener"],
    ] as const) {
      const { link } = await house.invite(host, { role, personal: role === "cohost" })
      const person = await house.knock(who, link)
      all.push(noted(person))
      await person.until(({ phase }) => phase === "seated")
    }
    const [, dora, ada] = house.people
    await ada?.untilSending(2)
    await host.command({ kind: "demote", serial: ada?.serial ?? 0 })
    await ada?.until(({ secret }) => secret?.epoch === host.epoch)
    await dora?.until(({ lead }) => lead?.seats !== undefined)
    house.people.forEach((person) => person.hear({ TAG: "moved", data: {} }))
    await Promise.all(all)
    const kinds = new Set(states.flatMap(({ lead }) => lead?.inflight?.kind ?? []))
    expect([...kinds].sort()).toEqual(["batch", "head"])
    expect(states.some(({ lead }) => lead?.wraps !== undefined)).toBe(true)
    expect(states.some(({ request, answered }) => request !== undefined && answered !== undefined)).toBe(false)
    const world = { p, now: house.now, monotonic: house.monotonic }
    const gone: ServiceMessage = { TAG: "moved", data: {} }
    for (const state of states) {
      const held = secretsOf(state)
      const turn = await watch.step(state, { kind: "message", message: gone }, world)
      expect(turn.state.phase).toBe("gone")
      for (const secret of held) expect(turn.consumed).toContain(secret)
      expect(secretsOf(turn.state)).toEqual([])
    }
  })

  it("of a space itself is overwritten as its host ends it", async () => {
    await house.invite(host)
    const keys = host.state.host
    const all = [keys?.hostSeed, keys?.cardKey, ...(keys?.invites ?? []).map(({ seed }) => seed)]
    expect(await host.command({ kind: "end" })).toEqual({ kind: "done" })
    await host.until(({ phase }) => phase === "gone")
    expect([all.length, host.state.host]).toEqual([3, undefined])
    for (const key of all) expect(key?.every((byte) => byte === 0)).toBe(true)
  })

  it("that came with something refused is wiped with it, and so is every copy", async () => {
    const ada = await seat("ada", "speaker")
    await ada.untilSending(2)
    await host.until(({ lead }) => lead?.inflight === undefined)
    const next = host.epoch + 1
    const serial = ada.serial as SeatSerial
    const held = host.state.lead?.keks.get(serial)
    const kek = held && { ...held, key: held.key.slice() }
    house.tamper = (who, bytes) => {
      const { TAG } = serviceCodec.decode(bytes)
      return who === "ada" && ["wrap", "seat", "state"].includes(TAG) ? [] : [bytes]
    }
    await house.elapse(301_000)
    // It asks for what does not come, and says that it may send in no epoch before the next: so there is one more.
    await ada.until(({ request, chain }) => (chain?.head?.fields.epoch ?? 0) > next && request !== undefined)
    await host.until(({ lead }) => lead?.inflight === undefined && lead?.secret?.epoch === host.epoch)
    await ada.until(({ chain }) => chain?.head?.fields.epoch === host.epoch)
    const key = kek && stepKek(p, kek, host.epoch)?.key
    const state = structuredClone(ada.state)
    const { space, chain } = host.state
    if (chain?.head === undefined || key === undefined) throw new Error("The host has no key for ada.")
    const view = viewOf(chain.head)
    const wrong = p.random(32)
    const messages: readonly ServiceMessage[] = [
      { TAG: "wrap", data: { head: view, wrap: wrapSecret(p, key, space, view, serial, wrong) } },
      await seatBy(host, ada, { serial }, wrong),
    ]
    const world = { p, now: house.now, monotonic: house.monotonic }
    for (const person of house.people) person.stop()
    for (const message of messages) {
      const turn = await watch.withCopies(state, { kind: "message", message }, world)
      expect(turn.out).toContainEqual({ kind: "refused", code: "wrong-secret" })
      expect([message.TAG, turn.left]).toEqual([message.TAG, 0])
    }
  })
})
