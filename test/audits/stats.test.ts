import { describe, expect, it } from "vitest"
import { chiSquareUniform } from "../../audits/stats/chi-square.ts"
import { clopperPearson, ruleOfThree } from "../../audits/stats/confidence.ts"
import { entropy } from "../../audits/stats/entropy.ts"
import { betaShare, gammaTail, logGamma } from "../../audits/stats/special.ts"
import { kolmogorovTail, twoSample } from "../../audits/stats/two-sample.ts"
import { seeded } from "./seeded.ts"

describe("special functions", () => {
  it.each([
    [1, 0],
    [5, Math.log(24)],
    [0.5, Math.log(Math.sqrt(Math.PI))],
    [171, 706.5730622457875],
  ])("ln Γ(%d) = %d", (x, expected) => {
    expect(logGamma(x)).toBeCloseTo(expected, 10)
  })

  it("Q(1, x) = exp(−x), on both sides of the switch between series and fraction", () => {
    for (const x of [0.1, 1.9, 2.1, 10, 30]) expect(gammaTail(1, x) / Math.exp(-x)).toBeCloseTo(1, 10)
  })

  it("I(x; 1, b) = 1 − (1 − x)^b", () => {
    for (const x of [0.01, 0.3, 0.9]) expect(betaShare(x, 1, 7)).toBeCloseTo(1 - (1 - x) ** 7, 12)
  })
})

describe("chi-square", () => {
  // Critical values as in any printed table.
  it.each([
    [1, 3.841459, 0.05],
    [10, 23.209251, 0.01],
    [255, 293.247835, 0.05],
  ])("with %d degrees, %d is exceeded with probability %d", (degrees, statistic, p) => {
    expect(gammaTail(degrees / 2, statistic / 2)).toBeCloseTo(p, 6)
  })

  it("gives 0 for equal counts and flags one that sticks out", () => {
    expect(chiSquareUniform([10, 10, 10, 10])).toMatchObject({ n: 40, statistic: 0, degrees: 3, p: 1 })
    const die = chiSquareUniform([5, 8, 9, 8, 10, 20])
    expect(die.statistic).toBeCloseTo(13.4, 10)
    expect(die.p).toBeCloseTo(0.0199, 4)
  })

  it("calls seeded uniform bytes uniform in 300 of 300 samples at 1e-6", () => {
    const random = seeded(7)
    for (let run = 0; run < 300; run++) {
      const counts = new Array<number>(256).fill(0)
      for (let i = 0; i < 1000; i++) {
        const byte = Math.floor(random() * 256)
        counts[byte] = (counts[byte] ?? 0) + 1
      }
      expect(chiSquareUniform(counts).p).toBeGreaterThan(1e-6)
    }
  })
})

describe("entropy", () => {
  it("of a constant is 0, of a large even sample the number of bits", () => {
    expect(entropy([0, 500, 0])).toBe(0)
    expect(entropy(new Array<number>(256).fill(10_000))).toBeCloseTo(8, 3)
  })
})

describe("two-sample test", () => {
  it("has the tail of the Kolmogorov distribution", () => {
    expect(kolmogorovTail(1.3581)).toBeCloseTo(0.05, 4)
    expect(kolmogorovTail(1.6276)).toBeCloseTo(0.01, 4)
  })

  it("finds no difference in equal samples and full distance in separate ones", () => {
    const low = Array.from({ length: 100 }, (_, i) => i)
    const high = low.map((value) => value + 1000)
    expect(twoSample(low, low)).toMatchObject({ distance: 0, p: 1 })
    expect(twoSample(low, high).distance).toBe(1)
    expect(twoSample(low, high).p).toBeLessThan(1e-12)
  })

  it("handles ties", () => {
    expect(twoSample([1, 1, 1, 2], [1, 2, 2, 2]).distance).toBeCloseTo(0.5, 12)
  })
})

describe("confidence", () => {
  it("bounds a rate as Clopper and Pearson do", () => {
    const ten = clopperPearson(0, 10)
    expect(ten.low).toBe(0)
    expect(ten.high).toBeCloseTo(0.308497, 6)
    const half = clopperPearson(5, 10)
    expect(half.low).toBeCloseTo(0.187086, 6)
    expect(half.high).toBeCloseTo(0.812914, 6)
    expect(clopperPearson(10, 10)).toMatchObject({ high: 1 })
  })

  it("says nothing without tries", () => {
    expect(clopperPearson(0, 0)).toEqual({ low: 0, high: 1 })
    expect(ruleOfThree(0)).toBe(1)
    expect(ruleOfThree(2995)).toBeCloseTo(0.001, 5)
  })
})
