import { describe, expect, it } from "vitest"
import { blob, codec, list, longBlob, maybe, struct, text, u8, type Coder } from "#crypto/base/codec"

/** A byte, and how many of them were read. */
function countingByte(): { readonly coder: Coder<number>; readonly read: () => number } {
  let read = 0
  const decodeStream: Coder<number>["decodeStream"] = (reader) => {
    read++
    return u8.decodeStream(reader)
  }
  return { coder: { ...u8, decodeStream }, read: () => read }
}

const whole = <T>(coder: Coder<T>) => codec("thing", struct({ part: coder }), 100_000)

describe("a part that is longer than it may be", () => {
  it("is refused at its count: not one item is read", () => {
    const { coder, read } = countingByte()
    const many = new Uint8Array(2 + 0xffff)
    many.set([0xff, 0xff])
    expect(() => whole(list(coder, 3)).decode(many)).toThrow(expect.objectContaining({ code: "malformed" }))
    expect(() => whole(maybe(coder)).decode(Uint8Array.of(2, 0, 0))).toThrow()
    expect(read()).toBe(0)
    // the control: as many as may be
    expect(whole(list(coder, 3)).decode(Uint8Array.of(0, 3, 7, 8, 9))).toEqual({ part: [7, 8, 9] })
    expect(read()).toBe(3)
  })

  it.each<[string, Coder<unknown>, unknown, unknown]>([
    ["bytes", blob(2) as Coder<unknown>, new Uint8Array(2), new Uint8Array(3)],
    ["bytes with a long length", longBlob(2) as Coder<unknown>, new Uint8Array(2), new Uint8Array(3)],
    ["text, counted in bytes", text(2) as Coder<unknown>, "è", "èe"],
    ["a list", list(u8, 2) as Coder<unknown>, [1, 2], [1, 2, 3]],
    ["one or none", maybe(u8) as Coder<unknown>, [1], [1, 2]],
  ])("is not written either: %s", (_, coder, fits, tooLong) => {
    expect(whole(coder).decode(whole(coder).encode({ part: fits }))).toEqual({ part: fits })
    expect(() => whole(coder).encode({ part: tooLong })).toThrow(expect.objectContaining({ code: "malformed" }))
  })
})
