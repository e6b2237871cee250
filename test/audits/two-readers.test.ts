import { randomBytes } from "node:crypto"
import { describe, expect, it } from "vitest"
import { webPrimitives } from "#crypto/base/web-primitives"
import { ratchet, sframeBase } from "#crypto/media/key-schedule"
import { encodeKid } from "#crypto/media/kid"
import { sealFrame } from "#crypto/media/sframe"
import { decodeHeader } from "#crypto/media/sframe-header"
import { roomSuite, sframeKeys } from "#crypto/media/sframe-keys"
import { readHeader } from "../../audits/sframe/header.ts"
import { Opener } from "../../audits/sframe/opener.ts"
import { newEpoch } from "./sealing.ts"
import { seeded } from "./seeded.ts"

describe("the auditor's SFrame reader and the product's", () => {
  it("agree on 20,000 random beginnings, what is no header included", () => {
    const random = seeded(11)
    let read = 0
    for (let i = 0; i < 20_000; i++) {
      const frame = Uint8Array.from({ length: 4 + (i % 14) }, () => Math.floor(random() * 256))
      // Short values are where a reader could accept two encodings.
      if (i % 3 === 0) frame.fill(Math.floor(random() * 9), 1, 2)
      const mine = readHeader(frame)
      const theirs = decodeHeader(frame)
      const same = theirs && { kid: theirs.kid, counter: theirs.counter, bytes: theirs.length }
      expect(mine, Buffer.from(frame).toString("hex")).toEqual(same)
      if (mine !== undefined) read++
    }
    expect(read).toBeGreaterThan(1000)
    expect(read).toBeLessThan(19_000)
  })

  it("derive the same keys: what the product seals, the auditor opens from the recorded secret", () => {
    const epoch = newEpoch(17, 2)
    const later = ratchet(webPrimitives, epoch.secret, epoch.view, 3)
    const kid = encodeKid(epoch.epoch, 9, 3)
    const keys = sframeKeys(roomSuite, sframeBase(webPrimitives, later, epoch.view), kid)
    const cell = new Uint8Array(randomBytes(122))
    const frame = sealFrame(roomSuite, keys, kid, 70_000, new Uint8Array(0), cell)
    expect(new Opener([epoch]).open(frame)).toEqual({ epoch: 17, plaintext: Buffer.from(cell) })
    expect(new Opener([newEpoch(17, 2)]).open(frame)).toBeUndefined()
  })
})
