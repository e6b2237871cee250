import { describe, expect, it } from "vitest"
import { readDump } from "../../audits/gather/rtp-dump.ts"
import { readRtp } from "../../audits/gather/rtp.ts"

const fixed = "906f7c1200 28cd25b3f224bd".replaceAll(" ", "")
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"))

describe("an RTP packet", () => {
  it("is read with its one-byte extensions", () => {
    const packet = readRtp(bytes(`${fixed} bede0001 40311085 aabbcc`), 7)
    expect(packet).toEqual({
      at: 7,
      ssrc: 0xb3f224bd,
      sequence: 0x7c12,
      timestamp: 0x0028cd25,
      extensions: [
        { id: 4, bytes: bytes("31") },
        { id: 1, bytes: bytes("85") },
      ],
      payload: bytes("aabbcc"),
    })
  })

  it("is read with two-byte extensions, contributing sources and padding", () => {
    const packet = readRtp(bytes("b1 6f 7c12 0028cd25 b3f224bd 00000001 10000001 0201ff00 aabb 000003"), 0)
    expect(packet?.extensions).toEqual([{ id: 2, bytes: bytes("ff") }])
    expect(packet?.payload).toEqual(bytes("aabb"))
  })

  it.each([
    ["RTCP", "80c9000100000001000000000000"],
    ["another version", "406f7c120028cd25b3f224bd00"],
    ["too little", "806f7c12"],
    ["more padding than packet", "a06f7c120028cd25b3f224bdff"],
  ])("is not %s", (_, hex) => {
    expect(readRtp(bytes(hex), 0)).toBeUndefined()
  })
})

describe("the browser's log", () => {
  const entry = (direction: string) =>
    `[18813:18861:1124/074436.121531:VERBOSE1:third_party/webrtc/pc/srtp_session.cc:549] \n\n${direction} 00:00:36.121 0000 80 6f 7c 12 00 28 cd 25 b3 f2 24 bd 99 20 # RTP_DUMP\n`

  it("yields what was sent, with its time, and not what came in", () => {
    const packets = readDump(`${entry("O")}[1:2:1124/074436.2:INFO] other\n${entry("I")}`, 2026)
    expect(packets).toHaveLength(1)
    expect(packets[0]?.payload).toEqual(bytes("9920"))
    expect(packets[0]?.at).toBe(new Date(2026, 10, 24, 7, 44, 36, 121).getTime())
  })
})
