import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"

import { concat, fromHex, toHex, uint } from "#crypto/base/bytes"
import { openCard } from "#crypto/link/card"
import { acceptInvite } from "#crypto/link/invite"
import { inviteSecrets, unwrapCardKey } from "#crypto/link/invite-secrets"
import { openSeat } from "#crypto/seat/seat"
import { seatKind } from "#crypto/seat/seat-object"
import { seatRequestKind } from "#crypto/seat/seat-request"
import { unwrapSecret } from "#crypto/seat/wrap"
import { makeSamples, type Samples, type SignedSample } from "../support/format-samples.ts"
import { codeOf, flip } from "../support/room-kit.ts"

const formats = [
  "link",
  "invite",
  "policy",
  "card",
  "roster",
  "seats",
  "head",
  "step",
  "seat-request",
  "seat",
  "answer",
  "leave",
  "end",
  "wrap",
  "kek",
  "checkpoint",
  "safety-code",
  "app-message",
  "seat-cert",
]
const signedNames = [
  ...["invite", "policy", "card", "head", "step", "seat-request", "seat", "answer", "leave", "end"],
  ...["app-message", "seat-cert"],
]

let samples: Samples
beforeAll(async () => {
  samples = await makeSamples()
})

describe("the bytes of a format", () => {
  it.each(formats)("stay what they are (another result is another protocol): %s", async (name) => {
    const made = samples.formats[name]
    expect(made).toBeDefined()
    await expect(`${JSON.stringify(made, undefined, 2)}\n`).toMatchFileSnapshot(`../vectors/formats/${name}.json`)
  })

  it("are all written down", () => {
    expect(Object.keys(samples.formats).sort()).toEqual([...formats].sort())
    expect(samples.signed.map(({ name }) => name)).toEqual(signedNames)
  })

  it("open as well as they are made: from the vectors alone, a link leads to the card, a request to its secret", async () => {
    const { kit, formats: all } = samples
    const { p, hostPub } = kit
    const bytes = (format: string, name: string) => fromHex(all[format]?.[name] ?? "")
    const space = kit.space
    const invite = await acceptInvite(p, bytes("invite", "invite"), space, hostPub)
    const { cardKeyWrapKey } = inviteSecrets(p, { space, seed: bytes("invite", "seed") })
    const cardKey = unwrapCardKey(p, cardKeyWrapKey, space, invite.fields.cardWrap)
    const card = await openCard(p, bytes("card", "sealed"), cardKey, space, hostPub)
    expect(card.fields.title).toBe("Caffè ☕")
    const request = seatRequestKind.decode(p, bytes("seat-request", "request"))
    const seat = seatKind.decode(p, bytes("seat", "seat"))
    const opened = await openSeat(p, seat, request.id, bytes("seat-request", "kemSecret"))
    expect([toHex(opened.kek), toHex(opened.secret)]).toEqual([all["seat"]?.["kek"], all["seat"]?.["secret"]])
    const { head, serial } = seat.fields
    expect(unwrapSecret(p, opened.kek, space, head, serial, bytes("wrap", "wrap"))).toEqual(opened.secret)
  })
})

describe.each(signedNames)("a signed object (%s)", (name) => {
  const sample = (): SignedSample => {
    const found = samples.signed.find((candidate) => candidate.name === name)
    if (found === undefined) throw new Error(`There is no ${name}.`)
    return found
  }
  const decoded = (bytes: Uint8Array) => codeOf(() => sample().kind.decode(samples.kit.p, bytes))

  it("decodes to what was signed, and verifies", async () => {
    const { kind, bytes, signer } = sample()
    const { p } = samples.kit
    const object = kind.decode(p, bytes)
    expect(object.bytes).toEqual(bytes)
    expect(object.id).toEqual(p.hash(bytes))
    expect(await codeOf(() => kind.verify(p, object, signer))).toBe("accepted")
  })

  it("is refused at every length but its own", async () => {
    const { bytes } = sample()
    for (let length = 0; length < bytes.length; length++)
      expect([length, await decoded(bytes.slice(0, length))]).toEqual([length, "malformed"])
    expect(await decoded(concat(bytes, uint(0, 1)))).toBe("malformed")
    expect(await decoded(concat(bytes, bytes))).toMatch(/malformed|oversized/)
    expect(await decoded(concat(bytes, new Uint8Array(10_000)))).toBe("oversized")
  })

  it("is refused as another type or another version", async () => {
    const { bytes } = sample()
    for (const type of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255].filter((value) => value !== bytes[0]))
      expect(await decoded(concat(Uint8Array.of(type), bytes.slice(1)))).toBe("malformed")
    for (const version of [0, 2, 255])
      expect(await decoded(concat(bytes.slice(0, 1), Uint8Array.of(version), bytes.slice(2)))).toBe("unknown-version")
  })

  it("is not taken for any other kind, even by whoever looks for that kind only", async () => {
    const { bytes } = sample()
    for (const other of samples.signed.filter((candidate) => candidate.name !== name))
      expect(await codeOf(() => other.kind.decode(samples.kit.p, bytes))).toMatch(/malformed|oversized/)
  })

  it("is forged by nobody: no changed byte, no other key, no signature for another kind verifies", async () => {
    const { kind, bytes, signer } = sample()
    const { p } = samples.kit
    const verified = async (input: Uint8Array, key = signer) =>
      codeOf(async () => {
        await kind.verify(p, kind.decode(p, input), key)
      })
    expect(await verified(bytes)).toBe("accepted")
    for (let at = 0; at < bytes.length; at += bytes.length > 600 ? 31 : 7)
      expect([at, await verified(flip(bytes, at))]).not.toEqual([at, "accepted"])
    for (let at = bytes.length - 64; at < bytes.length; at++)
      expect([at, await verified(flip(bytes, at, 0x80))]).toEqual([at, "bad-signature"])
    expect(await verified(bytes, p.publicKey(p.random(32)))).toBe("bad-signature")
    // the right key over the right bytes, but under another kind's name
    const body = bytes.slice(0, -64)
    const { hostSeed } = samples.kit
    const named = concat(new TextEncoder().encode("sottovoce v1 sign-other\0"), body)
    const forged = concat(body, await p.sign(hostSeed, named))
    expect(await verified(forged, samples.kit.hostPub)).toBe("bad-signature")
  })

  it("is refused, never half read, whatever the bytes", async () => {
    const { bytes } = sample()
    const head = bytes.slice(0, 2)
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 2000 }),
          fc.uint8Array({ maxLength: 2000 }).map((rest) => concat(head, rest)),
          fc.uint8Array({ minLength: bytes.length - 2, maxLength: bytes.length - 2 }).map((rest) => concat(head, rest)),
        ),
        async (input) => {
          const code = await decoded(input)
          if (code === "accepted") {
            // by chance well-formed: then it is read whole, and nobody signed it
            const object = sample().kind.decode(samples.kit.p, input)
            expect(object.bytes).toEqual(input)
            expect(await codeOf(() => sample().kind.verify(samples.kit.p, object, sample().signer))).toBe(
              "bad-signature",
            )
          } else expect(["malformed", "oversized", "unknown-version"]).toContain(code)
        },
      ),
      { numRuns: 60 },
    )
  })
})
