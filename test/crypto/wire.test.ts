import fc from "fast-check"
import { describe, expect, it } from "vitest"

import { concat, toHex, uint, type Bytes } from "#crypto/base/bytes"
import type { InviteId, ObjectId, SeatSerial, SenderIndex, SpaceId } from "#crypto/base/ids"
import { roles } from "#crypto/room/roles"
import { counterStates, type SeatChanges } from "#crypto/room/seats"
import {
  clientCodec,
  createCodec,
  helloKinds,
  maxClientMessage,
  serviceCodec,
  type ClientMessage,
  type ServiceMessage,
  type WireBundle,
} from "#crypto/wire/wire"
import { codeOf } from "../support/room-kit.ts"

const fill = (length: number, byte: number): Bytes => new Uint8Array(length).fill(byte)
const id = (byte: number) => fill(32, byte) as ObjectId
const inviteId = fill(16, 7) as InviteId

const changes: SeatChanges = {
  upserted: [
    {
      serial: 9 as SeatSerial,
      seatPub: fill(32, 1),
      inviteId,
      proof: fill(64, 2),
      role: roles.speaker,
      index: 3 as SenderIndex,
    },
  ],
  removed: [4 as SeatSerial, 5 as SeatSerial],
  counters: [{ inviteId, used: 6, state: counterStates.burnt }],
}
const bundle: WireBundle = {
  head: fill(3, 1),
  policy: [fill(2, 2)],
  roster: [fill(1, 3)],
  invites: [fill(4, 4), fill(0, 0)],
}
const bare: WireBundle = { head: fill(3, 1), policy: [], roster: [], invites: [] }

const client: { readonly [T in ClientMessage["TAG"]]: Extract<ClientMessage, { TAG: T }>["data"] } = {
  hello: { ref: 1, space: fill(16, 1) as SpaceId, kind: helloKinds.seat, key: fill(32, 2), signature: fill(64, 3) },
  sync: { ref: 2, since: 0xffffffff },
  request: { ref: 3, request: fill(5, 5) },
  head: { ref: 4, bundle, changes, wraps: fill(52, 6) },
  batch: { ref: 5, step: fill(2, 1), seats: [fill(3, 2), fill(1, 3)], certs: [fill(2, 4)], changes },
  wraps: { ref: 6, head: id(1), last: true, wraps: fill(104, 2) },
  invite: { ref: 7, invite: fill(2, 1) },
  answer: { ref: 8, answer: fill(2, 2) },
  leave: { ref: 9, leave: fill(2, 3) },
  end: { ref: 10, end: fill(2, 4) },
  sfu: { ref: 11 },
  rows: { ref: 12 },
  standby: { ref: 13, seats: [fill(2, 5)] },
  app: { ref: 14, message: fill(6, 1) },
}

const service: { readonly [T in ServiceMessage["TAG"]]: Extract<ServiceMessage, { TAG: T }>["data"] } = {
  challenge: { nonce: fill(32, 1) },
  ok: { ref: 1 },
  error: { ref: 2, code: "not-available" },
  welcome: { ref: 3, invite: fill(1, 1), policy: fill(1, 2), card: fill(1, 3), leader: true },
  state: {
    ref: 4,
    policy: fill(1, 1),
    heads: [bundle, bare],
    step: [fill(2, 2)],
    wrap: [fill(48, 3)],
    wrapsComplete: true,
    seats: [fill(3, 4)],
    leader: false,
    tail: [
      { message: fill(5, 1), cert: [fill(2, 2)] },
      { message: fill(4, 1), cert: [] },
    ],
  },
  head: bundle,
  step: { step: fill(1, 1) },
  seat: { seat: fill(1, 2) },
  wrap: { head: id(1), wrap: fill(48, 2) },
  wrapsComplete: { head: id(2) },
  request: { request: fill(1, 3), invite: [fill(1, 7)] },
  answer: { answer: fill(1, 4) },
  leave: { leave: fill(1, 5) },
  presence: { leader: true },
  moved: {},
  removed: {},
  ended: { end: [fill(1, 6)] },
  sfu: { ref: 5, url: "", token: "t.o.k", identity: "i" },
  rows: { ref: 6, more: false, rows: changes.upserted, counters: changes.counters, invites: [fill(1, 8)] },
  changes: { of: id(3), changes, invites: [fill(1, 9)], answered: [id(4)] },
  standby: { on: true },
  app: { message: fill(6, 2), cert: [fill(3, 1)] },
}

const clientMessages = Object.entries(client).map(([TAG, data]) => ({ TAG, data }) as ClientMessage)
const serviceMessages = Object.entries(service).map(([TAG, data]) => ({ TAG, data }) as ServiceMessage)

