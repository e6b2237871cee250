import fc from "fast-check"
import { describe, expect, it, vi } from "vitest"

import { fromHex, toHex, uint, type Bytes } from "#crypto/base/bytes"
import { UsageError } from "#crypto/base/errors"
import { info, labels } from "#crypto/base/labels"
import type { Primitives } from "#crypto/base/primitives"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { createChain } from "#crypto/media/chain"
import { commit, lastStep, ratchet, rootSecret, sframeBase } from "#crypto/media/key-schedule"
import { sframeKeys } from "#crypto/media/sframe-keys"

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Uint8Array.from(bytes))

describe("the key schedule", () => {
  const fresh = Uint8Array.from({ length: 32 }, (_, i) => i)
  const view = new Uint8Array(32).fill(0xaa)
  const space = new Uint8Array(16).fill(0x55)

  it("gives these bytes (own vectors, written down once; another result is another protocol)", () => {
    const root = rootSecret(p, undefined, fresh)
    const next = ratchet(p, root, view, 1)
    const chained = rootSecret(p, next, fresh)
    expect([root, next, chained, sframeBase(p, next, view), commit(p, space, 7, 1, next)].map(toHex))
      .toMatchInlineSnapshot(`
      [
        "46bd320605c5a6b6163ab70bc6345b92a5f908e79fe58979c23ebb47d1a5e307",
        "70c3f177188b67bb570db745e60cb2d062e268f3a730226957b4405f1f01299e",
        "8195466c60fdb77ee3f0850b3768e1e0b88b9ec6002f13f116e3b144ec40d65d",
        "07ae66c13f44f38b47415a65396e56abe9147619481fec477084003b455c34bb",
        "89f3631705a371ac125cf73b28c05dc3fb7c2f1b1f60d0cf5eeb9f9aeb4b999f",
      ]
    `)
  })

  it("is what the protocol spells out", () => {
    const root = p.extract(new Uint8Array(32), fresh)
    expect(rootSecret(p, undefined, fresh)).toEqual(root)
    const text = (label: string) => new TextEncoder().encode(`sottovoce v1 ${label}\0`)
    const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]))
    expect(rootSecret(p, root, fresh)).toEqual(p.extract(p.expand(root, text("chain"), 32), fresh))
    expect(ratchet(p, root, view, 9)).toEqual(p.expand(root, join(text("ratchet"), view, Uint8Array.of(9)), 32))
    expect(sframeBase(p, root, view)).toEqual(p.expand(root, join(text("sframe"), view), 32))
    expect(commit(p, space, 258, 3, root)).toEqual(
      p.hash(join(text("commit"), space, fromHex("00000102"), Uint8Array.of(3), root)),
    )
  })

  it("never derives a key that equals or begins another", () => {
    const startsAnother = (keys: readonly Bytes[]): boolean => {
      const texts = keys.map(toHex).sort()
      return texts.some((text, i) => texts[i + 1]?.startsWith(text) === true)
    }
    // a control: a 16-byte key cut from a 32-byte one is found
    expect(startsAnother([fresh, view, fresh.slice(0, 16)])).toBe(true)
    fc.assert(
      fc.property(bytes32, bytes32, (random, head) => {
        const root = rootSecret(p, undefined, random)
        const keys = [random, root, rootSecret(p, root, random), commit(p, space, 1, 0, root)]
        let secret = root
        for (let step = 0; step < 3; step++) {
          if (step > 0) secret = ratchet(p, secret, head, step)
          const base = sframeBase(p, secret, head)
          const frames = [0x1000, 0x1001, 0x1040].map((kid) => sframeKeys(4, base, kid))
          keys.push(...(step > 0 ? [secret] : []), base, ...frames.flatMap(({ key, salt }) => [key, salt]))
          keys.push(
            ...labels.filter((label) => label !== "sframe").map((label) => p.expand(secret, info(label, head), 32)),
          )
        }
        expect(startsAnother(keys)).toBe(false)
      }),
      { numRuns: 20 },
    )
  })

  it("hangs on the history: another view gives other keys from the same secret", () => {
    const other = new Uint8Array(32).fill(0xab)
    expect(ratchet(p, fresh, view, 1)).not.toEqual(ratchet(p, fresh, other, 1))
    expect(sframeBase(p, fresh, view)).not.toEqual(sframeBase(p, fresh, other))
  })

  it("commits to space, epoch, step and secret, each of them", () => {
    const said = commit(p, space, 1, 1, fresh)
    expect(commit(p, space, 1, 1, fresh)).toEqual(said)
    for (const other of [
      commit(p, new Uint8Array(16), 1, 1, fresh),
      commit(p, space, 2, 1, fresh),
      commit(p, space, 1, 2, fresh),
      commit(p, space, 1, 1, view),
    ])
      expect(other).not.toEqual(said)
  })

  it("has the steps 1 to 63 behind the first, and no others", () => {
    for (const step of [1, 2, lastStep - 1, lastStep]) expect(ratchet(p, fresh, view, step)).toHaveLength(32)
    for (const step of [-1, 0, lastStep + 1, 1.5, NaN]) expect(() => ratchet(p, fresh, view, step)).toThrow(UsageError)
  })
})

describe("a chain", () => {
  const view = p.random(32)

  function counting(): { readonly primitives: Primitives; readonly ratchets: () => number } {
    const expand = vi.fn(p.expand.bind(p))
    const began = toHex(info("ratchet"))
    return {
      primitives: { ...p, expand },
      ratchets: () => expand.mock.calls.filter(([, context]) => toHex(context).startsWith(began)).length,
    }
  }

  it("gives the same bases as ratcheting by hand", () => {
    let secret = p.random(32)
    const chain = createChain(p, view, 5, secret)
    for (let step = 5; step <= lastStep; step++) {
      if (step > 5) secret = ratchet(p, secret, view, step)
      expect(chain.base(step)).toEqual(sframeBase(p, secret, view))
    }
  })

  it("ratchets 63 times at most, whatever steps are asked for and how often", () => {
    const { primitives, ratchets } = counting()
    const chain = createChain(primitives, view, 0, p.random(32))
    for (const step of [63, 0, 17, 63, 1, 62, 63]) chain.base(step)
    for (let step = 0; step <= 70; step++) chain.base(step)
    expect(ratchets()).toBe(63)
  })

  it("ratchets no further than it is asked to", () => {
    const { primitives, ratchets } = counting()
    const chain = createChain(primitives, view, 10, p.random(32))
    expect(chain.base(9)).toBeUndefined()
    expect(chain.base(64)).toBeUndefined()
    expect(ratchets()).toBe(0)
    chain.base(12)
    expect(ratchets()).toBe(2)
  })

  it("gives nothing once it is wiped", () => {
    const chain = createChain(p, view, 0, p.random(32))
    expect(chain.base(1)).toBeDefined()
    chain.wipe()
    for (const step of [0, 1, 2]) expect(chain.base(step)).toBeUndefined()
  })

  it("keeps a copy, so that its giver can wipe the secret", () => {
    const secret = p.random(32)
    const expected = sframeBase(p, secret, view)
    const chain = createChain(p, view, 0, secret)
    secret.fill(0)
    expect(chain.base(0)).toEqual(expected)
  })

  it("knows the step's number: step 2 of one path is not step 3 of another", () => {
    const secret = p.random(32)
    expect(createChain(p, view, 1, secret).base(2)).not.toEqual(createChain(p, view, 2, secret).base(3))
    expect(uint(2, 1)).toEqual(Uint8Array.of(2))
  })
})
