import { describe, expect, it } from "vitest"

import { fromHex, toHex, utf8 } from "#crypto/base/bytes"
import { UsageError } from "#crypto/base/errors"
import { hpkeOpen, hpkeSeal } from "#crypto/base/hpke"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { readVectors } from "./read-vectors.ts"

interface Vector {
  readonly info: string
  readonly ikmE: string
  readonly skRm: string
  readonly pkRm: string
  readonly enc: string
  readonly key: string
  readonly encryptions: readonly {
    readonly aad: string
    readonly ct: string
    readonly nonce: string
    readonly pt: string
  }[]
}

const vectors = readVectors("hpke/xwing-hkdf-sha256-chacha20poly1305.json") as Vector[]

describe("HPKE with X-Wing", () => {
  it("gives the vectors' enc and first ciphertext from the same randomness, and opens them", async () => {
    expect(vectors).toHaveLength(1)
    for (const { info, ikmE, skRm, pkRm, enc, encryptions } of vectors) {
      const first = encryptions[0]
      if (first === undefined) throw new Error("no message in the vector")
      const [aad, plaintext] = [fromHex(first.aad), fromHex(first.pt)]
      const sealed = await hpkeSeal(fromHex(pkRm), fromHex(info), aad, plaintext, fromHex(ikmE))
      expect(toHex(sealed.enc)).toBe(enc)
      expect(toHex(sealed.ct)).toBe(first.ct)
      expect(await hpkeOpen(fromHex(skRm), fromHex(enc), fromHex(info), aad, fromHex(first.ct))).toEqual(plaintext)
    }
  })

  it("seals the vectors' ten messages under the key and nonces they name", () => {
    for (const { key, encryptions } of vectors)
      for (const { aad, ct, nonce, pt } of encryptions)
        expect(toHex(p.seal(fromHex(key), fromHex(nonce), fromHex(aad), fromHex(pt)))).toBe(ct)
  })

  it("opens nothing under another key, info, AAD, enc or with one byte changed or missing", async () => {
    const mine = await p.kemKeyPair()
    const other = await p.kemKeyPair()
    const [info, aad, secret] = [utf8("info"), utf8("aad"), p.random(64)]
    const { enc, ct } = await p.hpkeSeal(mine.publicKey, info, aad, secret)
    const flipped = (bytes: Uint8Array, at: number) => Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ 1 : byte))
    expect(await p.hpkeOpen(mine.secretKey, enc, info, aad, ct)).toEqual(secret)
    expect(await p.hpkeOpen(other.secretKey, enc, info, aad, ct)).toBeUndefined()
    expect(await p.hpkeOpen(mine.secretKey, enc, utf8("inf0"), aad, ct)).toBeUndefined()
    expect(await p.hpkeOpen(mine.secretKey, enc, info, utf8("aae"), ct)).toBeUndefined()
    for (const at of [0, 1087, 1088, 1119])
      expect(await p.hpkeOpen(mine.secretKey, flipped(enc, at), info, aad, ct)).toBeUndefined()
    for (const at of [0, ct.length - 1])
      expect(await p.hpkeOpen(mine.secretKey, enc, info, aad, flipped(ct, at))).toBeUndefined()
    expect(await p.hpkeOpen(mine.secretKey, enc.subarray(1), info, aad, ct)).toBeUndefined()
    expect(await p.hpkeOpen(mine.secretKey, enc, info, aad, ct.subarray(1))).toBeUndefined()
    expect(await p.hpkeOpen(mine.secretKey, enc, info, aad, new Uint8Array(0))).toBeUndefined()
  })

  it("takes views into larger buffers as what they show", async () => {
    const { publicKey, secretKey } = await p.kemKeyPair()
    const view = (bytes: Uint8Array) => {
      const larger = new Uint8Array(bytes.length + 20).fill(0xee)
      larger.set(bytes, 7)
      return larger.subarray(7, 7 + bytes.length)
    }
    const [info, aad, secret] = [view(utf8("info")), view(utf8("aad")), view(p.random(64))]
    const { enc, ct } = await p.hpkeSeal(view(publicKey), info, aad, secret)
    expect(await p.hpkeOpen(view(secretKey), view(enc), utf8("info"), utf8("aad"), view(ct))).toEqual(
      Uint8Array.from(secret),
    )
  })

  it("says that keys of the wrong size are the caller's fault", async () => {
    const none = new Uint8Array(0)
    await expect(p.hpkeSeal(new Uint8Array(1215), none, none, none)).rejects.toThrow(UsageError)
    await expect(p.hpkeOpen(new Uint8Array(31), new Uint8Array(1120), none, none, none)).rejects.toThrow(UsageError)
  })

  it("never seals the same way twice", async () => {
    const { publicKey } = await p.kemKeyPair()
    const none = new Uint8Array(0)
    const sealed = await Promise.all([1, 2, 3].map(() => p.hpkeSeal(publicKey, none, none, none)))
    expect(new Set(sealed.map(({ enc }) => toHex(enc))).size).toBe(3)
  })
})