describe("the room socket's messages", () => {
  it("stay the bytes they are (another result is another protocol)", async () => {
    const hex = (messages: readonly { TAG: string }[], encode: (message: never) => Uint8Array) =>
      Object.fromEntries(messages.map((message) => [message.TAG, toHex(encode(message as never))]))
    const create = createCodec.encode({
      hostPub: fill(32, 1),
      policy: fill(2, 2),
      card: fill(3, 3),
      invites: [fill(1, 4)],
    })
    const all = {
      client: hex(clientMessages, (message) => clientCodec.encode(message)),
      service: hex(serviceMessages, (message) => serviceCodec.encode(message)),
      create: toHex(create),
    }
    await expect(`${JSON.stringify(all, undefined, 2)}\n`).toMatchFileSnapshot("../vectors/formats/wire.json")
  })

  it("come back as they were sent", () => {
    for (const message of clientMessages) expect(clientCodec.decode(clientCodec.encode(message))).toEqual(message)
    for (const message of serviceMessages) expect(serviceCodec.decode(serviceCodec.encode(message))).toEqual(message)
  })

  const samples: (readonly [string, Bytes, (bytes: Uint8Array) => unknown])[] = [
    ...clientMessages.map(
      (message) => [`client ${message.TAG}`, clientCodec.encode(message), clientCodec.decode] as const,
    ),
    ...serviceMessages.map(
      (message) => [`service ${message.TAG}`, serviceCodec.encode(message), serviceCodec.decode] as const,
    ),
  ]

  it.each(samples)("are refused at every length but their own: %s", async (_name, bytes, decode) => {
    expect(await codeOf(() => decode(bytes))).toBe("accepted")
    for (let length = 0; length < bytes.length; length++)
      expect([length, await codeOf(() => decode(bytes.slice(0, length)))]).toEqual([length, "malformed"])
    expect(await codeOf(() => decode(concat(bytes, uint(0, 1))))).toBe("malformed")
  })

  it("go one way: none of a client's is one of the service's", async () => {
    for (const message of clientMessages)
      expect(await codeOf(() => serviceCodec.decode(clientCodec.encode(message)))).toBe("malformed")
    for (const message of serviceMessages)
      expect(await codeOf(() => clientCodec.decode(serviceCodec.encode(message)))).toBe("malformed")
  })

  it("have the tags they have, and no others", async () => {
    const known = new Set(samples.map(([, bytes]) => bytes[0]))
    for (let tag = 0; tag < 256; tag++) {
      if (known.has(tag)) continue
      const bytes = concat(Uint8Array.of(tag), uint(0, 4))
      expect([tag, await codeOf(() => clientCodec.decode(bytes))]).toEqual([tag, "malformed"])
      expect([tag, await codeOf(() => serviceCodec.decode(bytes))]).toEqual([tag, "malformed"])
    }
  })

  it("are no larger than their limit", async () => {
    expect(await codeOf(() => clientCodec.decode(new Uint8Array(maxClientMessage + 1)))).toBe("oversized")
    expect(await codeOf(() => createCodec.decode(new Uint8Array(65_537)))).toBe("oversized")
    const big = { ...client.request, request: fill(9001, 1) }
    expect(await codeOf(() => clientCodec.encode({ TAG: "request", data: big }))).toBe("malformed")
  })

  it("hold the largest Head a room can have: a full stage, all its invites, 10,000 seats gone at once", () => {
    const full: ClientMessage = {
      TAG: "head",
      data: {
        ref: 1,
        bundle: {
          head: fill(512, 1),
          policy: [fill(8192, 1)],
          roster: [fill(7554, 1)],
          invites: Array.from({ length: 64 }, () => fill(265, 1)),
        },
        changes: {
          upserted: Array.from({ length: 64 }, (_, i) => ({
            ...(changes.upserted[0] ?? raise()),
            serial: i as SeatSerial,
          })),
          removed: Array.from({ length: 9999 }, (_, i) => i as SeatSerial),
          counters: [],
        },
        wraps: fill(64 * 52, 1),
      },
    }
    expect(clientCodec.encode(full).length).toBeLessThanOrEqual(maxClientMessage)
  })

  it.each([
    ["a kind of hello nobody has", client.hello, 1 + 4 + 16],
    ["a flag that is neither", client.wraps, 1 + 4 + 32],
  ] as const)("are refused with %s", async (_what, data, at) => {
    const TAG = "key" in data ? "hello" : "wraps"
    const bytes = clientCodec.encode({ TAG, data } as ClientMessage)
    bytes[at] = 9
    expect(await codeOf(() => clientCodec.decode(bytes))).toBe("malformed")
  })

  it("are refused with text that is no UTF-8", async () => {
    const bytes = serviceCodec.encode({ TAG: "error", data: { ref: 1, code: "abc" } })
    for (const wrong of [0xff, 0xc0, 0x80, 0xed]) {
      bytes[bytes.length - 2] = wrong
      expect(await codeOf(() => serviceCodec.decode(bytes))).toBe("malformed")
    }
  })

  it("are refused, or read whole, whatever the bytes", async () => {
    const random = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.constantFrom(...samples), fc.nat(), fc.nat(255)).map(([[, bytes], at, value]) => {
        const out = Uint8Array.from(bytes)
        out[at % out.length] = value
        return out
      }),
    )
    await fc.assert(
      fc.asyncProperty(random, async (bytes) => {
        for (const { decode, encode } of [clientCodec, serviceCodec] as const) {
          const code = await codeOf(() => decode(bytes))
          expect(["accepted", "malformed", "oversized"]).toContain(code)
          if (code === "accepted") expect(encode(decode(bytes) as never)).toEqual(Uint8Array.from(bytes))
        }
      }),
      { numRuns: 500 },
    )
  })
})

function raise(): never {
  throw new Error("There is no row.")
}
