import { XWing } from "@hpke/hybridkem-x-wing"
import { expect, it } from "vitest"

import { fromHex, toHex } from "#crypto/base/bytes"
import { kemKeyPairOf } from "#crypto/base/hpke"
import { readVectors } from "./read-vectors.ts"

interface Vector {
  readonly seed: string
  readonly eseed: string
  readonly ss: string
  readonly sk: string
  readonly pk: string
  readonly ct: string
}

it("X-Wing gives the draft's keys, ciphertexts and shared secrets", async () => {
  const vectors = readVectors("xwing/test-vectors.json") as Vector[]
  expect(vectors).toHaveLength(2)
  const kem = new XWing()
  for (const { seed, eseed, ss, sk, pk, ct } of vectors) {
    const pair = await kemKeyPairOf(fromHex(seed))
    expect(toHex(pair.publicKey)).toBe(pk)
    expect(toHex(pair.secretKey)).toBe(sk)
    const recipientPublicKey = await kem.deserializePublicKey(pair.publicKey)
    const sealed = await kem.encap({ recipientPublicKey, ekm: fromHex(eseed).buffer })
    expect(toHex(new Uint8Array(sealed.enc))).toBe(ct)
    expect(toHex(new Uint8Array(sealed.sharedSecret))).toBe(ss)
    const recipientKey = await kem.deserializePrivateKey(pair.secretKey)
    expect(toHex(new Uint8Array(await kem.decap({ recipientKey, enc: fromHex(ct).buffer })))).toBe(ss)
  }
})
