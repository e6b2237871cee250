import { expect, test } from "vitest"

import { createDataLine } from "../../web/rtc/data-line.ts"

function lines() {
  const clock = { now: 0 }
  const checkpoints: number[] = []
  const notices: Uint8Array[] = []
  const line = createDataLine({
    checkpoint: (source) => checkpoints.push(source),
    notice: (bytes) => notices.push(bytes),
    now: () => clock.now,
  })
  return { clock, checkpoints, notices, line }
}

test("checkpoints, Heads and policies go their way; all else goes none", () => {
  const { checkpoints, notices, line } = lines()
  for (const type of [0x12, 0x02, 0x04, 0x00, 0x01, 0x03, 0x05, 0x11, 0x13, 0xff])
    line.take("a", Uint8Array.of(type, 1))
  line.take("a", new Uint8Array(0))
  line.take("a", new Uint8Array(8193).fill(4))
  expect(checkpoints).toEqual([1])
  expect(notices).toEqual([Uint8Array.of(2, 1), Uint8Array.of(4, 1)])
})

test("who floods is cut off at 64 packets a second, and nobody else is", () => {
  const { clock, checkpoints, line } = lines()
  for (let i = 0; i < 1000; i++) line.take("flood", Uint8Array.of(0x12))
  expect(checkpoints).toHaveLength(64)
  line.take("ada", Uint8Array.of(0x12))
  expect(checkpoints.at(-1)).toBe(2)
  clock.now += 1000
  for (let i = 0; i < 1000; i++) line.take("flood", Uint8Array.of(0x12))
  expect(checkpoints).toHaveLength(129)
})

test("identities that are made up share one bound, and a bounded memory", () => {
  const { checkpoints, line } = lines()
  for (let i = 0; i < 5000; i++) line.take(`made up ${i.toString()}`, Uint8Array.of(0x12))
  expect(checkpoints).toHaveLength(512)
})
