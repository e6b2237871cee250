import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { z } from "zod"
import { readHeader } from "../../audits/sframe/header.ts"
import { expand, frameKey } from "../../audits/sframe/keys.ts"
import { openFrame, Opener } from "../../audits/sframe/opener.ts"
import { newEpoch, sealAs } from "./sealing.ts"

const text = readFileSync(new URL("../vectors/sframe/test-vectors.json", import.meta.url), "utf8")
const hex = z.string().transform((value) => new Uint8Array(Buffer.from(value, "hex")))
const vectors = z
  .object({
    header: z.array(z.object({ kid: z.string(), ctr: z.string(), encoded: hex })),
    sframe: z.array(
      z.object({
        cipher_suite: z.number(),
        kid: z.string(),
        base_key: hex,
        sframe_key: hex,
        sframe_salt: hex,
        metadata: hex,
        pt: hex,
        ct: hex,
      }),
    ),
  })
  // JSON.parse would round integers near 2^64.
  .parse(JSON.parse(text.replace(/"(kid|ctr)": (\d+)/g, '"$1": "$2"')))

describe("the auditor's own SFrame reader", () => {
  it("reads every header of RFC 9605's vectors", () => {
    expect(vectors.header.length).toBeGreaterThan(250)
    for (const { kid, ctr, encoded } of vectors.header) {
      const header = { kid: BigInt(kid), counter: BigInt(ctr), bytes: encoded.length }
      expect(readHeader(encoded)).toEqual(header)
    }
  })

  it.each([
    ["nothing", []],
    ["a KID that is cut off", [0x90, 0x20]],
    ["a KID with a leading zero", [0x91, 0x00, 0x20]],
    ["a small KID in a byte of its own", [0x80, 0x07]],
    ["a small counter in a byte of its own", [0x08, 0x07]],
  ])("refuses %s", (_, bytes) => {
    expect(readHeader(Uint8Array.from(bytes))).toBeUndefined()
  })

  it("derives the keys of suite 4 as the vectors do", () => {
    const vector = vectors.sframe.find(({ cipher_suite: suite }) => suite === 4)
    if (vector === undefined) throw new Error("no vector of suite 4")
    const { key, salt } = frameKey(vector.base_key, BigInt(vector.kid))
    expect(Buffer.from(key).equals(vector.sframe_key)).toBe(true)
    expect(Buffer.from(salt).equals(vector.sframe_salt)).toBe(true)
  })

  it("expands as RFC 5869's first test case", () => {
    const prk = Buffer.from("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5", "hex")
    const info = Buffer.from("f0f1f2f3f4f5f6f7f8f9", "hex")
    const okm = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
    expect(Buffer.from(expand(prk, info, 32)).toString("hex")).toBe(okm)
  })
})

describe("recorded secrets", () => {
  const epoch = newEpoch(1, 3)
  const cell = new Uint8Array(120).fill(9)

  it("open frames of their own step and of all later ones", () => {
    const opener = new Opener([epoch])
    for (const step of [3, 4, 63]) {
      const frame = sealAs(epoch, { index: 5, step, counter: 300 }, cell)
      expect(opener.open(frame)?.plaintext).toEqual(Buffer.from(cell))
    }
  })

  it("open nothing of an earlier step, of another epoch, or that was changed", () => {
    const opener = new Opener([epoch])
    const earlier = { ...epoch, step: 0 }
    expect(opener.open(sealAs(earlier, { index: 5, step: 2, counter: 300 }, cell))).toBeUndefined()
    expect(opener.open(sealAs(newEpoch(2, 0), { index: 5, step: 3, counter: 300 }, cell))).toBeUndefined()
    expect(opener.open(sealAs(newEpoch(16, 0), { index: 5, step: 3, counter: 300 }, cell))).toBeUndefined()
    const frame = sealAs(epoch, { index: 5, step: 3, counter: 300 }, cell)
    frame[20] = (frame[20] ?? 0) ^ 1
    expect(opener.open(frame)).toBeUndefined()
  })

  it("are told apart by epoch where two share a tag", () => {
    const far = newEpoch(16, 0)
    const opener = new Opener([epoch, far])
    expect(opener.open(sealAs(far, { index: 0, step: 3, counter: 256 }, cell))?.epoch).toBe(16)
  })

  it("yield nothing for a frame shorter than a tag", () => {
    const header = readHeader(Uint8Array.of(0x99, 0x20, 0x00, 0x01, 0x00))
    expect(header?.bytes).toBe(5)
    expect(new Opener([epoch]).open(Uint8Array.of(0x99, 0x20, 0x03, 0x01, 0x00, 1, 2))).toBeUndefined()
  })

  it("are not needed to see that a counter is XORed into the salt", () => {
    const vector = vectors.sframe.find(({ cipher_suite: suite }) => suite === 4)
    if (vector === undefined) throw new Error("no vector of suite 4")
    const header = readHeader(vector.ct)
    if (header === undefined) throw new Error("no header")
    // The vector carries metadata in its associated data, which the product's frames do not have: it must not open.
    expect(openFrame(vector.ct, header, frameKey(vector.base_key, BigInt(vector.kid)))).toBeUndefined()
  })
})
