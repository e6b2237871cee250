import { ed25519 } from "@noble/curves/ed25519.js"
import { describe, expect, it } from "vitest"

import { fromHex, toHex, utf8 } from "#crypto/base/bytes"
import { UsageError } from "#crypto/base/errors"
import { webPrimitives as p } from "#crypto/base/web-primitives"

describe("signatures", () => {
  it("pass for what was signed, and for nothing else", async () => {
    const seed = p.random(32)
    const publicKey = p.publicKey(seed)
    const message = utf8("a message")
    const signature = await p.sign(seed, message)
    expect(signature).toHaveLength(64)
    expect(await p.verify(publicKey, message, signature)).toBe(true)
    expect(await p.verify(publicKey, utf8("a massage"), signature)).toBe(false)
    expect(await p.verify(p.publicKey(p.random(32)), message, signature)).toBe(false)
    for (const length of [0, 63, 65]) expect(await p.verify(publicKey, message, new Uint8Array(length))).toBe(false)
    for (const length of [0, 31, 33]) expect(await p.verify(new Uint8Array(length), message, signature)).toBe(false)
  })

  it("are those of RFC 8032 §7.1, test 2", async () => {
    const seed = fromHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    expect(toHex(p.publicKey(seed))).toBe("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    expect(toHex(await p.sign(seed, Uint8Array.of(0x72)))).toBe(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    )
  })
})

describe("a public key", () => {
  it("of anybody honest is taken", () => {
    for (let i = 0; i < 8; i++) expect(p.isStrictPublicKey(p.publicKey(p.random(32)))).toBe(true)
  })

  // the points of order 1, 2, 4 and 8, for which signatures over any message can be made without a key
  const torsion = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
  const smallOrder = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    torsion,
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  ]
  for (const point of smallOrder)
    it(`of small order is refused: ${point.slice(0, 8)}…${point.slice(-2)}`, () => {
      expect(ed25519.Point.fromBytes(fromHex(point), true).isSmallOrder()).toBe(true)
      expect(p.isStrictPublicKey(fromHex(point))).toBe(false)
    })

  it("with a torsion part is refused, although it is of large order", () => {
    const honest = ed25519.Point.fromBytes(p.publicKey(p.random(32)))
    const mixed = honest.add(ed25519.Point.fromBytes(fromHex(torsion)))
    expect(mixed.isSmallOrder()).toBe(false)
    expect(p.isStrictPublicKey(Uint8Array.from(mixed.toBytes()))).toBe(false)
  })

  it("in a second encoding of the same point is refused", () => {
    // y + p of the points y = 0 and y = 1, and x = 0 with the sign of a negative one
    for (const bytes of [`ed${"ff".repeat(30)}7f`, `ee${"ff".repeat(30)}7f`, `01${"00".repeat(30)}80`])
      expect(p.isStrictPublicKey(fromHex(bytes))).toBe(false)
  })

  it("that is no point, or has not 32 bytes, is refused", () => {
    expect(p.isStrictPublicKey(fromHex(`02${"00".repeat(31)}`))).toBe(false)
    for (const length of [0, 31, 33]) expect(p.isStrictPublicKey(new Uint8Array(length))).toBe(false)
  })
})

describe("ChaCha20-Poly1305", () => {
  const [key, nonce, aad, secret] = [p.random(32), p.random(12), utf8("aad"), p.random(48)]
  const sealed = p.seal(key, nonce, aad, secret)

  it("opens only under the same key, nonce and AAD", () => {
    expect(p.open(key, nonce, aad, sealed)).toEqual(secret)
    expect(p.open(p.random(32), nonce, aad, sealed)).toBeUndefined()
    expect(p.open(key, p.random(12), aad, sealed)).toBeUndefined()
    expect(p.open(key, nonce, utf8("aae"), sealed)).toBeUndefined()
    for (const length of [0, 15, 16, sealed.length - 1])
      expect(p.open(key, nonce, aad, sealed.subarray(0, length))).toBeUndefined()
  })

  it("takes a key or nonce of another size for a mistake, not for a bad tag", () => {
    expect(() => p.open(key.subarray(1), nonce, aad, sealed)).toThrow(UsageError)
    expect(() => p.open(key, nonce.subarray(1), aad, sealed)).toThrow(UsageError)
  })
})
