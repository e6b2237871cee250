import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { toHex, type Bytes } from "#crypto/base/bytes"
import type { SeatSerial } from "#crypto/base/ids"
import type { MemberState } from "#crypto/member/types"
import { signerOf } from "#crypto/room/head"
import { clientCodec, serviceCodec } from "#crypto/wire/wire"
import { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"

const okTag = 65
const headTag = 4
const leaveTag = 9

describe("a room whose leader is gone", { timeout: 60_000 }, () => {
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

  const seat = async (
    who: string,
    role: "listener" | "speaker" | "moderator" | "cohost" = "listener",
    from = host,
  ): Promise<Person> => {
    const { link } = await house.invite(from, { role, personal: role === "cohost" })
    const person = await house.join(who, link)
    expect([who, person.state.phase, person.state.problem]).toEqual([who, "seated", undefined])
    return person
  }
  const leads = (person: Person): boolean => {
    const { chain, serial } = person.state
    return chain !== undefined && signerOf(chain)?.serial === serial
  }
  const leading = (person: Person): Promise<void> => person.until(() => leads(person))
  /** Leads within so many ms of the room's clock. */
  const leadingWithin = async (person: Person, ms: number): Promise<void> => {
    const began = house.monotonic
    await leading(person)
    expect(house.monotonic - began).toBeLessThanOrEqual(ms)
  }
  const settled = async (leader: Person, ...people: readonly Person[]): Promise<void> => {
    await leader.until(() => leader.upToDate)
    const follows = ({ secret }: MemberState): boolean =>
      secret?.epoch === leader.epoch && secret.step === leader.state.chain?.step
    for (const person of people) await person.until(follows)
  }
  /** What the service says unasked once somebody has come in. */
  const isNews = (bytes: Bytes): boolean => ["head", "step", "seat", "wrap"].includes(serviceCodec.decode(bytes).TAG)
  /** The deputy knows all rows, and has everybody's key. */
  const ready = (deputy: Person, keks: number): Promise<void> =>
    deputy.until(({ lead }) => lead?.seats !== undefined && lead.keks.size >= keks)

  it("goes on under the deputy after 22 seconds, in the same epoch and with the same seats", async () => {
    const dora = await seat("dora", "cohost")
    await ready(dora, 0)
    const ada = await seat("ada")
    await settled(host, dora, ada)
    await ready(dora, 1)
    const { epoch } = host
    const count = ada.state.chain?.count
    host.stop()
    await house.elapse(12_000)
    expect(leads(dora)).toBe(false)
    await house.elapse(11_000)
    await leading(dora)
    await ada.until(({ chain }) => chain !== undefined && signerOf(chain)?.serial === dora.serial)
    expect([ada.epoch, ada.state.chain?.count]).toEqual([epoch, count])
    expect(ada.refusals.size).toBe(0)
    expect(await ada.hears(await dora.speak())).toBe(true)
  })

  it("needs no new Seats where the deputy stood by: the next epoch's wraps open at once", async () => {
    const dora = await seat("dora", "cohost")
    await ready(dora, 0)
    const ada = await seat("ada")
    await ready(dora, 1)
    host.stop()
    await house.elapse(23_000)
    await leading(dora)
    const { n } = ada.state
    const before = ada.epoch
    await house.elapse(300_000)
    await dora.until(() => dora.epoch > before)
    await settled(dora, ada)
    expect(ada.epoch).toBe(before + 1)
    expect(ada.state.n).toBe(n)
    expect(await ada.hears(await dora.speak())).toBe(true)
  })

  it("lets people in under the deputy, and forgets no kick", async () => {
    const dora = await seat("dora", "cohost")
    const { link } = await house.invite(host, { personal: false })
    const eve = await house.join("eve", link)
    await host.command({ kind: "remove", serial: eve.serial })
    await eve.until(({ phase }) => phase === "gone")
    const later = await house.invite(host, { personal: false })
    await ready(dora, 0)
    host.stop()
    await house.elapse(23_000)
    await leading(dora)
    const bo = await house.join("bo", later.link)
    expect(bo.state.phase).toBe("seated")
    const again = await house.knock("eve2", link)
    await again.until(({ knocking }) => knocking)
    expect(again.state.seated).toBeUndefined()
    const [waits] = dora.state.lead?.knocking ?? []
    expect(await dora.command({ kind: "admit", request: toHex(waits?.request.id ?? new Uint8Array()) })).toEqual({
      kind: "done",
    })
    await again.until(({ phase }) => phase === "seated")
  })

  it("takes a waiting person in after six seconds, when the leader answers nobody", async () => {
    const dora = await seat("dora", "cohost")
    const { link } = await house.invite(host)
    await ready(dora, 0)
    host.stop()
    const ada = await house.knock("ada", link)
    await leadingWithin(dora, 9_000)
    await ada.until(({ phase }) => phase === "seated")
  })

  it("is led by the host again, at once when it asks and after half a minute when it does not", async () => {
    const dora = await seat("dora", "cohost")
    const ada = await seat("ada")
    await ready(dora, 0)
    host.stop()
    await house.elapse(23_000)
    await leading(dora)
    const back = house.reload(host)
    await back.until(({ phase }) => phase === "seated")
    expect(leads(back)).toBe(false)
    expect(back.serial).toBe(1)
    await house.elapse(20_000)
    expect(leads(back)).toBe(false)
    await leadingWithin(back, 15_000)
    await dora.until(({ chain }) => chain !== undefined && signerOf(chain)?.serial === 1)
    await settled(back, dora, ada)
    back.stop()
    await house.elapse(23_000)
    await leading(dora)
    const again = house.reload(back)
    await again.until(({ phase }) => phase === "seated")
    expect(await again.command({ kind: "retake" })).toEqual({ kind: "done" })
    await leadingWithin(again, 3_000)
    await settled(again, dora, ada)
    expect(await ada.hears(await again.speak())).toBe(true)
  })

  it("is led on by the first deputy when the host says goodbye: the second one does not do it again", async () => {
    const dora = await seat("dora", "cohost")
    const rex = await seat("rex", "cohost")
    for (const person of [dora, rex]) await ready(person, 0)
    await settled(host, dora, rex)
    await host.command({ kind: "leave" })
    await leading(dora)
    await rex.until(({ chain }) => chain !== undefined && signerOf(chain)?.serial === dora.serial)
    await house.elapse(3_000)
    const signers = [dora, rex].map(({ state }) => state.chain && signerOf(state.chain)?.serial)
    expect([signers, rex.state.lead?.wanted]).toEqual([[dora.serial, dora.serial], false])
  })

  it("keeps its host when the service plays back a goodbye from before it came back", async () => {
    const dora = await seat("dora", "cohost")
    await ready(dora, 0)
    await host.command({ kind: "leave" })
    await leading(dora)
    const goodbye = house.carried.findLast(({ who, bytes }) => who === "host" && bytes[0] === leaveTag)
    const back = house.reload(host)
    await back.until(({ phase }) => phase === "seated")
    await back.command({ kind: "retake" })
    await leading(back)
    await dora.until(() => !leads(dora))
    const message = clientCodec.decode(goodbye?.bytes ?? new Uint8Array())
    if (message.TAG !== "leave") throw new Error(message.TAG)
    dora.hear({ TAG: "leave", data: { leave: message.data.leave } })
    await house.elapse(3_000)
    expect([leads(back), leads(dora)]).toEqual([true, false])
    // the control: a goodbye of now
    await back.command({ kind: "leave" })
    await leading(dora)
  })

  it("has no epoch that outlives five minutes by more than a takeover takes", async () => {
    const dora = await seat("dora", "cohost")
    await ready(dora, 0)
    const ada = await seat("ada")
    await settled(host, dora, ada)
    const began = host.state.epochAt ?? 0
    const before = host.epoch
    await house.elapse(200_000)
    expect(host.epoch).toBe(before)
    host.stop()
    await leading(dora)
    await dora.until(() => dora.epoch > before)
    expect(house.monotonic - began).toBeLessThanOrEqual(310_000)
    await settled(dora, ada)
  })

  it("is led by no deputy for longer than an hour after the host's word has run out", async () => {
    const dora = await seat("dora", "cohost")
    await ready(dora, 0)
    host.stop()
    await leading(dora)
    const { notAfter } = dora.state.chain?.policy.fields ?? { notAfter: 0 }
    house.sleep(notAfter - house.now + 3_500_000)
    const led = dora.state.chain?.head?.fields.seq ?? 0
    await dora.until(({ chain }) => (chain?.head?.fields.seq ?? 0) > led)
    house.sleep(3_600_000 - 3_500_000)
    await dora.until(({ lead }) => lead?.inflight === undefined)
    const last = dora.state.chain?.head?.fields.seq
    dora.exhaust()
    await house.elapse(11_000)
    expect(dora.state.chain?.head?.fields.seq).toBe(last)
  })

  it("lets in whoever was to be told so by a leader that has gone from the stage since", async () => {
    const dora = await seat("dora", "cohost")
    const { link } = await house.invite(host)
    await ready(dora, 0)
    house.loses = (who) => who === "host"
    await leading(dora)
    house.loses = undefined
    await host.until(() => leads(dora) && !leads(host))
    // Her yes is kept by the service, and Ada away.
    house.tamper = (who, bytes) => (who === "ada" && isNews(bytes) ? [] : [bytes])
    const ada = await house.knock("ada", link)
    await dora.until(({ lead }) => lead?.seats?.rows.size === 3)
    await host.command({ kind: "retake" })
    await leading(host)
    await dora.command({ kind: "leave" })
    await host.until(({ chain }) => chain?.roster.length === 1)
    house.tamper = undefined
    ada.hangUp()
    await ada.until(({ phase }) => phase === "seated" || phase === "gone")
    expect([ada.state.phase, ada.state.problem]).toEqual(["seated", undefined])
    await settled(host, ada)
    expect(await ada.hears(await host.speak())).toBe(true)
  })

  it("throws nobody out for having been silent while another led", async () => {
    const dora = await seat("dora", "cohost")
    await ready(dora, 0)
    const ada = await seat("ada")
    await settled(host, dora, ada)
    house.loses = (who) => who === "host"
    await house.elapse(23_000)
    await leading(dora)
    house.loses = undefined
    await host.until(() => !leads(host))
    const retaken = house.monotonic
    await host.command({ kind: "retake" })
    await leading(host)
    expect(host.state.lead?.renewals.get(ada.serial as SeatSerial)?.at).toBeGreaterThanOrEqual(retaken)
  })

  it("is led and spoken to by a deputy that found its takeover in the vault", async () => {
    const dora = await seat("dora", "cohost")
    await ready(dora, 0)
    const ada = await seat("ada")
    await settled(host, dora, ada)
    host.stop()
    house.loses = (who, bytes) => who === "dora" && bytes[0] === headTag
    await house.elapse(23_000)
    while (dora.record?.lead?.unechoed === undefined) await house.elapse(500)
    const again = house.reload(dora)
    house.loses = undefined
    await house.elapse(23_000)
    await leading(again)
    const began = house.monotonic
    await again.untilSending()
    expect(house.monotonic - began).toBeLessThan(5_000)
    await ada.until(({ secret }) => secret?.epoch === again.epoch)
    expect(await ada.hears(await again.speak())).toBe(true)
  })

  it("gets Seats for all on stage from a deputy without their keys before its next batch is due", async () => {
    const [ada, bob] = [await seat("ada", "speaker"), await seat("bob", "speaker")]
    const cleo = await seat("cleo", "moderator")
    const dora = await seat("dora", "cohost")
    await settled(host, ada, bob, cleo, dora)
    await ready(dora, 0)
    await dora.until(({ chain }) => chain?.roster.length === 5)
    expect(dora.state.lead?.keks.size).toBe(0)
    host.stop()
    // The second one's request misses the batch that answers the first one's.
    let late: (() => void) | undefined
    house.tamper = (who, bytes) => {
      const message = serviceCodec.decode(bytes)
      if (who !== "dora" || message.TAG !== "request" || late !== undefined) return [bytes]
      late = () => house.deliver("dora", bytes)
      return []
    }
    await house.elapse(15_000)
    await leading(dora)
    await dora.until(({ lead }) => (lead?.keks.size ?? 0) >= 2)
    const batchAt = Math.max(dora.state.lead?.lastBatchAt ?? NaN, house.monotonic)
    late?.()
    await dora.until(({ lead }) => (lead?.keks.size ?? 0) >= 3)
    expect((dora.state.lead?.lastBatchAt ?? NaN) - batchAt).toBeLessThan(400)
  })

  it("has a deputy that waits for nothing from a seat that is gone", async () => {
    const dora = await seat("dora", "cohost")
    await ready(dora, 0)
    const ada = await seat("ada")
    await settled(host, dora, ada)
    // Else the deputy may still be about to hear of the first request and of the row.
    await dora.until(({ lead }) => lead?.seats?.rows.has(ada.serial as SeatSerial) === true)
    house.tamper = (who, bytes) => {
      const message = serviceCodec.decode(bytes)
      if (who === "host" && message.TAG === "request") return []
      if (who !== "ada") return [bytes]
      if (message.TAG === "state")
        return [serviceCodec.encode({ TAG: "state", data: { ...message.data, wrap: [], wrapsComplete: false } })]
      return message.TAG === "wrap" ? [] : [bytes]
    }
    host.exhaust()
    await dora.until(({ lead }) => (lead?.waiting.length ?? 0) > 0)
    await host.command({ kind: "remove", serial: ada.serial })
    await dora.until(({ lead }) => lead?.seats !== undefined && !lead.seats.rows.has(ada.serial as SeatSerial))
    expect(dora.state.lead?.waiting).toEqual([])
  })

  it("names no deputy whose invite the service never took", async () => {
    const deputies = (): number | undefined => host.state.chain?.policy.fields.deputies.length
    house.tamper = (to, bytes) => (to === "host" && bytes[0] === okTag ? [] : [bytes])
    const lost = house.invite(host, { role: "cohost", personal: true }).catch(() => undefined)
    await host.until(({ asked }) => [...asked.values()].some(({ kind }) => kind === "invite"))
    host.hangUp()
    await host.until(({ asked }) => ![...asked.values()].some(({ kind }) => kind === "invite"))
    house.tamper = undefined
    await host.until(({ socket }) => socket === "synced")
    await house.elapse(3_000)
    expect(deputies()).toBe(0)
    await seat("dora", "cohost")
    await host.until(() => deputies() === 1)
    void lost
  })

  it("lets people in after the host stood by and leads again: nobody gets a serial that the deputy gave out", async () => {
    const dora = await seat("dora", "cohost")
    await ready(dora, 0)
    const { link } = await house.invite(host)
    host.stop()
    await house.elapse(23_000)
    await leading(dora)
    const back = house.reload(host)
    await back.until(({ phase, lead }) => phase === "seated" && lead?.seats !== undefined)
    const ada = await house.join("ada", link)
    await settled(dora, ada, back)
    expect(await back.command({ kind: "retake" })).toEqual({ kind: "done" })
    await leadingWithin(back, 3_000)
    const bo = await house.join("bo", link)
    expect([bo.state.phase, bo.state.problem]).toEqual(["seated", undefined])
    expect(bo.serial).toBeGreaterThan(ada.serial)
    expect([...back.refusals]).toEqual([])
    await settled(back, dora, ada, bo)
  })

  it("hears a host that leads again before the deputy could make the epoch it waits for", async () => {
    const dora = await seat("dora", "cohost")
    await settled(host, dora)
    await ready(dora, 0)
    host.stop()
    await house.elapse(23_000)
    await leading(dora)
    const headTag = 4
    // The deputy gives the reloaded host its Seat; the Head of the epoch in which it may send gets lost.
    house.loses = (who, bytes) => who === "dora" && bytes[0] === headTag
    const again = house.reload(host)
    await again.until(({ seated }) => seated !== undefined)
    expect(again.state.sending.silence).toBe("no-key")
    await again.command({ kind: "retake" })
    await leading(again)
    await again.untilSending(dora.epoch)
    house.loses = undefined
    await settled(again, dora)
    expect(await dora.hears(await again.speak())).toBe(true)
  })

  it("outlives its host without deputies where a speaker is on air", async () => {
    const ada = await seat("ada", "speaker")
    const bo = await seat("bo")
    await ada.untilSending()
    host.stop()
    await house.elapse(30_000)
    await leading(ada)
    await bo.until(({ chain }) => chain !== undefined && signerOf(chain)?.serial === ada.serial)
    await ada.untilSending()
    expect(await bo.hears(await ada.speak())).toBe(true)
    await house.elapse(300_000)
    await settled(ada, bo)
  })

  it("is handed over without a pause when the host leaves, and ends when nobody could lead on", async () => {
    const dora = await seat("dora", "cohost")
    await ready(dora, 0)
    expect(await host.command({ kind: "leave" })).toEqual({ kind: "done" })
    await house.elapse(1_000)
    await leading(dora)
    expect(host.record).toBeDefined()
    expect(dora.state.phase).toBe("seated")
    const other = await house.host("alone")
    await other.command({ kind: "leave" })
    await other.until(({ phase }) => phase === "gone")
    expect(other.state.problem).toBe("ended")
  })

  it("has one leader when everybody takes over at once", async () => {
    const dora = await seat("dora", "cohost")
    const rex = await seat("rex", "cohost")
    const ada = await seat("ada", "speaker")
    for (const person of [dora, rex]) await ready(person, 0)
    await ada.untilSending()
    host.stop()
    await house.elapse(60_000)
    await leading(dora)
    for (const person of [rex, ada])
      await person.until(({ chain }) => chain !== undefined && signerOf(chain)?.serial === dora.serial)
    const heads = () => [dora, rex, ada].map(({ state }) => toHex(state.chain?.head?.id ?? new Uint8Array()))
    await dora.until(() => new Set(heads()).size === 1)
  })
})
