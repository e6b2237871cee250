import { describe, expect, it } from "vitest"

import { concat, uint, utf8, type Bytes } from "#crypto/base/bytes"
import type { SpaceId } from "#crypto/base/ids"
import { openCard, sealCard, type Card } from "#crypto/link/card"
import { sealedCardBytes } from "#crypto/link/card-size"
import { codeOf, flip, RoomKit } from "../support/room-kit.ts"

describe("a card", () => {
  const kit = new RoomKit("cards")
  const { p, space, hostPub, hostSeed, cardKey } = kit
  const card: Card = { space, title: "Caffè ☕", hostName: "Ada", language: "it", links: ["https://example.org/a"] }
  const open = (sealed: Uint8Array, key = cardKey, id = space, pub = hostPub) =>
    codeOf(() => openCard(p, sealed, key, id, pub))
  /** Seals a plaintext as a host would that does not keep to the format. */
  const sealRaw = (plaintext: Uint8Array): Bytes => {
    const nonce = p.random(12)
    return concat(nonce, p.seal(cardKey, nonce, concat(utf8("card"), space), plaintext))
  }

  it("shows what the host wrote, in any script, to whoever has its key", async () => {
    const opened = await openCard(p, await sealCard(p, hostSeed, cardKey, card), cardKey, space, hostPub)
    expect(opened.fields).toEqual(card)
  })

  it("has one of two sizes, whatever it says", async () => {
    const size = async (changes: Partial<Card>) =>
      (await sealCard(p, hostSeed, cardKey, { ...card, ...changes })).length
    expect(await size({ title: "", hostName: "", links: [] })).toBe(sealedCardBytes.min)
    expect(await size({ title: "x".repeat(300), hostName: "y".repeat(200) })).toBe(sealedCardBytes.min)
    const links = Array.from({ length: 4 }, () => `https://example.org/${"z".repeat(480)}`)
    expect(await size({ links })).toBe(sealedCardBytes.max)
  })

  it("is refused by the writer where it is too long, never cut", async () => {
    const long = { ...card, title: "x".repeat(301) }
    await expect(sealCard(p, hostSeed, cardKey, long)).rejects.toThrow()
  })

  it("counts its limits in bytes, so that no script makes it larger", async () => {
    await expect(sealCard(p, hostSeed, cardKey, { ...card, title: "語".repeat(101) })).rejects.toThrow()
    await expect(sealCard(p, hostSeed, cardKey, { ...card, title: "語".repeat(100) })).resolves.toBeDefined()
  })

  it("opens under its own key, space and host only", async () => {
    const sealed = await sealCard(p, hostSeed, cardKey, card)
    const other = new RoomKit("other")
    expect(await open(sealed)).toBe("accepted")
    expect(await open(sealed, p.random(32))).toBe("bad-card")
    expect(await open(sealed, cardKey, other.space)).toBe("bad-card")
    expect(await open(sealed, cardKey, space, other.hostPub)).toBe("bad-signature")
  })

  it("is refused if somebody with the key, but not the host, wrote it", async () => {
    expect(await open(await sealCard(p, p.random(32), cardKey, card))).toBe("bad-signature")
  })

  it("is refused if the host wrote it for another space", async () => {
    const other = p.random(16) as SpaceId
    const sealed = await sealCard(p, hostSeed, cardKey, { ...card, space: other })
    const nonce = sealed.subarray(0, 12)
    // sealed anew for this space: only the signed card inside still names the other one
    const inside = p.open(cardKey, nonce, concat(utf8("card"), other), sealed.subarray(12))
    expect(await open(sealRaw(inside ?? new Uint8Array(0)))).toBe("wrong-space")
  })

  it("is refused at every length but its own", async () => {
    const sealed = await sealCard(p, hostSeed, cardKey, card)
    for (const length of [0, 1, 11, 12, 13, 27, 28, 29, sealed.length - 1])
      expect([length, await open(sealed.slice(0, length))]).toEqual([length, "bad-card"])
    expect(await open(concat(sealed, uint(0, 1)))).toBe("bad-card")
  })

  it("is refused with any one byte changed", async () => {
    const sealed = await sealCard(p, hostSeed, cardKey, card)
    for (let at = 0; at < sealed.length; at += 7) expect(await open(flip(sealed, at))).toBe("bad-card")
  })

  it("is refused where the padding hides something, or the size is a third one", async () => {
    const sealed = await sealCard(p, hostSeed, cardKey, card)
    const inside = p.open(cardKey, sealed.subarray(0, 12), concat(utf8("card"), space), sealed.subarray(12))
    if (inside === undefined) throw new Error("The card did not open.")
    expect(await open(sealRaw(inside))).toBe("accepted")
    expect(await open(sealRaw(flip(inside, inside.length - 1)))).toBe("malformed")
    expect(await open(sealRaw(concat(inside, uint(0, 1))))).toBe("bad-card")
    expect(await open(sealRaw(inside.slice(0, -1)))).toBe("bad-card")
    expect(await open(sealRaw(new Uint8Array(0)))).toBe("bad-card")
    expect(await open(sealRaw(flip(inside, 0, 0x80)))).toBe("malformed")
  })
})
