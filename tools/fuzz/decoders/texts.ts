import { createHmac } from "node:crypto"
import { fromBase64Url, fromHex, toBase64Url, toHex, utf8, type Bytes } from "#crypto/base/bytes"
import { formatFragment, formatLink, parseLink, parseSpace } from "#crypto/link/link"
import { chromiumOffer, serverAnswer } from "../../../test/support/sdp-samples.ts"
import { ticketIn } from "../../../server/sfu/gate.ts"
import { liveKit } from "../../../server/sfu/livekit.ts"
import { readArrival } from "../../../web/invite/invite-link.ts"
import { sdpFaults } from "../../../web/rtc/sdp-check.ts"
import { hardenSdp } from "../../../web/rtc/sdp.ts"
import type { Decoder } from "../decoder.ts"
import type { Fixture } from "./samples.ts"

const origin = "https://example.org"

/** Everything that is read as text: the link, the address bar, the gate's query and token, the SDP. A byte is a character. */
export function textDecoders({ samples, bytes }: Fixture): readonly Decoder[] {
  const { space, hostPub } = samples.kit
  const link = { space, hostPub, seed: bytes("invite", "seed") }
  const address = formatLink(origin, link)
  const fragment = formatFragment(link)
  const token = makeToken()
  const gate = liveKit({ url: "ws://127.0.0.1:1", apiKey, apiSecret })
  const ticket = `?access_token=${token}&reconnect=1`

  return [
    text("base64url", "fromBase64Url", [toBase64Url(space), "AA", ""], (input) => toBase64Url(fromBase64Url(input))),
    text("hex", "fromHex", [toHex(space), ""], (input) => toHex(fromHex(input))),
    text("space", "parseSpace", [toBase64Url(space)], (input) => toBase64Url(parseSpace(input))),
    text("link", "parseLink", [fragment, `#${fragment}`], (input) => {
      const again = formatFragment(parseLink(toBase64Url(space), input))
      return input.startsWith("#") ? `#${again}` : again
    }),
    text("address", "readArrival", [address, `${origin}/s/${toBase64Url(space)}/#${fragment}`], readAddress),
    text("gate-query", "ticketIn", [ticket, "access_token=a.b.c"], (input) => {
      const { token: taken, reconnect } = ticketIn(new URLSearchParams(input))
      const again = ticketIn(new URLSearchParams({ access_token: taken ?? "", reconnect: reconnect ? "1" : "0" }))
      return taken === null || (again.token === taken && again.reconnect === reconnect) ? input : "another ticket"
    }),
    {
      ...{ name: "gate-token", drives: ["liveKit"], cost: 1, samples: [utf8(token)] },
      async read(input) {
        const read = await gate.read(latin1(input))
        if (read !== undefined && read.identity !== subject) throw new Error("A token nobody signed was taken.")
        return read && input
      },
    },
    text("sdp", "hardenSdp", [chromiumOffer, serverAnswer], (input) => {
      const hardened = hardenSdp(input)
      if (sdpFaults(hardened, "remote").length > 0) throw new Error("What was hardened is still at fault.")
      if (hardenSdp(hardened) !== hardened) throw new Error("What was hardened changes when hardened again.")
      if (/\0|\r(?!\n)/.test(hardened)) throw new Error("A line that was hardened has a control character.")
      return input
    }),
    text("sdp-check", "sdpFaults", [hardenSdp(serverAnswer)], (input) =>
      sdpFaults(input, "remote").length === 0 ? input : undefined,
    ),
  ]
}

const latin1 = (bytes: Bytes): string => Buffer.from(bytes).toString("latin1")

function text(
  name: string,
  drives: string,
  samples: readonly string[],
  read: (input: string) => string | undefined,
): Decoder {
  return {
    ...{ name, drives: [drives], cost: 1 },
    samples: samples.map((sample) => Uint8Array.from(Buffer.from(sample, "latin1"))),
    read(input) {
      const again = read(latin1(input))
      return again === undefined ? undefined : Buffer.from(again, "latin1")
    },
  }
}

/** The way of a link from the address bar to the keys worker. */
function readAddress(input: string): string | undefined {
  const place = URL.parse(input)
  if (place === null) return undefined
  let bar = place.href
  const arrival = readArrival(place, { replaceState: (_data, _unused, url) => (bar = url) })
  if (place.hash !== "" && bar.includes("#")) throw new Error("The fragment stayed in the address bar.")
  const had = arrival.hasLink()
  const link = arrival.takeLink()
  if (had !== (link !== undefined) || arrival.hasLink() || arrival.takeLink() !== undefined)
    throw new Error("A link was not taken once and only once.")
  if (link === undefined || arrival.space === undefined) return undefined
  const fragment = link.slice(link.indexOf("#") + 1)
  const read = parseLink(arrival.space, fragment)
  if (formatFragment(read) !== fragment.replace(/^#/, ""))
    throw new Error("The link is not the one in the address bar.")
  return input
}

const apiKey = "fuzz"
const apiSecret = "a secret of the tests alone, 32 characters"
const subject = "AAAAAAAAAAAAAAAAAAAAAA"

/** A token as LiveKit makes them, without the time of its making: the same in every run. */
function makeToken(): string {
  const part = (value: object): string => toBase64Url(utf8(JSON.stringify(value)))
  const grants = { roomJoin: true, room: "r", canPublish: false }
  const body = `${part({ alg: "HS256" })}.${part({ iss: apiKey, sub: subject, exp: 4_000_000_000, video: grants })}`
  return `${body}.${createHmac("sha256", apiSecret).update(body).digest("base64url")}`
}
