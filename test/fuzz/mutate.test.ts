import { describe, expect, it } from "vitest"
import { equal, toHex, type Bytes } from "#crypto/base/bytes"
import { mutate } from "../../tools/fuzz/mutate.ts"
import { createRandom } from "../../tools/fuzz/random.ts"

const samples = [Uint8Array.from({ length: 40 }, (_, i) => 100 + i), new Uint8Array(10).fill(200)]
const [long = new Uint8Array(0)] = samples

function inputs(seed: string, count = 4000, from: readonly Bytes[] = samples): Bytes[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => mutate(random, from))
}

describe("the inputs of a seed", () => {
  const made = inputs("a")

  it("are the same in every run, and others under another seed", () => {
    expect(inputs("a", 50).map(toHex)).toEqual(made.slice(0, 50).map(toHex))
    expect(inputs("b", 50).map(toHex)).not.toEqual(made.slice(0, 50).map(toHex))
  })

  it("leave the samples as they are", () => {
    expect(toHex(long)).toBe(toHex(Uint8Array.from({ length: 40 }, (_, i) => 100 + i)))
  })

  it.each<[string, (input: Bytes) => boolean]>([
    ["nothing at all", (input) => input.length === 0],
    [
      "a sample cut short",
      (input) => input.length > 0 && input.length < 40 && equal(input, long.slice(0, input.length)),
    ],
    ["a sample with more behind it", (input) => input.length > 40 && equal(input.slice(0, 40), long)],
    ["one flipped bit", (input) => input.length === 40 && bitsBetween(input, long) === 1],
    ["the edges of four bytes", (input) => toHex(input).includes("ffffffff")],
    ["a beginning of one sample and an end of the other", (input) => input[0] === 100 && input.at(-1) === 200],
    ["a part twice", (input) => input.length === 80 && equal(input.slice(0, 40), input.slice(40))],
    ["a byte order mark", (input) => toHex(input).includes("efbbbf")],
    ["more bytes than a length field said before", (input) => input.length > 40 && input[0] === 100],
  ])("contain %s", (_, is) => {
    expect(made.some(is)).toBe(true)
  })

  it("stay small", () => {
    const big = [new Uint8Array(8000)]
    expect(Math.max(...inputs("a", 500, big).map((input) => input.length))).toBeLessThanOrEqual(8192)
  })
})

function bitsBetween(a: Bytes, b: Bytes): number {
  return a.reduce((count, byte, at) => count + (byte ^ (b[at] ?? 0)).toString(2).replaceAll("0", "").length, 0)
}
