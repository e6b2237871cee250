import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { toHex, type Bytes } from "#crypto/base/bytes"
import type { EpochMs, ObjectId, SeatSerial } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { inviteIdOf, memberStatement } from "#crypto/link/invite"
import { inviteSecrets } from "#crypto/link/invite-secrets"
import type { Link } from "#crypto/link/link"
import { step } from "#crypto/member/member"
import { startFromLink, startFromRecord } from "#crypto/member/start"
import type { Input, MemberState } from "#crypto/member/types"
import { headKind } from "#crypto/room/head"
import { seatRequestKind, type SeatRequest } from "#crypto/seat/seat-request"
import { endKind } from "#crypto/seat/leave"
import { stepKek, wrapSecret } from "#crypto/seat/wrap"
import { clientCodec, serviceCodec, type ClientTag, type ServiceMessage, type WireBundle } from "#crypto/wire/wire"
import { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"

describe("a member whose key service lies", { timeout: 60_000 }, () => {
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
  const idle = (person: Person): Promise<void> =>
    person.until(
      ({ lead, socket }) => socket === "synced" && lead?.inflight === undefined && lead?.waiting.length === 0,
    )

  it("does not let one bad request hold up the others", async () => {
    const { link } = await house.invite(host)
    const poison = await requestOf(link, host.state, { kemPub: new Uint8Array(1216).fill(0xff) })
    host.hear({ TAG: "request", data: { request: poison, invite: [] } })
    const ada = await house.join("ada", link)
    expect(ada.state.phase).toBe("seated")
    await idle(host)
    expect(host.state.lead?.seats?.rows.size).toBe(2)
  })

  it("seats nobody by an invite that is used up, though the service shows the request", async () => {
    const { link } = await house.invite(host, { uses: 1 })
    await house.join("ada", link)
    await idle(host)
    host.hear({ TAG: "request", data: { request: await requestOf(link, host.state), invite: [] } })
    // the service does not know this request, and says so to whatever answers it
    await host.until(() => host.refusals.has("unknown-request"))
    await idle(host)
    expect(sentBy("host", "answer")).toBe(1)
    expect(host.state.lead?.seats?.rows.size).toBe(2)
  })

  it("goes on when the service forgets a request that it had shown", async () => {
    const { link } = await house.invite(host)
    host.hear({ TAG: "request", data: { request: await requestOf(link, host.state), invite: [] } })
    const ada = await house.join("ada", link)
    expect(ada.state.phase).toBe("seated")
    await idle(host)
    expect(host.state.lead?.seats?.rows.size).toBe(2)
  })

  it("answers a request once, however often the service shows it", async () => {
    const { link } = await house.invite(host)
    await house.join("ada", link)
    await idle(host)
    const shown = carriedTo("request", "host").at(-1) ?? raise()
    const batches = sentBy("host", "batch")
    for (let again = 0; again < 3; again++) host.hear(shown)
    await allTaken(host)
    expect(host.state.lead?.waiting).toEqual([])
    host.hangUp()
    await host.until(({ socket }) => socket === "offline")
    await host.until(({ socket }) => socket === "synced")
    host.hear(shown)
    await allTaken(host)
    await house.elapse(2000)
    expect(sentBy("host", "batch")).toBe(batches)
  })

  it("takes requests again only from its first own Head on after a reload", async () => {
    const { link } = await house.invite(host)
    await house.join("ada", link)
    await idle(host)
    const shown = carriedTo("request", "host").at(-1) ?? raise()
    const batches = sentBy("host", "batch")
    const again = house.reload(host)
    await again.until(({ lead }) => lead?.seats !== undefined)
    again.hear(shown)
    await again.untilSending(2)
    await house.elapse(3000)
    await idle(again)
    expect([sentBy("host", "batch"), sentBy("host", "answer")]).toEqual([batches, 1])
  })

  it("loses no keys by a word of the service: ended, removed, moved, or an answer to another question", async () => {
    const { link } = await house.invite(host)
    const ada = await house.join("ada", link)
    const says = async (person: Person, message: ServiceMessage) => {
      person.hear(message)
      await house.elapse(200)
      expect(person.record).toBeDefined()
    }
    await says(host, { TAG: "removed", data: {} })
    expect(host.refusals.get("unexpected")).toBe(1)
    await says(host, { TAG: "ended", data: { end: [] } })
    await says(ada, { TAG: "ended", data: { end: [] } })
    const other = { space: host.state.space, time: 0 as EpochMs, signer: 0xff } as Parameters<typeof endKind.sign>[2]
    const forged = await endKind.sign(p, p.random(32), other)
    await says(host, { TAG: "ended", data: { end: [forged.bytes] } })
    expect([host.state.phase, ada.state.phase]).toEqual(["seated", "seated"])

    house.loses = (who, bytes) => who === "host" && bytes[0] === 11
    const { nextRef } = host.state
    const asked = host.command({ kind: "sfu-token" })
    await host.until((state) => state.asked.has(nextRef))
    await says(host, { TAG: "ok", data: { ref: nextRef } })
    expect(host.state.phase).toBe("seated")
    house.loses = undefined
    host.stop()
    await asked

    const fresh = startFromRecord(p, host.record ?? raise())
    const turn = await step(fresh, say({ TAG: "ended", data: { end: [] } }), world)
    expect([turn.state.phase, turn.out.map(({ kind }) => kind)]).toEqual(["opening", ["refused"]])
    await says(ada, { TAG: "moved", data: {} })
    expect(ada.state.problem).toBe("moved")
  })

  it("counts its own POST as accepted only when the answer to that very POST says so", async () => {
    const { link } = await house.invite(host, { role: "speaker" })
    // The push of the Step comes before the answer to its batch, so the newcomer's Head is on its way by then; and that
    // Head never arrives.
    let answer: Bytes | undefined
    house.tamper = (who, bytes) => {
      if (who !== "host") return [bytes]
      if (bytes[0] === 65 && host.state.asked.get(refOf(bytes))?.kind === "post") {
        answer = bytes
        return []
      }
      return [bytes]
    }
    house.loses = (who, bytes) => who === "host" && bytes[0] === 4
    await house.knock("ada", link)
    await host.until(({ lead }) => lead?.inflight?.kind === "head")
    const waiting = host.state.lead?.inflight
    const before = host.state.chain?.head?.id
    host.hear(serviceCodec.decode(answer ?? raise()))
    await allTaken(host)
    expect(host.state.chain?.head?.id).toBe(before)
    expect(host.state.lead?.inflight).toBe(waiting)
    house.loses = undefined
    house.tamper = undefined
    host.hangUp()
    await host.until(({ chain }) => chain?.head?.id !== before)
    await host.untilSending(2)
  })

  it("stays when Heads reach it while it asks for what it missed", async () => {
    const { link } = await house.invite(host)
    const ada = await house.join("ada", link)
    await idle(host)
    while (carriedTo("head", "ada").length < 3) await house.elapse(1_000)
    await idle(host)
    const pushed = carriedTo("head", "ada").flatMap((message) => (message.TAG === "head" ? [message.data] : []))
    const newest = ada.state.chain?.head?.fields.seq ?? 0
    expect(pushed.length).toBeGreaterThan(2)
    const { policy } = ada.state.chain ?? raise()
    const answer = (heads: readonly WireBundle[]): ServiceMessage => ({
      TAG: "state",
      data: {
        ref: 0,
        policy: policy.bytes,
        heads,
        step: [],
        wrap: [],
        wrapsComplete: false,
        seats: [],
        leader: true,
        tail: [],
      },
    })
    // what was pushed meanwhile comes again in the answer
    ada.hear(answer(pushed.slice(-3)))
    await allTaken(ada)
    expect([ada.state.phase, ada.state.problem]).toEqual(["seated", undefined])
    expect(ada.state.chain?.head?.fields.seq).toBeGreaterThanOrEqual(newest)
    // but an answer that ends before what it knows is a service that goes back
    ada.hear(answer(pushed.slice(-3, -2)))
    await ada.until(({ phase }) => phase === "gone")
    expect([ada.state.problem, ada.refusals.get("rolled-back")]).toEqual(["refused", 1])
  })

  it("takes no second policy for one that is in force, and no Head that another key signed", async () => {
    const { link } = await house.invite(host)
    const ada = await house.join("ada", link)
    const head = carriedTo("head", "ada").at(-1)
    await house.elapse(11_000)
    const fresh = carriedTo("head", "ada").at(-1) ?? head
    if (fresh?.TAG !== "head") throw new Error("No Head was pushed.")
    const before = ada.state.chain
    for (let at = 0; at < fresh.data.head.length; at += 5) {
      const changed = Uint8Array.from(fresh.data.head)
      changed[at] = (changed[at] ?? 0) ^ 1
      ada.hear({ TAG: "head", data: { ...fresh.data, head: changed } })
    }
    await ada.until(({ socket }) => socket === "synced")
    expect(ada.state.chain?.roster).toBe(before?.roster)
    expect(ada.state.phase).toBe("seated")
  })

  /** A wrap for Ada in the next epoch that opens to a secret which nobody else has. */
  const wrongWrap = (serial: SeatSerial, head: ObjectId, before: number): Bytes => {
    const kek = host.state.lead?.keks.get(serial) ?? raise()
    const stepped = stepKek(p, kek, before + 1) ?? raise()
    return wrapSecret(p, stepped.key, host.state.space, head, serial, new Uint8Array(32).fill(7))
  }

  it("is not put out by a wrong secret that comes with all it missed, but asks again", async () => {
    const { link } = await house.invite(host)
    const ada = await house.join("ada", link)
    await idle(host)
    const before = ada.epoch
    let missing = false
    house.tamper = (who, bytes) => {
      const message = serviceCodec.decode(bytes)
      if (who !== "ada") return [bytes]
      if (message.TAG === "head" && headKind.decode(p, message.data.head).fields.epoch > before && !missing) {
        missing = true
        ada.hangUp()
      }
      if (message.TAG === "state" && message.data.wrap.length > 0) {
        const [newest] = message.data.heads
        const head = headKind.decode(p, newest?.head ?? raise()).id
        const wrap = [wrongWrap(ada.serial as SeatSerial, head, before)]
        return [serviceCodec.encode({ TAG: "state", data: { ...message.data, wrap } })]
      }
      return missing && message.TAG !== "challenge" && message.TAG !== "ok" && !("ref" in message.data) ? [] : [bytes]
    }
    const { n } = ada.state
    await house.elapse(301_000)
    await ada.until(() => (ada.refusals.get("wrong-secret") ?? 0) > 0)
    house.tamper = undefined
    await ada.until((state) => state.n > n && state.secret?.epoch === ada.epoch)
    expect([ada.state.phase, ada.epoch]).toEqual(["seated", before + 1])
    await host.until(() => host.upToDate)
    expect(await ada.hears(await host.speak())).toBe(true)
  })

  it("takes no other secret than the one its Head commits to, asks again, and says so if that is no better", async () => {
    const { link } = await house.invite(host)
    const ada = await house.join("ada", link)
    await idle(host)
    const before = ada.epoch
    house.tamper = (who, bytes) => {
      const message = serviceCodec.decode(bytes)
      if (who !== "ada" || message.TAG !== "wrap") return [bytes]
      const { head } = message.data
      const wrap = wrongWrap(ada.serial as SeatSerial, head, before)
      return [serviceCodec.encode({ TAG: "wrap", data: { head, wrap } })]
    }
    const { n } = ada.state
    await house.elapse(301_000)
    await ada.until(() => (ada.refusals.get("wrong-secret") ?? 0) > 0)
    await ada.until((state) => state.n > n && state.secret?.epoch === ada.epoch)
    await host.until(() => host.upToDate)
    expect(await ada.hears(await host.speak())).toBe(true)
  })

  it("hangs up on rows that have no end, and keeps no more of them than there are seats", async () => {
    const { link } = await house.invite(host)
    await house.join("ada", link)
    await idle(host)
    const [row] = host.state.lead?.seats?.rows.values() ?? []
    if (row === undefined) throw new Error("There is no row.")
    const { seats } = host.state.chain?.policy.fields ?? raise()
    const page = (from: number) =>
      Array.from({ length: 400 }, (_, at) => ({ ...row, serial: (from + at) as SeatSerial }))
    const shows = async (pages: (ref: number) => readonly ServiceMessage[]): Promise<Person> => {
      house.tamper = (who, bytes) => {
        const message = serviceCodec.decode(bytes)
        if (who !== "host" || message.TAG !== "rows") return [bytes]
        house.tamper = undefined
        return pages(message.data.ref).map((one) => serviceCodec.encode(one))
      }
      const again = house.reload(house.people.findLast(({ who }) => who === "host") ?? raise())
      let most = 0
      await again.until(({ lead }) => {
        most = Math.max(most, lead?.gatheringRows.length ?? 0)
        return again.refusals.has("endless-rows")
      })
      expect(most).toBeLessThanOrEqual(seats)
      // on the next connection the rows come as they are, and the room goes on
      await again.until(({ socket }) => socket === "offline")
      await again.until(({ lead }) => lead?.seats !== undefined)
      expect(again.state.lead?.seats?.rows.size).toBe(2)
      return again
    }
    const rows = (ref: number, from: number, more = true): ServiceMessage => ({
      TAG: "rows",
      data: { ref, more, rows: page(from), counters: [], invites: [] },
    })
    await shows((ref) => Array.from({ length: seats / 400 + 2 }, (_, at) => rows(ref, 1 + at * 400)))
    await shows((ref) => [rows(ref, 1), rows(ref, 400)])
    await shows((ref) => [{ TAG: "rows", data: { ref, more: true, rows: [], counters: [], invites: [] } }])
    const last = await shows((ref) => [rows(ref, 1), rows(ref, 1, false)])
    await last.untilSending(host.epoch + 1)
  })

  it("is never broken by what the service says, in whatever order", async () => {
    const { link } = await house.invite(host, { role: "speaker" })
    const ada = await house.join("ada", link)
    await ada.untilSending(2)
    await host.command({ kind: "sfu-token" })
    const said = house.carried.filter(({ way }) => way === "to-member").map(({ bytes }) => serviceCodec.decode(bytes))
    const junk: ServiceMessage[] = [
      { TAG: "wrapsComplete", data: { head: p.random(32) as ObjectId } },
      { TAG: "wrap", data: { head: p.random(32) as ObjectId, wrap: p.random(48) } },
      { TAG: "rows", data: { ref: 1, more: true, rows: [], counters: [], invites: [] } },
      { TAG: "sfu", data: { ref: 1, url: "", token: "", identity: "" } },
      { TAG: "ok", data: { ref: 1 } },
      { TAG: "error", data: { ref: 2, code: "x" } },
      { TAG: "presence", data: { leader: true } },
      { TAG: "answer", data: { answer: p.random(100) } },
      { TAG: "leave", data: { leave: p.random(100) } },
    ]
    const tagged = new Map([...junk, ...said].map((message) => [message.TAG, message]))
    const pool = [...said, ...junk, ...tagged.values(), ...tagged.values(), ...tagged.values()]
    const starts: MemberState[] = [
      startFromLink(link),
      host.state,
      ada.state,
      startFromRecord(p, host.record ?? raise()),
      startFromRecord(p, ada.record ?? raise()),
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...starts),
        fc.array(
          fc.oneof(
            { weight: 8, arbitrary: fc.constantFrom(...pool).map(say) },
            { weight: 1, arbitrary: fc.constantFrom<Input>({ kind: "tick" }, { kind: "online" }, { kind: "offline" }) },
            { weight: 1, arbitrary: fc.constant<Input>({ kind: "command", id: 1, command: { kind: "join" } }) },
          ),
          { maxLength: 12 },
        ),
        async (start, inputs) => {
          let state = start
          for (const [at, input] of inputs.entries()) {
            const before = shallow(state)
            const turn = await step(state, input, { ...world, monotonic: house.monotonic + at * 997 })
            expect(shallow(state)).toEqual(before)
            state = turn.state
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  const world = { p, now: Date.now() as EpochMs, monotonic: 0 }

  /** Commands are taken in order with all else. */
  const allTaken = (person: Person) => person.command({ kind: "invite-link", invite: "none" })

  function sentBy(from: string, tag: ClientTag): number {
    return house.carried.filter(
      ({ who, way, bytes }) => who === from && way === "to-service" && clientCodec.decode(bytes).TAG === tag,
    ).length
  }

  function carriedTo<T extends ServiceMessage["TAG"]>(tag: T, to: string): readonly ServiceMessage[] {
    return house.carried
      .filter(({ who, way }) => who === to && way === "to-member")
      .map(({ bytes }) => serviceCodec.decode(bytes))
      .filter((message) => message.TAG === tag)
  }
})

const say = (message: ServiceMessage): Input => ({ kind: "message", message })

/** Which objects a state is made of: equal before and after a turn if the turn wrote to none of them. */
function shallow(state: MemberState): string {
  return Object.entries(state)
    .map(
      ([name, value]) =>
        `${name}:${value instanceof Uint8Array ? toHex(value) : value instanceof Map ? value.size : typeof value}`,
    )
    .join()
}

function raise(): never {
  throw new Error("There is no record.")
}

const refOf = (bytes: Uint8Array): number => bytes.subarray(1, 5).reduce((sum, byte) => sum * 256 + byte, 0)

/** A request as the holder of a link makes it who means no good. */
async function requestOf(link: Link, { chain }: MemberState, changes: Partial<SeatRequest> = {}): Promise<Bytes> {
  const secrets = inviteSecrets(p, link)
  const seatSeed = p.random(32)
  const seatPub = p.publicKey(seatSeed)
  const made = await seatRequestKind.sign(p, seatSeed, {
    space: link.space,
    head: chain?.head?.id ?? (new Uint8Array(32) as ObjectId),
    inviteId: inviteIdOf(p, p.publicKey(secrets.keySeed)),
    seatPub,
    kemPub: (await p.kemKeyPair()).publicKey,
    n: 0,
    flags: 0,
    proof: await p.sign(secrets.keySeed, memberStatement(link.space, seatPub)),
    ...changes,
  })
  return made.bytes
}
