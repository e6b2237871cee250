import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { toHex, type Bytes } from "#crypto/base/bytes"
import type { Epoch, ObjectId, SeatSerial, SenderIndex, Step } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { noObject } from "#crypto/link/policy"
import { commit } from "#crypto/media/key-schedule"
import type { MemberState } from "#crypto/member/types"
import { headKind, reasons, signerOf } from "#crypto/room/head"
import { encodeRoster, rosterHash, type Roster } from "#crypto/room/roster"
import { roles } from "#crypto/room/roles"
import { noSeats, applySeatChanges, serialLimit } from "#crypto/room/seats"
import { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"
import { RoomKit } from "../support/room-kit.ts"

/** First bytes of messages: a Seat, a Head, a Step, a wrap, the last of them. */
const [seatTag, headTag, stepTag, wrapTag, completeTag] = [71, 69, 70, 72, 73]

describe("insiders, and a service that helps them", { timeout: 180_000 }, () => {
  let house: Household
  let host: Person
  beforeEach(async () => {
    house = await Household.open()
  })
  afterEach(async () => {
    for (const person of house.people) expect([person.who, person.broken]).toEqual([person.who, false])
    await house.close()
  })

  const seat = async (who: string, role: "listener" | "speaker" | "moderator" | "cohost" = "listener") => {
    const { link } = await house.invite(host, { role, personal: role === "cohost" })
    return house.join(who, link)
  }
  const leads = ({ state }: Person): boolean =>
    state.chain !== undefined && signerOf(state.chain)?.serial === state.serial
  const settled = async (leader: Person, ...people: readonly Person[]): Promise<void> => {
    await leader.until(() => leader.upToDate)
    // Neither is a Step ahead of the other.
    const follows = ({ secret }: MemberState): boolean =>
      secret?.epoch === leader.epoch && secret.step === leader.state.chain?.step
    for (const person of people) await person.until(follows)
  }
  const ready = (deputy: Person): Promise<void> => deputy.until(({ lead }) => lead?.seats !== undefined)
  /** Lets time pass, in strides, for as long as it takes. */
  const elapseUntil = async (holds: () => boolean, most: number): Promise<void> => {
    for (let passed = 0; passed < most && !holds(); passed += 500) await house.elapse(500)
  }

  it("cannot lead whoever comes back with a Head of their own that seats them", async () => {
    host = await house.host()
    const [ada, ron] = [await seat("ada", "speaker"), await seat("ron")]
    await settled(host, ada, ron)
    const invite = ron.state.invite?.bytes
    const row = host.state.lead?.seats?.rows.get(ron.serial as SeatSerial)
    const seed = ron.state.seatSeed
    await host.command({ kind: "remove", serial: ron.serial })
    await ron.until(({ phase }) => phase === "gone")
    await settled(host, ada)
    const { chain } = ada.state
    if (!chain?.head || !row || !seed || !invite) throw new Error("The room is not as it should be.")
    const entry = { ...row, index: 7 as SenderIndex, serial: 99 as SeatSerial, role: roles.speaker }
    const roster: Roster = [...chain.roster, entry]
    const { epoch, seq } = chain.head.fields
    const next = (epoch + 5) as Epoch
    const head = await headKind.sign(p, seed, {
      ...chain.head.fields,
      seq: seq + 40,
      prev: p.random(32) as ObjectId,
      epoch: next,
      step: 0 as Step,
      epochHead: noObject,
      roster: rosterHash(p, roster),
      commit: commit(p, chain.space, next, 0, p.random(32)),
      reason: reasons.rotate,
      signer: 7 as SenderIndex,
    })
    const invites = [...[...chain.invites.values()].map(({ bytes }) => bytes), invite]
    const bundle = { head: head.bytes, policy: [chain.policy.bytes], roster: [encodeRoster(roster)], invites }
    const { policy } = chain
    ada.hear({
      TAG: "state",
      data: {
        ...{ ref: 1, policy: policy.bytes, heads: [bundle], step: [], wrap: [] },
        ...{ wrapsComplete: false, seats: [], leader: true, tail: [] },
      },
    })
    await ada.until(({ phase }) => phase === "gone")
    expect(ada.refusals.get("not-a-leader")).toBe(1)
    expect(ada.orders.some((order) => order.kind === "epoch" && order.epoch === next)).toBe(false)
  })

  it("that knock make no deputy take over from a host who is there", async () => {
    host = await house.host("host", "sealed")
    const { link } = await house.invite(host, { role: "cohost", personal: true })
    const dora = await house.knock("dora", link)
    await host.until(({ lead }) => (lead?.knocking.length ?? 0) > 0)
    const [waits] = host.state.lead?.knocking ?? []
    await host.command({ kind: "admit", request: toHex(waits?.request.id ?? new Uint8Array()) })
    await dora.until(({ phase }) => phase === "seated")
    await ready(dora)
    const kim = await house.knock("kim", (await house.invite(host)).link)
    await kim.until(({ knocking }) => knocking)
    await elapseUntil(() => leads(dora), 25_000)
    expect(leads(dora)).toBe(false)
  })

  it("who order the removal of nobody move no leader, and alarm nobody", async () => {
    host = await house.host()
    const [dora, mo] = [await seat("dora", "cohost"), await seat("mo", "moderator")]
    await settled(host, dora, mo)
    await ready(dora)
    await mo.command({ kind: "remove", serial: 4711 })
    await elapseUntil(() => leads(dora), 4_000)
    expect(leads(dora)).toBe(false)
  })

  it("cannot set a speaker's clock back with a Seat that was held", async () => {
    host = await house.host()
    const ada = await seat("ada", "speaker")
    await settled(host, ada)
    const held: Bytes[] = []
    house.tamper = (who, bytes) => {
      if (who !== "ada" || bytes[0] !== seatTag) return [bytes]
      held.push(bytes)
      return []
    }
    await elapseUntil(() => held.length > 0, 700_000)
    const [first] = held
    if (first === undefined) throw new Error("Nothing was renewed.")
    await house.elapse(42_000)
    house.deliver("ada", first)
    await ada.until(({ request }) => request === undefined)
    const leader = host.state.chain?.roster[0]?.seatPub ?? new Uint8Array()
    const reading = ada.state.clocks.find((one) => toHex(one.leader) === toHex(leader))
    expect(reading?.error).toBeGreaterThan(40_000)
  })

  it("who may lead, and do not, silence nobody and hide nothing with a signed Head of their own", async () => {
    host = await house.host()
    const [dora, ada] = [await seat("dora", "cohost"), await seat("ada", "speaker")]
    await settled(host, dora, ada)
    const fields = ada.state.chain?.head?.fields
    const own = dora.state.chain?.roster.find(({ serial }) => serial === dora.serial)
    const { seatSeed } = dora.state
    if (!fields || !own || !seatSeed) throw new Error("The room is not as it should be.")
    for (const seq of [0xffffffff, fields.seq + 1]) {
      const evil = await headKind.sign(p, seatSeed, {
        ...fields,
        seq,
        prev: p.random(32) as ObjectId,
        epoch: (fields.epoch + 1) as Epoch,
        step: 0 as Step,
        epochHead: noObject,
        reason: reasons.urgent,
        signer: own.index,
      })
      ada.notice(evil.bytes)
    }
    await house.elapse(3_000)
    expect([ada.state.sending.silence, ada.state.noticed]).toEqual([undefined, undefined])
  })

  it("who lead once cannot use up the serials of all who come after", async () => {
    const kit = new RoomKit("serials")
    const invite = await kit.invite()
    const row = kit.row(await kit.person(invite), 0xfffffffe)
    const changes = { upserted: [row], removed: [], counters: [kit.counter(invite, 1)] }
    expect(() => applySeatChanges(noSeats, changes)).toThrow("far beyond")
    const last = { ...row, serial: serialLimit({ ...noSeats, counters: new Map([["x", kit.counter(invite, 1)]]) }) }
    expect(() =>
      applySeatChanges(noSeats, { ...changes, upserted: [{ ...last, serial: last.serial as SeatSerial }] }),
    ).not.toThrow()
  })

  it("write nothing under an old epoch's key where nothing is spoken any more", async () => {
    host = await house.host()
    const [ada, ron] = [await seat("ada", "speaker"), await seat("ron")]
    await settled(host, ada, ron)
    house.tamper = (who, bytes) =>
      who === "ada" && [headTag, stepTag, wrapTag, completeTag].includes(bytes[0] ?? 0) ? [] : [bytes]
    await host.command({ kind: "remove", serial: ron.serial })
    await house.elapse(3_000)
    await ada.until(({ sending }) => sending.silence === "no-wrap")
    const said = house.carried.filter(({ who, way, bytes }) => who === "ada" && way === "to-service" && bytes[0] === 14)
    void ada.command({ kind: "say", say: { kind: "chat", text: "a secret" } })
    await house.elapse(2_000)
    const after = house.carried.filter(
      ({ who, way, bytes }) => who === "ada" && way === "to-service" && bytes[0] === 14,
    )
    expect(after.length).toBe(said.length)
  })

  it("whose turn as the leader is over leave nothing behind that they would do when they lead again", async () => {
    host = await house.host()
    const [dora, al] = [await seat("dora", "cohost"), await seat("al")]
    await settled(host, dora, al)
    await ready(dora)
    house.loses = (who) => who === "host"
    await elapseUntil(() => leads(dora), 40_000)
    house.loses = (who, bytes) => who === "dora" && bytes[0] === 4
    await dora.command({ kind: "remove", serial: al.serial })
    await host.command({ kind: "retake" })
    await dora.until(() => !leads(dora))
    const ref = [...dora.state.asked].find(([, asked]) => asked.kind === "post")?.[0]
    dora.hear({ TAG: "error", data: { ref: ref ?? 0, code: "conflict" } })
    await house.elapse(1_000)
    expect(dora.state.lead?.pending.remove).toEqual([])
  })
})
