import { describe, expect, test } from "vitest"
import { hardenSdp, SdpRefused } from "../../web/rtc/sdp.ts"
import { sdpFaults } from "../../web/rtc/sdp-check.ts"
import { audioSection, chromiumOffer, dataSection, sdp, serverAnswer } from "../support/sdp-samples.ts"

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length

describe("a hardened description", () => {
  const offer = hardenSdp(chromiumOffer)
  const answer = hardenSdp(serverAnswer)

  test("offers Opus and nothing else", () => {
    expect(offer).toContain("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n")
    expect(count(offer, /a=rtpmap/g)).toBe(1)
    expect(offer).not.toMatch(/red|telephone-event|PCMU|G722|CN\//)
  })

  test("negotiates no header extension but the section's name", () => {
    expect(count(offer, /a=extmap:/g)).toBe(1)
    expect(offer).toContain("a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n")
    expect(offer).not.toContain("ssrc-audio-level")
  })

  test("takes silence suppression, stereo, a higher rate and forward error correction out of the SFU's answer", () => {
    expect(serverAnswer).toMatch(/usedtx=1.*stereo=1.*510000/)
    expect(answer).toContain(
      "a=fmtp:111 minptime=20;useinbandfec=0;stereo=0;sprop-stereo=0;cbr=1;maxaveragebitrate=24000;maxplaybackrate=48000\r\n",
    )
    expect(answer).not.toContain("usedtx")
    expect(count(answer, /a=fmtp/g)).toBe(1)
    expect(answer).not.toContain("b=AS")
  })

  test("has packets of 20 ms", () => {
    expect(count(answer, /a=ptime:20\r\n/g)).toBe(1)
    expect(count(answer, /a=maxptime:20\r\n/g)).toBe(1)
    expect(answer).not.toContain("ptime:60")
  })

  test("keeps what the connection needs, and the data channel as it is", () => {
    for (const line of [
      "a=ice-ufrag:ETe3",
      "a=setup:actpass",
      "a=rtcp-mux",
      "a=mid:1",
      "a=sendonly",
      "a=sctp-port:5000",
    ])
      expect(offer).toContain(`${line}\r\n`)
    expect(offer).toMatch(/a=candidate:3368914413 1 udp/)
  })

  test("stays the same when hardened again", () => {
    expect(hardenSdp(offer)).toBe(offer)
    expect(hardenSdp(answer)).toBe(answer)
  })

  test("keeps Firefox's own payload type", () => {
    const firefox = hardenSdp(sdp(audioSection({ formats: "109 9 0", opus: "109" })))
    expect(firefox).toContain("m=audio 9 UDP/TLS/RTP/SAVPF 109\r\n")
    expect(firefox).toContain("a=rtpmap:109 opus/48000/2\r\n")
  })

  test("may be empty, as a rollback is", () => {
    expect(hardenSdp("")).toBe("")
  })

  test("with lines that end in LF alone is read as well", () => {
    expect(hardenSdp(chromiumOffer.replaceAll("\r\n", "\n"))).toBe(offer)
  })

  test("passes a section that was ended", () => {
    const ended = sdp("m=audio 0 UDP/TLS/RTP/SAVPF 0\r\na=mid:1\r\na=inactive\r\n")
    expect(hardenSdp(ended)).toBe(ended)
    expect(sdpFaults(ended, "remote")).toEqual([])
  })

  test.each([
    ["video", "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n"],
    ["audio without Opus", "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=rtpmap:0 PCMU/8000\r\n"],
    ["anything unheard of", "m=text 9 UDP/TLS/RTP/SAVPF 98\r\n"],
    ["a line end that only some readers see", `${dataSection}a=mid:2\ra=extmap:1 urn:ietf:params:rtp-hdrext:x\r\n`],
    ["a zero byte in a line", `${dataSection}a=mid:2\0\r\n`],
  ])("is refused with %s", (_, section) => {
    expect(() => hardenSdp(sdp(section))).toThrow(SdpRefused)
  })
})

describe("the check of what is in force", () => {
  const good = hardenSdp(serverAnswer)

  test("finds nothing in a hardened description", () => {
    expect(sdpFaults(good, "remote")).toEqual([])
    expect(sdpFaults(hardenSdp(chromiumOffer), "local")).toEqual([])
    expect(sdpFaults("", "remote")).toEqual([])
  })

  test.each([
    [
      "an audio level extension",
      (text: string) => text.replace("a=mid:1", "a=mid:1\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
    ],
    [
      "an extension for the whole session",
      (text: string) => text.replace("t=0 0", "t=0 0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
    ],
    ["a second codec", (text: string) => text.replace("SAVPF 111", "SAVPF 111 63")],
    ["silence suppression", (text: string) => text.replace("cbr=1", "cbr=1;usedtx=1")],
    ["stereo", (text: string) => text.replace(";stereo=0", ";stereo=1")],
    ["another rate", (text: string) => text.replace("24000", "510000")],
    ["forward error correction", (text: string) => text.replace("useinbandfec=0", "useinbandfec=1")],
    ["longer packets", (text: string) => text.replace("a=ptime:20", "a=ptime:60")],
    ["no Opus parameters", (text: string) => text.replace(/a=fmtp.*\r\n/, "")],
    ["video", (text: string) => `${text}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n`],
  ])("finds %s", (_, spoil) => {
    const spoilt = spoil(good)
    expect(spoilt).not.toBe(good)
    expect(sdpFaults(spoilt, "remote")).toHaveLength(1)
  })

  test("lets the browser write its own Opus wishes, and nothing else", () => {
    const own = good.replace("useinbandfec=0", "useinbandfec=1")
    expect(sdpFaults(own, "local")).toEqual([])
    expect(sdpFaults(own.replace("SAVPF 111", "SAVPF 111 0"), "local")).toHaveLength(1)
  })

  test("ignores the data channel", () => {
    expect(sdpFaults(sdp(dataSection), "remote")).toEqual([])
  })
})
