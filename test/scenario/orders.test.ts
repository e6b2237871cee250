import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { appMessageKind } from "#crypto/message/app-message"
import { signerOf } from "#crypto/room/head"
import { roles } from "#crypto/room/roles"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { serviceCodec } from "#crypto/wire/wire"
import { Gathering, onStage, ordered, say, worksOff } from "../support/gathering.ts"
import type { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"

describe("an order", { timeout: 60_000 }, () => {
  let room: Gathering
  let house: Household
  let host: Person
  let mo: Person
  beforeEach(async () => {
    room = await Gathering.open()
    ;({ house, host } = room)
    mo = await room.seat("mo", "moderator")
  })
  afterEach(() => room.close())

  const done = { kind: "done" }
  const rows = () => [...(host.state.lead?.seats?.rows.keys() ?? [])]
  /** Lets time pass in which a Head would come of it. */
  const nothingComesOf = async (): Promise<void> => {
    await worksOff(host)
    await house.elapse(3000)
    await host.until(({ lead }) => lead?.inflight === undefined)
  }

  it("of a moderator promotes, demotes and removes; its sender sees that it is done", async () => {
    const [ada, bo] = [await room.seat("ada"), await room.seat("bo", "speaker")]
    expect(await mo.command({ kind: "promote", serial: ada.serial })).toEqual(done)
    await ada.until(() => onStage(ada, ada))
    expect(await mo.command({ kind: "demote", serial: ada.serial })).toEqual(done)
    await ada.until(() => !onStage(ada, ada))
    await room.settled()
    for (const out of [bo, ada]) {
      await room.settled()
      const before = host.epoch
      expect(await mo.command({ kind: "remove", serial: out.serial })).toEqual(done)
      await out.until(({ phase }) => phase === "gone")
      expect([out.state.problem, out.record]).toEqual(["removed", undefined])
      await mo.until(({ secret }) => (secret?.epoch ?? 0) > before)
    }
    await host.until(() => rows().length === 2)
    expect(rows()).toEqual([host.serial, mo.serial])
    await mo.until(({ conversation }) => conversation.watched.length === 0 && conversation.orders.length === 0)
    await house.elapse(6000)
    expect(mo.state.alarms).toEqual([])
    expect(host.refusals).toEqual(new Map())
  })

  it("burns the invite of whoever is removed, as the host's own kick does", async () => {
    const { link } = await house.invite(host, { personal: true })
    const ada = await house.join("ada", link)
    await mo.command({ kind: "remove", serial: ada.serial })
    await ada.until(({ phase }) => phase === "gone")
    const again = await house.knock("ada again", link).catch(() => undefined)
    await again?.until(({ phase }) => phase === "gone")
    expect(again?.state.seated).toBeUndefined()
    expect(rows()).toEqual([host.serial, mo.serial])
  })

  it("of a speaker or a listener is refused, and of a moderator against a moderator or the host", async () => {
    const [ada, bo, cy] = [await room.seat("ada"), await room.seat("bo", "speaker"), await room.seat("cy", "moderator")]
    const stage = host.state.chain?.roster.length
    const cases: readonly (readonly [Person, Person])[] = [
      ...([
        [bo, ada],
        [bo, cy],
        [ada, bo],
        [mo, cy],
        [mo, host],
        [mo, mo],
      ] as const),
    ]
    for (const [from, target] of cases)
      for (const act of ["kick", "demote", "mic-off", "end"] as const) {
        if (act === "end") continue
        host.hear({ TAG: "app", data: await withCert(from, ordered(act, target)) })
      }
    const end = { TAG: "order", data: { ...ordered("kick", host).data, act: 7, target: 0 } } as never
    for (const from of [bo, mo]) host.hear({ TAG: "app", data: await withCert(from, end) })
    await nothingComesOf()
    expect(host.refusals).toEqual(new Map([["not-allowed", cases.length * 3 + 2]]))
    expect([rows().length, host.state.chain?.roster.length, host.state.phase]).toEqual([5, stage, "seated"])
    for (const person of [ada, bo, cy, mo]) expect(person.state.conversation.muteAsked).toBeUndefined()
  })
  let later = 0
  const withCert = async (from: Person, content: Parameters<Gathering["forge"]>[1]) =>
    room.forge(from, content, house.now + ++later)

  it("has no second effect, however often it is shown, before or after a reload of the leader", async () => {
    const ada = await room.seat("ada")
    await mo.command({ kind: "promote", serial: ada.serial })
    await ada.until(() => onStage(ada, ada))
    const [shown] = room.passedOn("host", mo)
    if (shown === undefined) throw new Error("The host was shown no order.")
    await host.command({ kind: "demote", serial: ada.serial })
    await ada.until(() => !onStage(ada, ada))
    for (let again = 0; again < 3; again++) host.hear({ TAG: "app", data: shown })
    await nothingComesOf()
    expect(onStage(host, ada)).toBe(false)
    const reloaded = house.reload(host)
    await reloaded.until(({ lead, secret }) => lead?.seats !== undefined && secret !== undefined)
    reloaded.hear({ TAG: "app", data: shown })
    await worksOff(reloaded)
    await house.elapse(3000)
    await reloaded.until(({ lead }) => lead?.inflight === undefined)
    expect(onStage(reloaded, ada)).toBe(false)
  })

  it("that the service holds back is an alarm at its sender, which ends when a Head shows it after all", async () => {
    const ada = await room.seat("ada")
    const held: Uint8Array[] = []
    house.tamper = (who, bytes) => {
      if (who !== "host" || serviceCodec.decode(bytes).TAG !== "app") return [bytes]
      held.push(bytes)
      return []
    }
    expect(await mo.command({ kind: "promote", serial: ada.serial })).toEqual(done)
    await house.elapse(3000)
    expect(mo.state.alarms).toEqual([])
    await house.elapse(2000)
    await mo.until(({ alarms }) => alarms.some(({ kind, about }) => kind === "withheld" && about === ada.serial))
    for (const bytes of held) host.hear(serviceCodec.decode(bytes))
    await ada.until(() => onStage(ada, ada))
    await mo.until(({ alarms, conversation }) => alarms.length === 0 && conversation.watched.length === 0)
  })

  it("to remove somebody that is held back is an alarm too, whatever other Heads come", async () => {
    const [ada, bo] = [await room.seat("ada"), await room.seat("bo", "speaker")]
    house.tamper = (who, bytes) => (who === "host" && serviceCodec.decode(bytes).TAG === "app" ? [] : [bytes])
    for (const target of [ada, bo]) await mo.command({ kind: "remove", serial: target.serial })
    await host.command({ kind: "promote", serial: ada.serial })
    await house.elapse(5500)
    await mo.until(({ alarms }) => alarms.length === 2)
    expect(mo.state.alarms.map(({ kind, about }) => [kind, about])).toEqual([
      ["withheld", ada.serial],
      ["withheld", bo.serial],
    ])
  })

  it("to mute is obeyed by the device it names and by no other, and says who asked", async () => {
    const [ada, bo] = [await room.seat("ada", "speaker"), await room.seat("bo", "speaker")]
    expect(await mo.command({ kind: "mic-off", serial: ada.serial })).toEqual(done)
    await ada.until(({ conversation }) => conversation.muteAsked?.by === mo.serial)
    expect(await host.command({ kind: "mic-off", serial: mo.serial })).toEqual(done)
    await mo.until(({ conversation }) => conversation.muteAsked?.by === host.serial)
    await worksOff(bo)
    expect(bo.state.conversation.muteAsked).toBeUndefined()
    expect(host.state.chain?.roster).toHaveLength(4)
    bo.hear({ TAG: "app", data: await withCert(ada, ordered("mic-off", bo)) })
    await bo.until(() => bo.refusals.get("not-allowed") === 1)
    expect(bo.state.conversation.muteAsked).toBeUndefined()
  })

  it("is sent again by nobody who was demoted meanwhile", async () => {
    const ada = await room.seat("ada")
    const late = await withCert(mo, ordered("kick", ada))
    await host.command({ kind: "demote", serial: mo.serial })
    await host.until(({ chain }) => chain?.roster.length === 1)
    host.hear({ TAG: "app", data: late })
    await host.until(() => host.refusals.get("not-allowed") === 1)
    await nothingComesOf()
    expect(rows()).toContain(ada.serial)
  })

  it("is carried out by a deputy who leads by then, and by no host who has gone", async () => {
    const dora = await room.seat("dora", "cohost")
    const ada = await room.seat("ada")
    await dora.until(({ lead }) => lead?.seats !== undefined)
    host.stop()
    await house.elapse(26_000)
    await dora.until(({ chain, serial }) => chain !== undefined && signerOf(chain)?.serial === serial)
    await mo.until(({ chain }) => chain !== undefined && signerOf(chain)?.serial === dora.serial)
    expect(await mo.command({ kind: "promote", serial: ada.serial })).toEqual(done)
    await ada.until(() => onStage(ada, ada))
    expect(await mo.command({ kind: "remove", serial: dora.serial })).toEqual({ kind: "failed", code: "not-allowed" })
    expect(await mo.command({ kind: "end" })).toEqual({ kind: "failed", code: "not-allowed" })
  })

  it("to remove somebody that the leader lets lie is carried out by a deputy within two seconds", async () => {
    const dora = await room.seat("dora", "cohost")
    const ada = await room.seat("ada")
    await dora.until(({ lead }) => lead?.seats !== undefined && lead.keks.size >= 1)
    house.tamper = (who, bytes) => (who === "host" && serviceCodec.decode(bytes).TAG === "app" ? [] : [bytes])
    const asked = house.monotonic
    expect(await mo.command({ kind: "remove", serial: ada.serial })).toEqual(done)
    await ada.until(({ phase }) => phase === "gone")
    expect(house.monotonic - asked).toBeLessThan(4000)
    await mo.until(({ chain }) => chain !== undefined && signerOf(chain)?.serial === dora.serial)
    await mo.until(({ conversation }) => conversation.watched.length === 0)
    expect(mo.state.alarms).toEqual([])
  })

  it("of a cohost ends the room by the hand of the host who leads", async () => {
    const dora = await room.seat("dora", "cohost")
    expect(await dora.command({ kind: "end" })).toEqual(done)
    for (const person of [host, dora, mo]) await person.until(({ phase }) => phase === "gone")
    expect([host.state.problem, dora.state.problem, mo.state.problem]).toEqual(["ended", "ended", "ended"])
  })

  it("is sealed like everything else: nobody who carries it can tell it from a chat line", async () => {
    const ada = await room.seat("ada")
    await mo.command({ kind: "promote", serial: ada.serial })
    await say(mo, { kind: "chat", text: "well done" })
    await ada.until(() => onStage(ada, ada))
    const [order, line] = room.passedOn("host", mo).map(({ message }) => appMessageKind.decode(p, message).bytes)
    expect([order?.length, line?.length]).toEqual([256, 256])
    expect(host.state.chain?.roster.find(({ serial }) => serial === mo.serial)?.role).toBe(roles.moderator)
  })
})
