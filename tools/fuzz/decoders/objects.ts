import { codec, type Coder } from "#crypto/base/codec"
import type { ObjectId } from "#crypto/base/ids"
import type { Signed, SignedKind } from "#crypto/base/signed"
import { concat, fromHex, type Bytes } from "#crypto/base/bytes"
import { cardKind } from "#crypto/link/card"
import { inviteKind } from "#crypto/link/invite"
import { policyKind } from "#crypto/link/policy"
import { appMessageKind } from "#crypto/message/app-message"
import { padContent, reactions, unpadContent } from "#crypto/message/content"
import { orderCoder } from "#crypto/message/order"
import { certKind } from "#crypto/message/seat-cert"
import { headKind } from "#crypto/room/head"
import { decodeRoster, encodeRoster } from "#crypto/room/roster"
import { counterCoder, rowCoder, seatChangesCoder } from "#crypto/room/seats"
import { answerKind } from "#crypto/seat/answer"
import { endKind, leaveKind } from "#crypto/seat/leave"
import { seatKind } from "#crypto/seat/seat-object"
import { seatRequestKind } from "#crypto/seat/seat-request"
import { stepKind } from "#crypto/seat/step"
import { clientCodec, createCodec, serviceCodec } from "#crypto/wire/wire"
import type { Decoder } from "../decoder.ts"
import type { Fixture } from "./samples.ts"

/** Every signed object, every binary structure: what is decoded and encoded again is what was there. */
export function objectDecoders({ p, samples, bytes, wire }: Fixture): readonly Decoder[] {
  const signed = <T>(drives: string, kind: SignedKind<T>, sample: string): Decoder => ({
    ...{ name: sample, drives: [drives], cost: 1 },
    samples: samples.signed.filter(({ name }) => name === sample).map((found) => found.bytes),
    read: (input) => again(kind, kind.decode(p, input)),
  })
  // signing what was decoded, with the signature that was there, makes the whole object again
  const again = async <T>(kind: SignedKind<T>, { fields, bytes: whole }: Signed<T>): Promise<Bytes> => {
    const sign = () => Promise.resolve(whole.slice(-64))
    return (await kind.sign({ ...p, sign }, noSeed, fields)).bytes
  }
  const structure = <T>(name: string, drives: string, coder: Both<T>, examples: readonly Bytes[]): Decoder => ({
    ...{ name, drives: [drives], cost: 1, samples: examples },
    read: (input) => coder.encode(coder.decode(input)),
  })
  const part = <T>(name: string, coder: Coder<T>) => codec(name, coder, 65_536)
  const all = (messages: Readonly<Record<string, string>>) => Object.values(messages).map(fromHex)
  const roster = bytes("roster", "roster")
  const rosterCodec = { decode: decodeRoster, encode: encodeRoster }
  const row = concat(
    roster.slice(3, 7),
    roster.slice(7, 39),
    roster.slice(40, 120),
    roster.slice(39, 40),
    roster.slice(2, 3),
  )
  const counter = concat(roster.slice(40, 56), Uint8Array.of(0, 0, 0, 7, 2))
  const one = Uint8Array.of(0, 1)
  const changes = concat(one, row, one, Uint8Array.of(0, 0, 0, 4), one, counter)

  const said = [
    padContent({ TAG: "chat", data: { text: "hello" } }),
    padContent({ TAG: "chat", data: { text: "a long line ".repeat(20) } }),
    padContent({ TAG: "reaction", data: { reaction: reactions.clap } }),
    padContent({ TAG: "knocks", data: { page: 0, requests: [new Uint8Array(32).fill(7) as ObjectId] } }),
  ]

  return [
    signed("inviteKind", inviteKind, "invite"),
    signed("policyKind", policyKind, "policy"),
    signed("cardKind", cardKind, "card"),
    signed("headKind", headKind, "head"),
    signed("stepKind", stepKind, "step"),
    signed("seatRequestKind", seatRequestKind, "seat-request"),
    signed("seatKind", seatKind, "seat"),
    signed("answerKind", answerKind, "answer"),
    signed("leaveKind", leaveKind, "leave"),
    signed("endKind", endKind, "end"),
    signed("appMessageKind", appMessageKind, "app-message"),
    signed("certKind", certKind, "seat-cert"),
    structure("order", "orderCoder", part("order", orderCoder), [Uint8Array.of(1, 0, 0, 0, 9, 0, 0)]),
    structure("message-content", "unpadContent", { decode: unpadContent, encode: padContent }, said),
    structure("roster", "decodeRoster", rosterCodec, [roster]),
    structure("row", "rowCoder", part("row", rowCoder), [row]),
    structure("counter", "counterCoder", part("counter", counterCoder), [counter]),
    structure("seat-changes", "seatChangesCoder", part("changes", seatChangesCoder), [changes]),
    structure("client-message", "clientCodec", clientCodec, all(wire.client)),
    structure("service-message", "serviceCodec", serviceCodec, all(wire.service)),
    structure("create-message", "createCodec", createCodec, [fromHex(wire.create)]),
  ]
}

interface Both<T> {
  decode(bytes: Uint8Array): T
  encode(value: T): Bytes
}

const noSeed = new Uint8Array(32)
