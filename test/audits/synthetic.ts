import { randomBytes } from "node:crypto"
import type { Evidence, Packet } from "../../audits/evidence.ts"
import { newEpoch, sealAs } from "./sealing.ts"
import { seeded } from "./seeded.ts"

const mid = "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid"
const seed = randomBytes(16)
const planted = ["plantedinurl00000", "plantedinheader00", "plantedinbody0000"]

/** What a session of 30 s leaves in a deployment without a leak: 1,500 frames, a removal after 24 s. */
export function cleanEvidence(): Evidence {
  const first = newEpoch(1, 0)
  const second = newEpoch(2, 0)
  const spoken = opusLike(1500)
  const frames = spoken.map((packet, i) => {
    const cell = new Uint8Array(122)
    cell.set(packet, 2)
    const epoch = i < 1225 ? first : second
    return packetAt(i, sealAs(epoch, { index: 0, step: 0, counter: 256 + i }, cell))
  })
  return {
    subject: "synthetic",
    gatheredAt: "2026-01-01T00:00:00.000Z",
    versions: {},
    missing: [],
    frames,
    wire: frames.map((frame) => ({ ...frame, extensions: [{ id: 4, bytes: Uint8Array.of(48) }] })),
    spoken,
    phases: [
      { name: "speaking", from: 0, to: 18_000 },
      { name: "muted", from: 18_000, to: 22_000 },
    ],
    descriptions: [
      { side: "local", sdp: `v=0\r\nm=audio 9\r\n${mid}\r\n` },
      { side: "remote", sdp: `v=0\r\nm=audio 9\r\n${mid}\r\n` },
    ],
    joining: {
      seed,
      spelled: seed.toString("base64url"),
      planted,
      sent: [
        message({ url: `https://example.org/audit?${planted[0] ?? ""}` }),
        message({ headers: `{"x-audit":"${planted[1] ?? ""}"}` }),
        message({ body: Buffer.from(planted[2] ?? "") }),
      ],
      visible: ["https://example.org/s/AAAAAAAAAAAAAAAAAAAAAA"],
    },
    secrets: [first],
    removal: { askedAt: 24_000, headAt: 24_200 },
  }
}

export function packetAt(i: number, payload: Uint8Array): Packet {
  return { at: i * 20, ssrc: 1, sequence: i & 0xffff, timestamp: i * 960, extensions: [], payload }
}

export function message(parts: { url?: string; headers?: string; body?: Uint8Array }) {
  const { url = "https://example.org/", headers = "{}", body = new Uint8Array(0) } = parts
  return { kind: "request" as const, method: "POST", url, headers, body: new Uint8Array(body) }
}

/** Packets that begin with the same byte and have many sizes, as speech gives them. */
function opusLike(count: number): Uint8Array[] {
  const random = seeded(3)
  return Array.from({ length: count }, () => {
    const packet = new Uint8Array(randomBytes(30 + Math.floor(random() * 80)))
    packet[0] = 0x78
    return packet
  })
}
