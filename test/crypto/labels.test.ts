import { describe, expect, it } from "vitest"

import { toHex, utf8 } from "#crypto/base/bytes"
import { info, labels } from "#crypto/base/labels"

/** Pairs of which one begins with the other, equal ones included. */
function clashes(names: readonly Uint8Array[]): string[] {
  const texts = names.map(toHex)
  return texts.flatMap((a, i) => texts.flatMap((b, j) => (i !== j && b.startsWith(a) ? [`${a} ${b}`] : [])))
}

describe("labels", () => {
  it("are each in the list once", () => {
    expect(new Set(labels).size).toBe(labels.length)
  })

  it("give info strings of which none begins with another, whatever context follows", () => {
    expect(clashes(labels.map((label) => info(label)))).toEqual([])
  })

  it("would clash without the zero byte behind them, and this test would see it", () => {
    expect(clashes(["seat", "seat-request"].map(utf8))).toHaveLength(1)
    expect(clashes(["sframe", "sframe"].map(utf8))).toHaveLength(2)
  })

  it("hold no zero byte themselves", () => {
    for (const label of labels) expect(label).toMatch(/^[a-z-]+$/)
  })

  it("begin as the protocol says", () => {
    expect(info("kek", Uint8Array.of(7))).toEqual(utf8("sottovoce v1 kek\0\u0007"))
  })
})
