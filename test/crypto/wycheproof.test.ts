import { XWing } from "@hpke/hybridkem-x-wing"
import { describe, expect, it } from "vitest"

import { concat, fromHex, toHex, type Bytes } from "#crypto/base/bytes"
import { webCrypto } from "#crypto/base/subtle"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { aeadOpen, aeadSeal } from "#crypto/media/sframe"
import { suites } from "#crypto/media/sframe-keys"
import { readVectors, type AeadGroup, type WycheproofFile } from "./read-vectors.ts"

/** Runs an AEAD over a file's cases of our nonce and tag size; returns how many passed and were refused as they must. */
async function runAead(
  file: string,
  keySizes: readonly number[],
  seal: (key: Bytes, nonce: Bytes, aad: Bytes, plaintext: Bytes) => Bytes | Promise<Bytes>,
  open: (key: Bytes, nonce: Bytes, aad: Bytes, sealed: Bytes) => Bytes | undefined | Promise<Bytes | undefined>,
): Promise<{ readonly valid: number; readonly invalid: number }> {
  const { testGroups } = readVectors(file) as WycheproofFile<AeadGroup>
  const count = { valid: 0, invalid: 0 }
  for (const group of testGroups) {
    if (group.ivSize !== 96 || group.tagSize !== 128 || !keySizes.includes(group.keySize)) continue
    for (const test of group.tests) {
      const [key, nonce, aad, plaintext] = [fromHex(test.key), fromHex(test.iv), fromHex(test.aad), fromHex(test.msg)]
      const sealed = concat(fromHex(test.ct), fromHex(test.tag))
      const opened = await open(key, nonce, aad, sealed)
      if (test.result === "valid") {
        expect(toHex(await seal(key, nonce, aad, plaintext)), String(test.tcId)).toBe(toHex(sealed))
        expect(opened, String(test.tcId)).toEqual(plaintext)
      } else expect(opened, String(test.tcId)).toBeUndefined()
      count[test.result]++
    }
  }
  return count
}

describe("Wycheproof", () => {
  it("ChaCha20-Poly1305: every valid case opens, every invalid one is refused", async () => {
    const count = await runAead(
      "wycheproof/chacha20_poly1305_test.json",
      [256],
      (...args) => p.seal(...args),
      (...args) => p.open(...args),
    )
    expect(count).toEqual({ valid: 256, invalid: 60 })
  })

  it("AES-GCM as the frame layer's reference runs it", async () => {
    const suite = (key: Bytes) => (key.length === 16 ? suites[4] : suites[5])
    const count = await runAead(
      "wycheproof/aes_gcm_test.json",
      [128, 256],
      (key, ...rest) => aeadSeal(suite(key), key, ...rest),
      (key, ...rest) => aeadOpen(suite(key), key, ...rest),
    )
    expect(count).toEqual({ valid: 79, invalid: 54 })
  })

  it("AES-GCM as WebCrypto runs it here", async () => {
    const subtle = webCrypto().subtle
    const load = (key: Bytes) => subtle.importKey("raw", key, { name: "AES-GCM" }, false, ["encrypt", "decrypt"])
    const how = (iv: Bytes, additionalData: Bytes) => ({ name: "AES-GCM", iv, additionalData, tagLength: 128 }) as const
    const count = await runAead(
      "wycheproof/aes_gcm_test.json",
      [128, 256],
      async (key, nonce, aad, plaintext) =>
        new Uint8Array(await subtle.encrypt(how(nonce, aad), await load(key), plaintext)),
      async (key, nonce, aad, sealed) => {
        try {
          return new Uint8Array(await subtle.decrypt(how(nonce, aad), await load(key), sealed))
        } catch {
          return undefined
        }
      },
    )
    expect(count).toEqual({ valid: 79, invalid: 54 })
  })

  it("Ed25519 as WebCrypto verifies it: valid signatures pass, invalid ones do not", async () => {
    interface Group {
      readonly publicKey: { readonly pk: string }
      readonly tests: readonly {
        readonly tcId: number
        readonly msg: string
        readonly sig: string
        readonly result: "valid" | "invalid"
      }[]
    }
    const file = readVectors("wycheproof/ed25519_test.json") as WycheproofFile<Group>
    let run = 0
    for (const { publicKey, tests } of file.testGroups)
      for (const test of tests) {
        const passed = await p.verify(fromHex(publicKey.pk), fromHex(test.msg), fromHex(test.sig))
        expect(passed, String(test.tcId)).toBe(test.result === "valid")
        run++
      }
    expect(run).toBe(file.numberOfTests)
  })

  it("HKDF-SHA256: every output, and no output longer than 255 blocks", () => {
    interface Group {
      readonly tests: readonly {
        readonly tcId: number
        readonly ikm: string
        readonly salt: string
        readonly info: string
        readonly size: number
        readonly okm: string
        readonly result: "valid" | "invalid"
      }[]
    }
    const file = readVectors("wycheproof/hkdf_sha256_test.json") as WycheproofFile<Group>
    let run = 0
    for (const { tests } of file.testGroups)
      for (const test of tests) {
        const derive = () => p.expand(p.extract(fromHex(test.salt), fromHex(test.ikm)), fromHex(test.info), test.size)
        if (test.result === "valid") expect(toHex(derive()), String(test.tcId)).toBe(test.okm)
        else expect(derive, String(test.tcId)).toThrow()
        run++
      }
    expect(run).toBe(file.numberOfTests)
  })

  it("X25519 as X-Wing uses it: the right secret, or none", async () => {
    interface Group {
      readonly tests: readonly {
        readonly tcId: number
        readonly public: string
        readonly private: string
        readonly shared: string
        readonly result: "valid" | "acceptable"
      }[]
    }
    const kem = new XWing() as unknown as {
      readonly _x25519: { derive(secret: Bytes, publicKey: Bytes): Promise<Bytes> }
    }
    const file = readVectors("wycheproof/x25519_test.json") as WycheproofFile<Group>
    let refused = 0
    for (const { tests } of file.testGroups)
      for (const test of tests) {
        const shared = await kem._x25519.derive(fromHex(test.private), fromHex(test.public)).catch(() => undefined)
        if (test.result === "valid" || shared !== undefined)
          expect(shared && toHex(shared), String(test.tcId)).toBe(test.shared)
        else refused++
      }
    // the low-order points, whose secret would be zero
    expect(refused).toBeGreaterThan(0)
  })
})
