import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"

import { concat, toHex, uint, utf8, type Bytes } from "#crypto/base/bytes"
import type { Epoch, ObjectId, SeatSerial, Step } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { appHeader, appHeaderBytes, appMessageKind, plaintextBytes } from "#crypto/message/app-message"
import { openAppMessage, sealAppMessage } from "#crypto/message/app-seal"
import {
  isChatLine,
  isName,
  knocksPerPage,
  padContent,
  reactions,
  unpadContent,
  type Content,
} from "#crypto/message/content"
import { acts, type Act } from "#crypto/message/order"
import { acceptCert, certKind, signCert } from "#crypto/message/seat-cert"
import { roles } from "#crypto/room/roles"
import { History } from "../support/history.ts"
import { codeOf, flip, kitTime, RoomKit, type KitPerson } from "../support/room-kit.ts"

const kit = new RoomKit("app messages")
const { p, space } = kit
const secret = p.random(32)
const view = p.random(32)
const serial = 7 as SeatSerial
const terms = { space, epoch: 3 as Epoch, step: 2 as Step, serial, n: kitTime }
const hand: Content = { TAG: "hand", data: { up: true, since: kitTime } }
let ada: KitPerson
beforeAll(async () => {
  ada = await kit.person()
})
const seal = (content: Content, changes: Partial<typeof terms> = {}, with_: Primitives = p) =>
  sealAppMessage(with_, ada.seatSeed, secret, view, { ...terms, ...changes }, content)

const order = (act: Act, target = 9, request: readonly ObjectId[] = []): Content => ({
  TAG: "order",
  data: { act, target: target as SeatSerial, request, reason: 0 },
})
const ids = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((id) => Uint8Array.from(id) as ObjectId)
const contents = fc.oneof<fc.Arbitrary<Content>[]>(
  fc.record({ TAG: fc.constant("hand" as const), data: fc.record({ up: fc.boolean(), since: fc.constant(kitTime) }) }),
  fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 200 })
    .filter((text) => isChatLine(text) && utf8(text).length <= 1100)
    .map((text) => ({ TAG: "chat" as const, data: { text } })),
  fc
    .string({ minLength: 1, maxLength: 64 })
    .filter(isName)
    .map((name) => ({ TAG: "profile" as const, data: { name } })),
  fc.constantFrom(...Object.values(reactions)).map((reaction) => ({ TAG: "reaction" as const, data: { reaction } })),
  fc.constantFrom(order(acts.kick), order(acts.end, 0), order(acts.admit, 0, [new Uint8Array(32) as ObjectId])),
  fc.nat(1e9).map((to) => ({ TAG: "stageInvite" as const, data: { to: to as SeatSerial } })),
  fc
    .array(ids, { maxLength: knocksPerPage })
    .map((requests) => ({ TAG: "knocks" as const, data: { page: 1 as const, requests } })),
  fc.boolean().map((accept) => ({ TAG: "stageAnswer" as const, data: { to: serial, accept } })),
)

describe("an app message", () => {
  it("opens to what was said, whatever it is, for everybody who has the step's secret", async () => {
    await fc.assert(
      fc.asyncProperty(contents, async (content) => {
        const { bytes } = await seal(content)
        const message = appMessageKind.decode(p, bytes)
        expect(message.fields).toMatchObject(terms)
        expect(await openAppMessage(p, message, ada.seatPub, secret, view)).toEqual(content)
      }),
      { numRuns: 40 },
    )
  })

  it("has one of two sizes, and the same one whatever is in it as long as it is short", async () => {
    const short = [hand, order(acts.kick), order(acts.admit, 0, [new Uint8Array(32) as ObjectId])]
    for (const text of ["a", "a".repeat(126)]) short.push({ TAG: "chat", data: { text } })
    for (const content of short) expect((await seal(content)).bytes).toHaveLength(256)
    for (const text of ["a".repeat(127), "a".repeat(1100)])
      expect((await seal({ TAG: "chat", data: { text } })).bytes).toHaveLength(1280)
    expect(await codeOf(() => seal({ TAG: "chat", data: { text: "a".repeat(1101) } }))).toBe("malformed")
  })

  it("is bound to every clear byte, to its sender, to its step and to the history", async () => {
    const { bytes } = await seal(hand)
    const open = (input: Uint8Array, key = ada.seatPub, s = secret, v = view) =>
      codeOf(() => openAppMessage(p, appMessageKind.decode(p, input), key, s, v))
    expect(await open(bytes)).toBe("accepted")
    expect(await open(bytes, (await kit.person()).seatPub)).toBe("bad-signature")
    expect(await open(bytes, ada.seatPub, p.random(32))).toBe("bad-message")
    expect(await open(bytes, ada.seatPub, secret, p.random(32))).toBe("bad-message")
    // Resigned by its own sender over other clear fields, the body does not open either.
    for (let at = 2; at < appHeaderBytes; at++) {
      if (at === 22) continue // a step above 63 is no step
      const body = flip(bytes.slice(0, -64), at)
      const signed = concat(body, await p.sign(ada.seatSeed, concat(utf8("sottovoce v1 sign-app\0"), body)))
      expect([at, await open(signed)]).toEqual([at, "bad-message"])
    }
  })

  it("has under each serial a key of its own", async () => {
    const keys = new Set<string>()
    const watched: Primitives = {
      ...p,
      seal: (key, ...rest) => {
        keys.add(toHex(key))
        return p.seal(key, ...rest)
      },
    }
    for (const who of [1, 2, 256, 65_536]) await seal(hand, { serial: who as SeatSerial }, watched)
    expect(keys.size).toBe(4)
  })

  it("never seals two bodies under one nonce, not even the same n after a reload", async () => {
    const nonces = new Set<string>()
    for (let again = 0; again < 50; again++) nonces.add(toHex((await seal(hand)).fields.nonce))
    expect(nonces.size).toBe(50)
  })

  it("starts with exactly the header its seal is bound to", async () => {
    const message = await seal(hand)
    expect(message.bytes.slice(0, appHeaderBytes)).toEqual(appHeader(message.fields))
  })
})

