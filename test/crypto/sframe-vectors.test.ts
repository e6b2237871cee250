import { describe, expect, it } from "vitest"

import { fromHex, toHex } from "#crypto/base/bytes"
import { decodeHeader, decodeRoomHeader, encodeHeader } from "#crypto/media/sframe-header"
import { aeadOpen, aeadSeal, openFrame, sealFrame } from "#crypto/media/sframe"
import { sframeKeys, sframeNonce, suites, type SuiteId } from "#crypto/media/sframe-keys"
import { frameKey } from "#crypto/media/aead"
import { readVectors } from "./read-vectors.ts"

interface Vectors {
  readonly header: readonly { readonly kid: string; readonly ctr: string; readonly encoded: string }[]
  readonly aes_ctr_hmac: readonly {
    readonly cipher_suite: SuiteId
    readonly key: string
    readonly nonce: string
    readonly aad: string
    readonly pt: string
    readonly ct: string
  }[]
  readonly sframe: readonly {
    readonly cipher_suite: SuiteId
    readonly kid: string
    readonly ctr: string
    readonly base_key: string
    readonly sframe_key: string
    readonly sframe_salt: string
    readonly metadata: string
    readonly nonce: string
    readonly pt: string
    readonly ct: string
  }[]
}

const vectors = readVectors("sframe/test-vectors.json", "kid", "ctr") as Vectors

describe("RFC 9605's own vectors", () => {
  it("give the same 289 headers, both ways", () => {
    expect(vectors.header).toHaveLength(289)
    for (const { kid, ctr, encoded } of vectors.header) {
      expect(toHex(encodeHeader(BigInt(kid), BigInt(ctr)))).toBe(encoded)
      const header = decodeHeader(fromHex(encoded))
      expect(header).toEqual({ kid: BigInt(kid), counter: BigInt(ctr), length: encoded.length / 2 })
    }
  })

  it("give the same headers in plain numbers where these are exact", () => {
    const small = vectors.header.filter(({ kid, ctr }) => BigInt(kid) < 2n ** 53n && BigInt(ctr) < 2n ** 53n)
    expect(small.length).toBeGreaterThan(150)
    for (const { kid, ctr, encoded } of small) expect(toHex(encodeHeader(Number(kid), Number(ctr)))).toBe(encoded)
  })

  it("hold for every counter-mode suite's AEAD", () => {
    expect(vectors.aes_ctr_hmac.map(({ cipher_suite }) => cipher_suite)).toEqual([1, 2, 3])
    for (const { cipher_suite, key, nonce, aad, pt, ct } of vectors.aes_ctr_hmac) {
      const suite = suites[cipher_suite]
      expect(toHex(aeadSeal(suite, fromHex(key), fromHex(nonce), fromHex(aad), fromHex(pt)))).toBe(ct)
      expect(aeadOpen(suite, fromHex(key), fromHex(nonce), fromHex(aad), fromHex(ct))).toEqual(fromHex(pt))
    }
  })

  it("hold for every registered suite: keys, nonce, sealed and opened frame", () => {
    expect(vectors.sframe.map(({ cipher_suite }) => String(cipher_suite))).toEqual(Object.keys(suites))
    for (const vector of vectors.sframe) {
      const id = vector.cipher_suite
      const kid = BigInt(vector.kid)
      const counter = BigInt(vector.ctr)
      const keys = sframeKeys(id, fromHex(vector.base_key), kid)
      expect(toHex(keys.key)).toBe(vector.sframe_key)
      expect(toHex(keys.salt)).toBe(vector.sframe_salt)
      expect(toHex(sframeNonce(keys.salt, counter))).toBe(vector.nonce)
      expect(toHex(sframeNonce(keys.salt, Number(counter)))).toBe(vector.nonce)
      const metadata = fromHex(vector.metadata)
      expect(toHex(sealFrame(id, keys, kid, counter, metadata, fromHex(vector.pt)))).toBe(vector.ct)
      expect(openFrame(id, keys, metadata, fromHex(vector.ct))).toEqual(fromHex(vector.pt))
      expect(openFrame(id, keys, new Uint8Array(0), fromHex(vector.ct))).toBeUndefined()
    }
  })
})

describe("the room's own sealing by WebCrypto", () => {
  it("writes what the reference writes, and each opens the other's frames", async () => {
    const base = fromHex("00112233445566778899aabbccddeeff".repeat(2))
    const none = new Uint8Array(0)
    for (const counter of [0, 7, 8, 256, 65535, 65536, 2 ** 31 - 1])
      for (const kid of [0x1000, 0xffff]) {
        const plaintext = Uint8Array.from({ length: 120 }, (_, i) => i)
        const key = await frameKey(base, kid)
        const reference = sframeKeys(4, base, kid)
        const frame = await key.seal(counter, plaintext)
        expect(frame).toEqual(sealFrame(4, reference, kid, counter, none, plaintext))
        expect(openFrame(4, reference, none, frame)).toEqual(plaintext)
        expect(await key.open(counter, frame.length - 136, frame)).toEqual(plaintext)
      }
  })
})

describe("a header that is not in its one shortest form", () => {
  // the same KID or CTR in more bytes than it needs, or cut short
  for (const bad of [
    "",
    "80",
    "8007",
    "90",
    "9000",
    "900001",
    "08",
    "0807",
    "0900ff",
    "0f00ffffffffffffff",
    "0a0100",
    "9910",
  ])
    it(`is refused: ${bad === "" ? "no byte" : bad}`, () => {
      expect(decodeHeader(fromHex(bad))).toBeUndefined()
    })

  it("has a well-formed neighbour that is read", () => {
    expect(decodeHeader(fromHex("900100"))).toEqual({ kid: 256n, counter: 0n, length: 3 })
    expect(decodeHeader(fromHex("8008"))).toEqual({ kid: 8n, counter: 0n, length: 2 })
  })

  it("is refused by the rooms' reader as well, and so are KIDs of another width and counters from 2^31 on", () => {
    const read = (kid: number, counter: number) => decodeRoomHeader(encodeHeader(kid, counter))
    expect(read(0x1000, 256)).toEqual({ kid: 0x1000, counter: 256, length: 5 })
    expect(read(0xffff, 2 ** 31 - 1)).toEqual({ kid: 0xffff, counter: 2 ** 31 - 1, length: 7 })
    for (const [kid, counter] of [
      [255, 256],
      [7, 256],
      [65536, 256],
      [0x1000, 2 ** 31],
      [0x1000, 2 ** 32],
    ] as const)
      expect(read(kid, counter)).toBeUndefined()
    expect(decodeRoomHeader(fromHex("990010ff"))).toBeUndefined()
  })
})
