import { describe, expect, it } from "vitest"
import type { Evidence, Packet, Parts } from "../../audits/evidence.ts"
import { audits } from "../../audits/registry.ts"
import { newEpoch, sealAs } from "./sealing.ts"
import { cleanEvidence, message, packetAt } from "./synthetic.ts"

const clean = cleanEvidence()
const frames = clean.frames ?? []
const spoken = clean.spoken ?? []
const joining = clean.joining
if (joining === undefined) throw new Error("the synthetic evidence has no joining")

function verdict(id: string, change: Partial<Evidence>) {
  const audit = audits.find((candidate) => candidate.id === id)
  if (audit === undefined) throw new Error(`no audit ${id}`)
  return audit.judge({ ...clean, ...change }).verdict
}

/** Evidence in which some payloads are others, at both vantages. */
function withPayloads(change: (payload: Uint8Array, i: number) => Uint8Array): Partial<Evidence> {
  const changed = (packet: Packet, i: number) => ({ ...packet, payload: change(packet.payload, i) })
  return { frames: frames.map(changed), wire: (clean.wire ?? []).map(changed) }
}

describe.each(audits)("$id", (audit) => {
  it("passes a session without a leak", () => {
    const { verdict: judged, summary } = audit.judge(clean)
    expect(judged, summary).toBe("pass")
  })

  it.each(audit.needs)("answers error, not pass, without %s", (part: keyof Parts) => {
    const partial: Partial<Record<keyof Evidence, unknown>> = { ...clean }
    Reflect.deleteProperty(partial, part)
    expect(audit.judge(partial as Evidence).verdict).toBe("error")
  })

  it("answers error where nothing was gathered", () => {
    const { subject, gatheredAt, versions, missing } = clean
    expect(audit.judge({ subject, gatheredAt, versions, missing }).verdict).toBe("error")
  })
})

describe("plaintext-frame turns red", () => {
  it.each([
    ["for one frame that is the plaintext", (i: number) => (i === 700 ? spoken[700] : undefined)],
    ["for one frame that is Opus silence", (i: number) => (i === 700 ? silence(40) : undefined)],
    ["for one frame of one byte repeated", (i: number) => (i === 700 ? new Uint8Array(143).fill(7) : undefined)],
    ["for one frame that nobody can open", (i: number) => (i === 700 ? foreign() : undefined)],
    ["for plaintext behind an SFrame header", (i: number) => (i === 700 ? behindHeader(700) : undefined)],
  ])("%s", (_, replace) => {
    expect(
      verdict(
        "plaintext-frame",
        withPayloads((payload, i) => replace(i) ?? payload),
      ),
    ).toBe("leak")
  })

  it("but not for the media server's own 80 bytes of silence", () => {
    expect(verdict("plaintext-frame", { frames: [...frames, packetAt(1500, silence(80))] })).toBe("pass")
  })

  it("and is blind without enough recorded plaintext", () => {
    expect(verdict("plaintext-frame", { spoken: spoken.slice(0, 20) })).toBe("error")
  })
})

describe("exposed-toc turns red", () => {
  it("for one clear byte behind the header", () => {
    const epoch = newEpoch(1, 0)
    const leaky = frames.map((_, i) => {
      const sender = { index: 0, step: 0, counter: 256 + i }
      return packetAt(i, sealAs(epoch, sender, new Uint8Array(122), Uint8Array.of(i % 50 === 0 ? 0x68 : 0x78)))
    })
    expect(verdict("exposed-toc", { frames: leaky })).toBe("leak")
  })

  it("for plaintext, whose first bytes are no header", () => {
    expect(
      verdict(
        "exposed-toc",
        withPayloads((_, i) => spoken[i] ?? new Uint8Array(0)),
      ),
    ).toBe("leak")
  })

  it("for a clear byte at the end", () => {
    const withTrailer = (payload: Uint8Array) => Uint8Array.from([...payload, 12])
    expect(verdict("exposed-toc", withPayloads(withTrailer))).toBe("leak")
  })

  it("for a clear trailer behind ciphertexts of many sizes", () => {
    const cut = (payload: Uint8Array, i: number) => Uint8Array.from([...payload.subarray(0, 60 + (i % 60)), 12])
    expect(verdict("exposed-toc", withPayloads(cut))).toBe("leak")
  })

  it("and counts a frame that was sent twice once", () => {
    expect(verdict("exposed-toc", { frames: [...frames, ...frames, ...frames] })).toBe("pass")
    expect(
      verdict("exposed-toc", { frames: [...frames.slice(0, 400), ...frames.slice(0, 400), ...frames.slice(0, 400)] }),
    ).toBe("error")
  })
})