describe("the body of a message", () => {
  const padded = (length: number, ...parts: readonly Uint8Array[]): Bytes => {
    const joined = concat(uint(length, 2), ...parts)
    return concat(joined, new Uint8Array(plaintextBytes.small - joined.length))
  }
  const decoded = (bytes: Uint8Array) => codeOf(() => unpadContent(bytes))

  it("is read whole or not at all", async () => {
    const good = padContent(hand)
    expect(unpadContent(good)).toEqual(hand)
    expect(await decoded(flip(good, good.length - 1))).toBe("malformed")
    expect(await decoded(good.slice(0, -1))).toBe("malformed")
    expect(await decoded(concat(good, uint(0, 1)))).toBe("malformed")
    expect(await decoded(new Uint8Array(0))).toBe("malformed")
    // The larger size for what would fit into the smaller would say something about its sender.
    expect(await decoded(concat(good, new Uint8Array(plaintextBytes.large - good.length)))).toBe("malformed")
    expect(await decoded(padded(0xffff, Uint8Array.of(1, 1)))).toBe("malformed")
    for (const kind of [0, 8, 200]) expect(await decoded(padded(8, Uint8Array.of(kind)))).toBe("malformed")
  })

  it("throws its own errors and nothing else, whatever the bytes", async () => {
    const sized = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.uint8Array({ maxLength: 1200 }), sized(plaintextBytes.small), sized(plaintextBytes.large)),
        async (bytes) => {
          expect(["accepted", "malformed", "oversized"]).toContain(await decoded(bytes))
        },
      ),
    )
  })

  it("names nobody with what cannot be seen or turns a line around", () => {
    for (const name of ["Ada", "Ànna Maria", "愛", "👩‍🚀", "a".repeat(64)])
      expect([name, isName(name)]).toEqual([name, true])
    for (const name of ["", " ", " Ada", "Ada\n", "A\u202eda", "\u2066Ada", "A\u200fda", "a".repeat(65), "\u0000"])
      expect([name, isName(name)]).toEqual([name, false])
    expect([isChatLine("two\nlines"), isChatLine("\n"), isChatLine("bell\u0007")]).toEqual([true, false, false])
  })

  it("orders something about somebody, or nothing", async () => {
    const nothing = [order(acts.kick, 0), order(acts.end, 3), order(acts.admit, 0), order(acts.admit, 2)]
    nothing.push(order(acts.kick, 3, [new Uint8Array(32) as ObjectId]))
    for (const wrong of nothing) expect(await codeOf(() => padContent(wrong))).toBe("malformed")
  })
})

describe("a seat's certificate", () => {
  it("is a leader's word for one row of this space, and for no other", async () => {
    const history = await History.open(kit)
    const { chain, host } = history
    const row = kit.row(ada, 7)
    const accepted = (bytes: Uint8Array, wanted = serial) => codeOf(() => acceptCert(p, chain, bytes, wanted))
    const cert = await signCert(p, host.seatSeed, space, row)
    expect(await accepted(cert.bytes)).toBe("accepted")
    expect(await accepted(cert.bytes, 8 as SeatSerial)).toBe("wrong-seat")
    expect(await accepted((await signCert(p, ada.seatSeed, space, row)).bytes)).toBe("bad-signature")
    expect(await accepted((await signCert(p, kit.hostSeed, space, row)).bytes)).toBe("bad-signature")
    const elsewhere = await signCert(p, host.seatSeed, new RoomKit("elsewhere").space, row)
    expect(await accepted(elsewhere.bytes)).toBe("wrong-space")
    const weak = await certKind.sign(p, host.seatSeed, {
      ...{ space, serial, inviteId: row.inviteId, role: roles.listener },
      seatPub: new Uint8Array(32),
    })
    expect(await accepted(weak.bytes)).toBe("weak-key")
  })
})
