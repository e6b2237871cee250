import { afterEach, beforeEach, describe, expect, it } from "vitest"

import type { Bytes } from "#crypto/base/bytes"
import type { SeatSerial } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { appMessageKind } from "#crypto/message/app-message"
import type { Content } from "#crypto/message/content"
import { clientCodec, serviceCodec } from "#crypto/wire/wire"
import { Gathering, onStage, reads, say, worksOff } from "../support/gathering.ts"
import type { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"

describe("what people say to each other", { timeout: 60_000 }, () => {
  let room: Gathering
  let house: Household
  let host: Person
  beforeEach(async () => {
    room = await Gathering.open()
    ;({ house, host } = room)
  })
  afterEach(() => room.close())

  const handOf = (seen: Person, whom: Person) => seen.state.conversation.hands.get(whom.serial as SeatSerial)
  const done = { kind: "done" }

  it("reaches stage and audience, is opened by both, and has the size of every other line", async () => {
    const [ada, bo, mo] = [await room.seat("ada"), await room.seat("bo"), await room.seat("mo", "moderator")]
    expect(await say(ada, { kind: "chat", text: "Hello from the back" })).toEqual(done)
    for (const person of [host, ada, bo, mo]) await reads(person, "Hello from the back")
    await say(host, { kind: "chat", text: "Hi" })
    await say(mo, { kind: "reaction", reaction: "clap" })
    await bo.until(({ conversation }) => conversation.talk.length === 3)
    expect(bo.state.conversation.talk.map(({ serial, said }) => [serial, said])).toEqual([
      [ada.serial, { kind: "chat", text: "Hello from the back" }],
      [host.serial, { kind: "chat", text: "Hi" }],
      [mo.serial, { kind: "reaction", reaction: "clap" }],
    ])
    expect(new Set([...room.sizesSentBy("ada"), ...room.sizesSentBy("host"), ...room.sizesSentBy("mo")])).toEqual(
      new Set([256]),
    )
    expect(bo.refusals).toEqual(new Map())
  })

  it("is read by the audience only with a leader's certificate for the row", async () => {
    house.tamper = (who, bytes) => {
      const message = serviceCodec.decode(bytes)
      if (who !== "bo" || message.TAG !== "app") return [bytes]
      return [serviceCodec.encode({ TAG: "app", data: { ...message.data, cert: [] } })]
    }
    const [ada, bo] = [await room.seat("ada"), await room.seat("bo")]
    await say(ada, { kind: "chat", text: "who am I" })
    await reads(host, "who am I")
    await bo.until(() => (bo.refusals.get("unknown-sender") ?? 0) >= 1)
    expect(bo.state.conversation.talk).toEqual([])
  })

  it("comes with its sender's name though that was lost with a connection", async () => {
    const [ada, bo] = [await room.seat("ada"), await room.seat("bo")]
    house.loses = (who, bytes) => who === "ada" && clientCodec.decode(bytes).TAG === "app"
    const named = say(ada, { kind: "profile", name: "Ada L." })
    await ada.until(({ asked }) => [...asked.values()].some(({ kind }) => kind === "app"))
    house.loses = undefined
    ada.hangUp()
    await ada.until(({ socket }) => socket === "offline")
    await ada.until(({ socket }) => socket === "synced")
    await say(ada, { kind: "chat", text: "it is me" })
    await reads(bo, "it is me")
    expect(bo.state.conversation.names.get(ada.serial as SeatSerial)).toBe("Ada L.")
    void named
  })

  it("is refused when somebody else signed it, or it is sealed for another serial", async () => {
    const [ada, bo] = [await room.seat("ada"), await room.seat("bo", "speaker")]
    await say(ada, { kind: "chat", text: "really me" })
    await reads(host, "really me")
    const chat: Content = { TAG: "chat", data: { text: "not me" } }
    const { message } = await room.forge(bo, chat)
    const { fields: made } = appMessageKind.decode(p, message)
    // Newer than all that Ada has said: an older number would be passed over unread.
    const fields = { ...made, serial: ada.serial as SeatSerial, n: made.n + 1 }
    const seed = bo.state.seatSeed ?? new Uint8Array()
    host.hear({ TAG: "app", data: { message: (await appMessageKind.sign(p, seed, fields)).bytes, cert: [] } })
    await host.until(() => host.refusals.get("bad-signature") === 1)
    // Ada's own signature over a body that was sealed as Bo.
    const own = await appMessageKind.sign(p, ada.state.seatSeed ?? new Uint8Array(), { ...fields, n: fields.n + 1 })
    host.hear({ TAG: "app", data: { message: own.bytes, cert: [] } })
    await host.until(() => host.refusals.get("bad-message") === 1)
    expect(host.state.conversation.talk).toHaveLength(1)
  })

  it("counts once, however often the service shows it", async () => {
    const ada = await room.seat("ada")
    await say(ada, { kind: "chat", text: "once" })
    await reads(host, "once")
    const [shown] = room.passedOn("host", ada)
    for (let again = 0; again < 3 && shown; again++) host.hear({ TAG: "app", data: shown })
    host.hangUp()
    await host.until(({ socket }) => socket === "offline")
    await host.until(({ socket }) => socket === "synced")
    await worksOff(host)
    expect(host.state.conversation.talk).toHaveLength(1)
  })

  it("comes to a seat that was away, from the tail, and is gone with its epoch at everybody", async () => {
    const [ada, bo] = [await room.seat("ada"), await room.seat("bo")]
    house.tamper = (who, bytes) => (who === "bo" && serviceCodec.decode(bytes).TAG === "app" ? [] : [bytes])
    await say(ada, { kind: "chat", text: "while you were away" })
    await room.seat("cy")
    bo.hangUp()
    await bo.until(({ socket }) => socket === "offline")
    house.tamper = undefined
    await reads(bo, "while you were away")
    await house.elapse(301_000)
    await room.settled()
    await house.elapse(6_000)
    for (const person of [host, ada, bo]) {
      await person.until(({ conversation }) => conversation.talk.length === 0)
      expect(person.state.conversation.secrets.map(({ epoch }) => epoch)).toEqual([host.epoch])
    }
  })

  it("waits for its secret when the epoch is there and the wrap is not", async () => {
    const [ada, bo] = [await room.seat("ada"), await room.seat("bo")]
    const kept: Bytes[] = []
    house.tamper = (who, bytes) => {
      const { TAG } = serviceCodec.decode(bytes)
      if (who !== "bo" || (TAG !== "wrap" && TAG !== "wrapsComplete")) return [bytes]
      kept.push(bytes)
      return []
    }
    const before = host.epoch
    await host.command({ kind: "promote", serial: ada.serial })
    await ada.until(({ secret }) => (secret?.epoch ?? 0) > before)
    await say(ada, { kind: "chat", text: "early" })
    await reads(host, "early")
    await bo.until(({ conversation }) => conversation.held.length > 0)
    expect(bo.state.conversation.talk).toEqual([])
    for (const bytes of kept) bo.hear(serviceCodec.decode(bytes))
    await reads(bo, "early")
    expect(bo.state.conversation.held).toEqual([])
  })

  it("is never said under a secret that somebody removed still has", async () => {
    const [ada, bo] = [await room.seat("ada"), await room.seat("bo")]
    house.tamper = (who, bytes) =>
      who === "bo" && ["wrap", "wrapsComplete", "state"].includes(serviceCodec.decode(bytes).TAG) ? [] : [bytes]
    const before = bo.epoch
    await host.command({ kind: "remove", serial: ada.serial })
    await bo.until(() => bo.epoch > before)
    const answer = say(bo, { kind: "chat", text: "is she gone?" })
    await worksOff(bo)
    expect([bo.state.conversation.outbox.length, room.sizesSentBy("bo").length]).toEqual([1, 0])
    house.tamper = undefined
    bo.hangUp()
    expect(await answer).toMatchObject({ kind: "failed", code: "offline" })
    await bo.until(({ secret, socket }) => secret?.epoch === host.epoch && socket === "synced")
    expect(await say(bo, { kind: "chat", text: "now" })).toEqual(done)
    await reads(host, "now")
  })

  it("waits while there is no fresh word from who leads: somebody may be out by then", async () => {
    const ada = await room.seat("ada")
    host.stop()
    await house.elapse(15_000)
    expect(await say(ada, { kind: "chat", text: "anybody?" })).toEqual(done)
    await house.elapse(20_000)
    const answer = say(ada, { kind: "chat", text: "hello?" })
    await worksOff(ada)
    expect(room.sizesSentBy("ada")).toHaveLength(1)
    const again = house.reload(host)
    expect(await answer).toEqual(done)
    await reads(again, "hello?")
  })

  it("goes on after a reload with a clock that has gone back, once the service has said so", async () => {
    const ada = await room.seat("ada")
    await say(ada, { kind: "chat", text: "before" })
    await reads(host, "before")
    // Another epoch: nothing of hers comes back that would tell her new page its last number.
    await host.command({ kind: "promote", serial: ada.serial })
    await ada.until(() => ada.upToDate)
    const again = house.reload(ada)
    await again.until(({ secret, socket }) => secret?.epoch === host.epoch && socket === "synced")
    const { now } = house
    Object.defineProperty(house, "now", { get: () => now - 600_000, configurable: true })
    expect(await say(again, { kind: "chat", text: "early" })).toEqual({ kind: "failed", code: "replayed" })
    expect(await say(again, { kind: "chat", text: "late" })).toEqual(done)
    await reads(host, "late")
  })

  it("is refused where the person asks for what may not be said, and the room hears nothing", async () => {
    const ada = await room.seat("ada")
    const failed = (code: string) => ({ kind: "failed", code })
    expect(await say(ada, { kind: "chat", text: " " })).toEqual(failed("malformed"))
    expect(await say(ada, { kind: "profile", name: "a\u202eb" })).toEqual(failed("malformed"))
    expect(await say(ada, { kind: "stage-invite", serial: host.serial })).toEqual(failed("not-allowed"))
    expect(await say(ada, { kind: "stage-answer", accept: true })).toEqual(failed("not-allowed"))
    expect(await ada.command({ kind: "remove", serial: host.serial })).toEqual(failed("not-allowed"))
    expect(await ada.command({ kind: "mic-off", serial: host.serial })).toEqual(failed("not-allowed"))
    expect(await ada.command({ kind: "end" })).toEqual(failed("not-allowed"))
    expect(room.sizesSentBy("ada")).toEqual([])
  })

  it("a listener's raised hand is seen by the host and by a moderator, in the order they went up, over epochs", async () => {
    const [ada, bo, mo] = [await room.seat("ada"), await room.seat("bo"), await room.seat("mo", "moderator")]
    await say(ada, { kind: "profile", name: "Ada L." })
    await say(ada, { kind: "hand", up: true })
    await host.until(() => handOf(host, ada) !== undefined)
    await house.elapse(2000)
    await say(bo, { kind: "hand", up: true })
    for (const seen of [host, mo]) {
      await seen.until(() => handOf(seen, ada) !== undefined && handOf(seen, bo) !== undefined)
      expect(handOf(seen, ada)?.since).toBeLessThan(handOf(seen, bo)?.since ?? 0)
      expect(seen.state.conversation.names.get(ada.serial as SeatSerial)).toBe("Ada L.")
    }
    const raised = handOf(mo, ada)?.since
    await house.elapse(301_000)
    await room.settled()
    await house.elapse(12_000)
    // Whoever comes later sees the same queue.
    const late = await room.seat("late", "moderator")
    await late.until(() => handOf(late, ada) !== undefined && handOf(late, bo) !== undefined)
    expect([handOf(mo, ada)?.since, handOf(late, ada)?.since]).toEqual([raised, raised])
    expect(late.state.conversation.names.get(ada.serial as SeatSerial)).toBe("Ada L.")
    await say(ada, { kind: "hand", up: false })
    await mo.until(() => handOf(mo, ada) === undefined)
    // And the hand of somebody who has gone does not stay up.
    bo.stop()
    await house.elapse(301_000)
    await mo.until(({ secret }) => secret?.epoch === host.epoch)
    await house.elapse(12_000)
    await mo.until(() => handOf(mo, bo) === undefined)
  })

  it("leads from a raised hand to the stage: asked by a moderator, accepted, promoted, and the hand comes down", async () => {
    const [ada, mo] = [await room.seat("ada"), await room.seat("mo", "moderator")]
    await say(ada, { kind: "hand", up: true })
    await mo.until(() => handOf(mo, ada) !== undefined)
    expect(await say(mo, { kind: "stage-invite", serial: ada.serial })).toEqual(done)
    await ada.until(({ conversation }) => conversation.stageInvite?.from === mo.serial)
    expect(await say(ada, { kind: "stage-answer", accept: true })).toEqual(done)
    await ada.until(() => onStage(ada, ada))
    for (const seen of [host, mo]) await seen.until(() => handOf(seen, ada) === undefined)
    await ada.until(() => ada.upToDate)
    expect(mo.state.alarms).toEqual([])
    await mo.until(({ conversation }) => conversation.watched.length === 0)
  })

  it("leaves whoever declines where they are, and promotes nobody who was not asked", async () => {
    const [ada, bo] = [await room.seat("ada"), await room.seat("bo")]
    await say(host, { kind: "stage-invite", serial: ada.serial })
    await ada.until(({ conversation }) => conversation.stageInvite !== undefined)
    await say(ada, { kind: "stage-answer", accept: false })
    await host.until(({ conversation }) => conversation.invited.size === 0)
    for (const from of [ada, bo]) {
      const accept: Content = { TAG: "stageAnswer", data: { to: host.serial as SeatSerial, accept: true } }
      host.hear({ TAG: "app", data: { ...(await room.forge(from, accept)), cert: [] } })
    }
    await worksOff(host)
    await house.elapse(3000)
    expect(host.state.chain?.roster).toHaveLength(1)
  })
})
