import fc from "fast-check"
import { describe, expect, it } from "vitest"

import { UsageError } from "#crypto/base/errors"
import { decodeCell, encodeCell } from "#crypto/media/cell"

const packetOf = (length: number) => Uint8Array.from({ length }, (_, i) => 1 + (i % 255))

describe("a cell", () => {
  it("brings back every packet that fits, with its muted bit", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 118 }), fc.boolean(), (packet, muted) => {
        const { cell, lost } = encodeCell(packet, 120, muted)
        expect(lost).toBe(false)
        expect(decodeCell(cell)).toEqual({ packet: Uint8Array.from(packet), muted, lost: false })
      }),
    )
  })

  it("has one size, whatever is in it", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.boolean(),
        fc.integer({ min: 2, max: 400 }),
        (packet, muted, size) => {
          expect(encodeCell(packet, size, muted).cell).toHaveLength(size)
        },
      ),
    )
  })

  it.each([
    [0, false],
    [1, false],
    [117, false],
    [118, false],
    [119, true],
    [2000, true],
  ])("of 120 bytes with a packet of %i: lost is %s", (length, lost) => {
    const made = encodeCell(packetOf(length), 120, true)
    expect(made.lost).toBe(lost)
    expect(decodeCell(made.cell)).toEqual({ packet: lost ? packetOf(0) : packetOf(length), muted: true, lost })
  })

  it("holds 2047 bytes at most, however large it is", () => {
    expect(encodeCell(packetOf(2047), 3000, false).lost).toBe(false)
    expect(encodeCell(packetOf(2048), 3000, false).lost).toBe(true)
  })

  it("carries nothing of a lost packet", () => {
    expect(encodeCell(packetOf(119), 120, false).cell.subarray(2)).toEqual(new Uint8Array(118))
  })

  it("is refused with any bit it should not have", () => {
    const { cell } = encodeCell(packetOf(10), 120, false)
    const changed = (at: number, mask: number) => {
      const copy = Uint8Array.from(cell)
      copy[at] = (copy[at] ?? 0) ^ mask
      return decodeCell(copy)
    }
    for (const reserved of [0x20, 0x10, 0x08]) expect(changed(0, reserved)).toBeUndefined()
    for (let at = 12; at < 120; at++) for (let bit = 0; bit < 8; bit++) expect(changed(at, 1 << bit)).toBeUndefined()
    expect(changed(0, 0x40), "lost, yet with a packet").toBeUndefined()
    expect(changed(1, 10 ^ 9), "one byte shorter than its packet").toBeUndefined()
    expect(changed(2, 1), "the packet itself is the sender's").toBeDefined()
  })

  it("is refused when it is longer inside than outside, or too short to say", () => {
    expect(decodeCell(Uint8Array.of(0, 118, ...new Uint8Array(118)))).toBeDefined()
    expect(decodeCell(Uint8Array.of(0, 119, ...new Uint8Array(118)))).toBeUndefined()
    expect(decodeCell(Uint8Array.of(7, 255, ...new Uint8Array(118)))).toBeUndefined()
    expect(decodeCell(new Uint8Array(0))).toBeUndefined()
    expect(decodeCell(new Uint8Array(1))).toBeUndefined()
    expect(decodeCell(new Uint8Array(2))).toEqual({ packet: new Uint8Array(0), muted: false, lost: false })
  })

  it("of less than two bytes cannot be made", () => {
    for (const size of [-1, 0, 1, 1.5, NaN]) expect(() => encodeCell(packetOf(0), size, false)).toThrow(UsageError)
  })
})
