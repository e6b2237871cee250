import { concat, equal, uint, utf8, type Bytes } from "#crypto/base/bytes"
import { hpkeOpen, hpkeSeal, kemKeyPairOf } from "#crypto/base/hpke"
import type { SeatSerial } from "#crypto/base/ids"
import { openCard } from "#crypto/link/card"
import { inviteSecrets, unwrapCardKey } from "#crypto/link/invite-secrets"
import { appMessageKind } from "#crypto/message/app-message"
import { openAppMessage } from "#crypto/message/app-seal"
import { openSeat } from "#crypto/seat/seat"
import { seatKind } from "#crypto/seat/seat-object"
import { seatRequestKind } from "#crypto/seat/seat-request"
import { joinWraps, unwrapSecret } from "#crypto/seat/wrap"
import { sliceWraps } from "../../../server/head/wrap.rules.ts"
import type { Decoder } from "../decoder.ts"
import type { Fixture } from "./samples.ts"

/** One opening of a KEM takes three milliseconds. */
const kem = { cost: 200, limitMs: 50 }

/** What is opened with a key: nothing but the sample opens, whatever is changed; and what may lie inside a card. */
export async function sealedDecoders({ p, bytes, samples }: Fixture): Promise<readonly Decoder[]> {
  const { space, hostPub, cardKey } = samples.kit
  const cheap = { cost: 1 }
  const only = (drives: string, weight: Weight, sample: Bytes, open: (input: Bytes) => Opened): Decoder => ({
    ...{ name: drives.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), drives: [drives] },
    ...{ ...weight, samples: [sample] },
    read(input) {
      const opened = open(input)
      return opened instanceof Promise ? opened.then((value) => value && sample) : opened && sample
    },
  })
  const seed = bytes("invite", "seed")
  const cardWrap = bytes("invite", "invite").slice(-64 - 48, -64)
  const { cardKeyWrapKey } = inviteSecrets(p, { space, seed })
  const { head, serial } = seatKind.decode(p, bytes("seat", "seat")).fields
  const kek = bytes("seat", "kek")
  const request = seatRequestKind.decode(p, bytes("seat-request", "request")).id
  const kemSecret = bytes("seat-request", "kemSecret")
  const pair = await kemKeyPairOf(new Uint8Array(32).fill(5))
  const info = utf8("info")
  const aad = utf8("aad")
  const sealed = await hpkeSeal(pair.publicKey, info, aad, utf8("plaintext"), new Uint8Array(64).fill(6))
  const rows = new Map([1, 2, 3].map((row) => [row as SeatSerial, undefined as never]))
  const wraps = joinWraps([1, 2, 3].map((row) => ({ serial: row as SeatSerial, wrap: new Uint8Array(48).fill(row) })))
  const inside = concat(uint(bytes("card", "signed").length, 2), bytes("card", "signed"))

  return [
    only("openCard", cheap, bytes("card", "sealed"), (input) => openCard(p, input, cardKey, space, hostPub)),
    only("unwrapCardKey", cheap, cardWrap, (input) => unwrapCardKey(p, cardKeyWrapKey, space, input)),
    only("unwrapSecret", cheap, bytes("wrap", "wrap"), (input) => unwrapSecret(p, kek, space, head, serial, input)),
    only("openSeat", kem, bytes("seat", "seat"), async (input) => {
      const seat = seatKind.decode(p, input)
      await seatKind.verify(p, seat, samples.signed.find(({ name }) => name === "seat")?.signer ?? hostPub)
      return openSeat(p, seat, request, kemSecret)
    }),
    only("openAppMessage", { cost: 40 }, bytes("app-message", "message"), (input) => {
      const signer = samples.signed.find(({ name }) => name === "app-message")?.signer ?? hostPub
      const message = appMessageKind.decode(p, input)
      return openAppMessage(p, message, signer, bytes("app-message", "secret"), bytes("app-message", "view"))
    }),
    only("hpkeOpen", kem, concat(sealed.enc, sealed.ct), (input) =>
      hpkeOpen(pair.secretKey, input.slice(0, 1120), info, aad, input.slice(1120)),
    ),
    {
      // whoever has a link could seal anything into a card; the host's signature is inside
      ...{ name: "card-inside", drives: ["openCard"], cost: 20, samples: [inside] },
      async read(input) {
        if (input.length > 1024) return undefined
        const nonce = new Uint8Array(12)
        const padded = concat(input, new Uint8Array(1024 - input.length))
        const bad = concat(nonce, p.seal(cardKey, nonce, concat(utf8("card"), space), padded))
        const card = await openCard(p, bad, cardKey, space, hostPub)
        const whole = concat(uint(card.bytes.length, 2), card.bytes, new Uint8Array(1024))
        return equal(padded, whole.subarray(0, 1024)) ? input : new Uint8Array(0)
      },
    },
    {
      ...{ name: "wraps", drives: ["sliceWraps"], cost: 1, samples: [wraps, wraps.slice(0, 52), new Uint8Array(0)] },
      read: (input) => joinWraps(sliceWraps(input, rows)),
    },
  ]
}

type Weight = Pick<Decoder, "cost" | "limitMs">
type Opened = object | undefined | Promise<object | undefined>
