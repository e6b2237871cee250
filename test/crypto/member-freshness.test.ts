import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { toBase64Url, type Bytes } from "#crypto/base/bytes"
import type { EpochMs, SenderIndex } from "#crypto/base/ids"
import { policyKind } from "#crypto/link/policy"
import { headKind, reasons, viewOf } from "#crypto/room/head"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { judgeProof } from "../../audits/proof/proof.ts"
import { proofFile } from "../../web/keys/proof-file.ts"
import { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"

const headTag = 69
const wrapTag = 72

describe("delay, withholding and equivocation", { timeout: 60_000 }, () => {
  let house: Household
  let host: Person
  let ada: Person
  beforeEach(async () => {
    house = await Household.open()
    host = await house.host()
    const { link } = await house.invite(host, { role: "speaker" })
    ada = await house.join("ada", link)
    await host.until(({ lead }) => host.upToDate && lead?.inflight === undefined && lead?.pending.since === undefined)
    await ada.until(() => ada.upToDate && ada.epoch === host.epoch)
  })
  afterEach(async () => {
    for (const person of house.people) expect([person.who, person.broken]).toEqual([person.who, false])
    await house.close()
  })

  const alarms = (person: Person) => person.state.alarms.map(({ kind }) => kind)
  const files = (person: Person) => person.state.proofs.map((proof) => proofFile(p, person.state.space, proof))
  /** What an auditor, who knows nothing but the file, says of what somebody has kept. */
  const judged = (person: Person) => files(person).map(({ kind, text }) => [kind, judgeProof(text).ok])
  const withheldFrom = (who: string): void => {
    house.tamper = (to, bytes) => (to === who && bytes[0] === headTag ? [] : [bytes])
  }
  /** Lets everything of the service reach somebody this much later, in order. */
  const delay = (who: string, ms: number): void => {
    house.tamper = (to, bytes) => {
      if (to !== who) return [bytes]
      house.after(ms, () => house.deliver(who, bytes))
      return []
    }
  }

  it("a Head that only the media server brings keeps a speaker's news fresh, and the service is named after 3 s", async () => {
    withheldFrom("ada")
    await house.elapse(35_000)
    expect(ada.state.sending.silence).toBeUndefined()
    await ada.until(() => alarms(ada).includes("withheld"))
    house.tamper = undefined
    ada.hangUp()
    await house.elapse(12_000)
    await ada.until(() => !alarms(ada).includes("withheld"))
  })

  it("a speaker falls silent 0.8 s after an urgent Head that the service keeps from it", async () => {
    const { link } = await house.invite(host)
    const eve = await house.join("eve", link)
    await ada.until(() => ada.upToDate)
    withheldFrom("ada")
    await host.command({ kind: "remove", serial: eve.serial })
    await host.until(() => host.upToDate)
    await house.elapse(1_000)
    await ada.until(({ sending }) => sending.silence === "no-wrap")
  })

  it("a speaker falls silent all the same if the service keeps the Head before it back as well, and shows only that one", async () => {
    const eve = await house.join("eve", (await house.invite(host)).link)
    const lou = await house.join("lou", (await house.invite(host)).link)
    await ada.until(() => ada.upToDate)
    const held: Bytes[] = []
    house.tamper = (to, bytes) => {
      if (to !== "ada" || (bytes[0] !== headTag && bytes[0] !== wrapTag)) return [bytes]
      held.push(bytes)
      return []
    }
    const { epoch } = host
    await host.command({ kind: "promote", serial: lou.serial })
    await host.until(() => host.epoch > epoch && host.upToDate)
    await house.elapse(1_000)
    expect(ada.state.sending.silence).toBeUndefined()
    await host.command({ kind: "remove", serial: eve.serial })
    await host.until(() => host.epoch > epoch + 1 && host.upToDate)
    await house.elapse(1_000)
    await ada.until(({ sending }) => sending.silence === "no-wrap")
    const shown = held.splice(0, held.findIndex((one) => one[0] === wrapTag) + 1)
    for (const bytes of shown) house.deliver("ada", bytes)
    await ada.until(({ secret }) => secret?.epoch === epoch + 1)
    await house.elapse(5_000)
    expect(ada.state.sending.silence).toBe("no-wrap")
  })

  it("Heads that are all delayed by 60 s count as old: the speaker seals silence", async () => {
    house.noticeLost = () => true
    delay("ada", 60_000)
    await house.elapse(95_000)
    // They come every ten seconds by now, each of them a minute late.
    for (let look = 0; look < 10; look++) {
      await house.elapse(1_500)
      expect(["stale-head", "gone"]).toContain(ada.state.phase === "gone" ? "gone" : ada.state.sending.silence)
    }
  })

  it("Heads that are all delayed by 60 s from the start let nobody speak", async () => {
    house.noticeLost = () => true
    const { link } = await house.invite(host, { role: "speaker" })
    delay("bo", 40_000)
    const bo = await house.knock("bo", link).catch(() => undefined)
    await house.elapse(200_000)
    const late = bo ?? house.people.find(({ who }) => who === "bo")
    expect(late?.orders.filter((order) => order.kind === "send") ?? []).toEqual([])
  })

  it("a machine that slept seals silence until it has news from after its sleep, and keeps its seat", async () => {
    const { serial } = ada
    const { n } = ada.state
    house.sleep(600_000)
    await house.elapse(100)
    await ada.until(({ wokeAt }) => wokeAt !== undefined)
    await ada.until((state) => state.n > n)
    await host.until(() => host.upToDate)
    await house.elapse(12_000)
    await ada.until(() => ada.upToDate)
    expect([ada.state.phase, ada.serial]).toEqual(["seated", serial])
  })

  it("a renewal that the service refused for its speed is made anew, so that its Seat tells a clock again", async () => {
    const refused = (): boolean => ada.state.request?.dropped === true
    for (let nap = 0; nap < 16 && !refused(); nap++) {
      const { n } = ada.state
      house.sleep(6_000)
      await house.elapse(100)
      await ada.until((state) => state.n > n && (state.request === undefined || refused()))
    }
    expect(refused()).toBe(true)
    const { n } = ada.state
    for (let wait = 0; wait < 10 && ada.state.request !== undefined; wait++) await house.elapse(5_000)
    await ada.until(({ request }) => request === undefined)
    expect(ada.state.n).toBeGreaterThan(n)
    expect(ada.state.clocks.map(({ error }) => error < 5_000)).toEqual([true])
  })

  it("a policy that the host sent over the media server and no Head names silences speakers after 3 s", async () => {
    const { policy } = host.state.chain ?? {}
    const seed = host.state.host?.hostSeed
    if (policy === undefined || seed === undefined) throw new Error("no policy")
    const next = await policyKind.sign(p, seed, { ...policy.fields, serial: policy.fields.serial + 1, prev: policy.id })
    house.noticeLost = () => true
    ada.notice(next.bytes)
    await house.elapse(2_000)
    expect(ada.state.sending.silence).toBeUndefined()
    await house.elapse(2_000)
    await ada.until(({ sending }) => sending.silence === "withheld")
    expect(alarms(ada)).toContain("withheld")
  })

  it("two policies with one serial: somebody else has the host key", async () => {
    const { policy } = host.state.chain ?? {}
    const seed = host.state.host?.hostSeed
    if (policy === undefined || seed === undefined) throw new Error("no policy")
    const twin = await policyKind.sign(p, seed, { ...policy.fields, seats: 7 })
    ada.notice(twin.bytes)
    await ada.until(() => alarms(ada).includes("host-key-twice"))
    expect(judged(ada)).toEqual([["host-key-twice", true]])
  })

  it("a leader that signs a hundred Heads for one place fills nobody's memory: one pair is kept of each key", async () => {
    for (let at = 1; at <= 10; at++) ada.notice(await rival({ time: (house.now + at) as EpochMs }))
    await ada.until(() => alarms(ada).includes("fork"))
    await house.elapse(1_000)
    expect(ada.state.proofs).toHaveLength(1)
  })

  it("what is kept of a fork holds no secret of whoever keeps it", async () => {
    ada.notice(await rival())
    await ada.until(({ proofs }) => proofs.length > 0)
    const { seatSeed, secret, inviteSeed, seated, space } = ada.state
    const [file] = files(ada)
    for (const hidden of [seatSeed, secret?.secret, inviteSeed, space, ...(seated?.keks ?? []).map(({ key }) => key)])
      expect(file?.text).not.toContain(toBase64Url(hidden ?? new Uint8Array(32)))
  })

  const rival = async (changes: Partial<{ signer: SenderIndex; time: EpochMs; seed: Bytes }> = {}): Promise<Bytes> => {
    const { chain, seatSeed } = host.state
    const fields = chain?.head?.fields
    if (fields === undefined || seatSeed === undefined) throw new Error("no head")
    const { seed = seatSeed, ...rest } = changes
    const time = (fields.time + 1) as EpochMs
    return (await headKind.sign(p, seed, { ...fields, time, reason: reasons.beat, ...rest })).bytes
  }

  it("two Heads of one leader for one place are a fork, whoever brings the second", async () => {
    const bytes = await rival()
    ada.notice(bytes)
    await ada.until(() => alarms(ada).includes("fork"))
    const { link } = await house.invite(host)
    const bo = await house.join("bo", link)
    await bo.until(({ secret }) => secret !== undefined)
    bo.hear({ TAG: "head", data: { head: await rival(), policy: [], roster: [], invites: [] } })
    await bo.until(() => alarms(bo).includes("fork"))
    for (const person of [ada, bo]) expect(judged(person)).toEqual([["fork", true]])
  })

  it("a Head that nobody who may lead signed is no evidence of anything", async () => {
    ada.notice(await rival({ seed: p.random(32) }))
    ada.notice(await rival({ signer: 9 as SenderIndex }))
    await ada.until(() => (ada.refusals.get("bad-signature") ?? 0) > 0 && (ada.refusals.get("not-a-leader") ?? 0) > 0)
    expect(alarms(ada)).toEqual([])
    expect(ada.state.proofs).toEqual([])
  })

  it("a speaker whose checkpoints name a Head nobody shows us follows another history", async () => {
    const known = ada.state.chain?.head?.id ?? new Uint8Array(32)
    ada.seeHead(0, known.slice(0, 16))
    await house.elapse(3_000)
    expect(alarms(ada)).toEqual([])
    ada.seeHead(0, p.random(16))
    await house.elapse(1_000)
    expect(alarms(ada)).toEqual([])
    await house.elapse(2_000)
    await ada.until(() => alarms(ada).includes("strange-head"))
    ada.seeHead(0, known.slice(0, 16))
    await house.elapse(200)
    await ada.until(() => alarms(ada).length === 0)
  })

  it("a Head of a leader who builds on one that nobody showed us is a fork", async () => {
    const { chain, seatSeed } = host.state
    const fields = chain?.head?.fields
    if (fields === undefined || seatSeed === undefined) throw new Error("no head")
    const elsewhere = { ...fields, seq: fields.seq + 1, prev: p.random(32) as typeof fields.prev, reason: reasons.beat }
    ada.notice((await headKind.sign(p, seatSeed, elsewhere)).bytes)
    await ada.until(() => alarms(ada).includes("fork"))
    expect(judged(ada)).toEqual([["fork", true]])
  })

  it("a takeover that follows somebody else's Head is a fork to us, and no proof against whoever took over", async () => {
    const { chain, seatSeed } = host.state
    const fields = chain?.head?.fields
    if (fields === undefined || seatSeed === undefined) throw new Error("no head")
    const prev = p.random(32) as typeof fields.prev
    const retaken = { ...fields, seq: fields.seq + 1, prev, reason: reasons.takeover }
    ada.notice((await headKind.sign(p, seatSeed, retaken)).bytes)
    await ada.until(() => alarms(ada).includes("fork"))
    expect(ada.state.proofs).toEqual([])
  })

  it("a speaker who takes the lead while the host leads is named by whoever the service shows it", async () => {
    const bo = await house.join("bo", (await house.invite(host)).link)
    await bo.until(({ secret }) => secret !== undefined)
    const seq = bo.state.chain?.head?.fields.seq ?? 0
    await bo.until(({ chain }) => (chain?.head?.fields.seq ?? 0) > seq)
    const { chain } = bo.state
    const entry = chain?.roster.find(({ serial }) => serial === ada.serial)
    const { seatSeed } = ada.state
    if (chain?.head === undefined || entry === undefined || seatSeed === undefined) throw new Error("no head")
    const { head, step, commit, seats, count } = chain
    const place = { seq: head.fields.seq + 1, prev: head.id, epochHead: viewOf(head), step, commit, seats, count }
    const taken = { ...head.fields, ...place, reason: reasons.takeover, signer: entry.index, time: house.now }
    const { bytes } = await headKind.sign(p, seatSeed, taken)
    bo.hear({ TAG: "head", data: { head: bytes, policy: [], roster: [], invites: [] } })
    await bo.until(() => alarms(bo).includes("led-too-soon"))
    expect(bo.state.alarms.map(({ about }) => about)).toContain(entry.index)
  })

  it("a kick that the service never hears of silences the speakers through the media server", async () => {
    const { link } = await house.invite(host)
    const eve = await house.join("eve", link)
    await ada.until(() => ada.upToDate)
    await host.until(() => host.upToDate)
    house.loses = (who) => who === "host"
    await host.command({ kind: "remove", serial: eve.serial })
    await house.elapse(2_000)
    await ada.until(({ sending }) => sending.silence === "no-wrap")
    expect(await eve.hears(await ada.speak())).toBe(false)
  })
})
