import { describe, expect, test } from "vitest"
import { createCaptureCheck } from "../../web/rtc/capture-check.ts"

/** A reading without anything on its way. */
const at = (sealed: number, sent: number) => ({ sealedBefore: sealed, sent, sealedAfter: sealed })

describe("the comparison of packets sent with frames sealed", () => {
  test.each([
    [0, 0, "unclear"],
    [4, 4, "unclear"],
    [5, 5, "equal"],
    [500, 500, "equal"],
    [502, 500, "equal"],
    [503, 500, "unclear"],
  ] as const)("of %i sealed and %i sent is %s", (sealed, sent, verdict) => {
    expect(createCaptureCheck()(at(sealed, sent))).toBe(verdict)
  })

  test("forgives frames that were lost before the connection was ready, once both counts grow alike", () => {
    const check = createCaptureCheck()
    expect([check(at(20, 12)), check(at(24, 16)), check(at(30, 22))]).toEqual(["unclear", "unclear", "equal"])
  })

  test("does not open while frames go on being lost, or are not all that is sent", () => {
    const losing = createCaptureCheck()
    expect([losing(at(20, 12)), losing(at(40, 22)), losing(at(60, 32))]).toEqual(["unclear", "unclear", "unclear"])
    const mixed = createCaptureCheck()
    expect([mixed(at(40, 12)), mixed(at(45, 22)), mixed(at(50, 32))]).toEqual(["unclear", "unclear", "unclear"])
  })

  test("finds one packet more than was sealed", () => {
    expect(createCaptureCheck()(at(500, 501))).toBe("leak")
  })

  test("cuts nobody off because the page was slow, however often, and opens nothing by it", () => {
    const check = createCaptureCheck()
    for (let sealed = 100; sealed < 1000; sealed += 50)
      expect(check({ sealedBefore: sealed, sent: sealed + 10, sealedAfter: sealed + 20 })).toBe("unclear")
    expect(check(at(1000, 1000))).toBe("equal")
  })

  test("finds a leak that hid behind slow readings in the first quick one", () => {
    const check = createCaptureCheck()
    for (let sealed = 100; sealed < 1000; sealed += 50)
      expect(check({ sealedBefore: sealed, sent: sealed + 10, sealedAfter: sealed + 20 })).toBe("unclear")
    expect(check(at(1000, 1005))).toBe("leak")
  })

  test("takes a transform that never ran for a leak as soon as a packet left", () => {
    expect(createCaptureCheck()(at(0, 1))).toBe("leak")
  })
})