describe("frame-size-variance turns red", () => {
  it("for one frame that is a byte shorter", () => {
    expect(
      verdict(
        "frame-size-variance",
        withPayloads((payload, i) => (i === 9 ? payload.subarray(0, -1) : payload)),
      ),
    ).toBe("leak")
  })

  it("but not because the header's counter grew by a byte", () => {
    const epoch = clean.secrets?.[0]
    if (epoch === undefined) throw new Error("no secret")
    const wider = (payload: Uint8Array, i: number) =>
      i < 900 ? payload : Uint8Array.from([0x9a, 0x20, 0x00, 0x01, 0x00, i & 255, ...payload.subarray(5)])
    expect(verdict("frame-size-variance", withPayloads(wider))).toBe("pass")
  })

  it("and answers error if nothing was seen while muted", () => {
    expect(verdict("frame-size-variance", { phases: [{ name: "speaking", from: 0, to: 30_000 }] })).toBe("error")
  })
})

describe("audio-level-header turns red", () => {
  const level = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
  const withLine = (line: string): Partial<Evidence> => ({
    descriptions: (clean.descriptions ?? []).map(({ side, sdp }) => ({ side, sdp: `${sdp}${line}\r\n` })),
  })

  it.each([
    [`a=extmap:1 ${level}`],
    [`a=extmap:1/sendonly ${level}`],
    ["a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"],
    ["a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"],
  ])("for %s", (line) => {
    expect(verdict("audio-level-header", withLine(line))).toBe("leak")
  })

  it("for one packet with an extension that is not the media id", () => {
    const wire = (clean.wire ?? []).map((packet, i) =>
      i === 5 ? { ...packet, extensions: [{ id: 1, bytes: Uint8Array.of(30) }] } : packet,
    )
    expect(verdict("audio-level-header", { wire })).toBe("leak")
  })

  it("and answers error if only one side's description was seen", () => {
    expect(verdict("audio-level-header", { descriptions: (clean.descriptions ?? []).slice(0, 1) })).toBe("error")
  })
})

describe("repeated-nonce turns red", () => {
  it("for one counter used for two frames", () => {
    const epoch = clean.secrets?.[0]
    if (epoch === undefined) throw new Error("no secret")
    const again = sealAs(epoch, { index: 0, step: 0, counter: 300 }, new Uint8Array(122).fill(1))
    expect(verdict("repeated-nonce", { frames: [...frames, packetAt(1500, again)] })).toBe("leak")
  })

  it("but not for a packet that came twice", () => {
    expect(verdict("repeated-nonce", { frames: [...frames, ...frames.slice(0, 50)] })).toBe("pass")
  })
})

describe("secret-in-request turns red", () => {
  const sending = (parts: Parameters<typeof message>[0]): Partial<Evidence> => ({
    joining: { ...joining, sent: [...joining.sent, message(parts)] },
  })
  const { seed, spelled } = joining

  it.each([
    ["as the link spells it, in a URL", { url: `https://example.org/?x=${spelled}` }],
    ["in a header", { headers: `{"referer":"https://example.org/#1.${spelled}.x"}` }],
    ["as bytes in a body", { body: Buffer.concat([Buffer.from("abc"), seed, Buffer.from("def")]) }],
  ])("%s", (_, parts) => {
    expect(verdict("secret-in-request", sending(parts))).toBe("leak")
  })

  it("if it stays in the address bar or the history", () => {
    const visible = [`https://example.org/s/x#1.${spelled}.y`]
    expect(verdict("secret-in-request", { joining: { ...joining, visible } })).toBe("leak")
  })

  it("and answers error if a planted word was not seen", () => {
    expect(verdict("secret-in-request", { joining: { ...joining, sent: joining.sent.slice(1) } })).toBe("error")
  })
})

describe("removed-member-decrypts turns red", () => {
  it("for one frame under the old key, sealed 2.1 s after the removal", () => {
    const epoch = clean.secrets?.[0]
    if (epoch === undefined) throw new Error("no secret")
    const late = Math.ceil((24_200 + 2100) / 20)
    const old = sealAs(epoch, { index: 0, step: 0, counter: 9000 }, new Uint8Array(122))
    expect(
      verdict(
        "removed-member-decrypts",
        withPayloads((payload, i) => (i === late ? old : payload)),
      ),
    ).toBe("leak")
  })

  it("if the removal took the service longer than 2 s", () => {
    expect(verdict("removed-member-decrypts", { removal: { askedAt: 24_000, headAt: 26_100 } })).toBe("leak")
  })

  it("and answers error if the recorded keys open nothing from before", () => {
    expect(verdict("removed-member-decrypts", { secrets: [newEpoch(1, 0)] })).toBe("error")
  })

  it("and answers error if nobody spoke afterwards", () => {
    expect(verdict("removed-member-decrypts", { frames: frames.slice(0, 1300) })).toBe("error")
  })
})

function silence(length: number): Uint8Array {
  const payload = new Uint8Array(length)
  payload.set([0xf8, 0xff, 0xfe])
  return payload
}

/** Sealed under a key that the recorded member does not have. */
function foreign(): Uint8Array {
  return sealAs(newEpoch(1, 0), { index: 0, step: 0, counter: 956 }, new Uint8Array(122))
}

function behindHeader(i: number): Uint8Array {
  const payload = new Uint8Array(143)
  payload.set(frames[i]?.payload.subarray(0, 5) ?? [])
  payload.set(spoken[i] ?? [], 5)
  return payload
}
