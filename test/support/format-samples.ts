import { concat, toHex, type Bytes } from "#crypto/base/bytes"
import type { Epoch, SeatSerial, SenderIndex, Step } from "#crypto/base/ids"
import { cardKind, sealCard } from "#crypto/link/card"
import { inviteKind } from "#crypto/link/invite"
import { formatLink } from "#crypto/link/link"
import { policyFlags, policyKind } from "#crypto/link/policy"
import { encodeFrames } from "#crypto/media/checkpoint-body"
import { checkpointMessage, sealCheckpoint } from "#crypto/media/checkpoint"
import { frameHash } from "#crypto/media/frame-hash"
import { encodeKid } from "#crypto/media/kid"
import { checkKey } from "#crypto/media/key-schedule"
import { appMessageKind } from "#crypto/message/app-message"
import { sealAppMessage } from "#crypto/message/app-seal"
import { certKind, signCert } from "#crypto/message/seat-cert"
import { headKind, viewOf } from "#crypto/room/head"
import { roles } from "#crypto/room/roles"
import { encodeRoster, rosterHash } from "#crypto/room/roster"
import { safetyCode } from "#crypto/room/safety-code"
import { counterStates, seatsHash } from "#crypto/room/seats"
import type { Signed, SignedKind } from "#crypto/base/signed"
import { answerKind, answers } from "#crypto/seat/answer"
import { endKind, leaveKind } from "#crypto/seat/leave"
import { sealSeat } from "#crypto/seat/seat"
import { seatKind } from "#crypto/seat/seat-object"
import { seatRequestKind } from "#crypto/seat/seat-request"
import { stepKind } from "#crypto/seat/step"
import { joinWraps, stepKek, wrapSecret } from "#crypto/seat/wrap"
import { History } from "./history.ts"
import { kitTime, RoomKit } from "./room-kit.ts"

/** A signed object of one kind, with the key it verifies under. */
export interface SignedSample {
  readonly name: string
  readonly bytes: Bytes
  readonly signer: Bytes
  readonly kind: Pick<SignedKind<unknown>, "decode"> & {
    verify(p: RoomKit["p"], object: Signed<unknown>, key: Uint8Array): Promise<void>
  }
}

/** One room's objects, the same bytes every time. */
export interface Samples {
  readonly kit: RoomKit
  readonly signed: readonly SignedSample[]
  /** Per format: names and values in hex or text. */
  readonly formats: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Makes one of everything the protocol writes. */
export async function makeSamples(kit = new RoomKit("vectors")): Promise<Samples> {
  const { p, space, hostPub, hostSeed, cardKey } = kit
  const other = await kit.invite({ role: roles.listener, seats: 1, serial: 2 })
  const policy = await kit.policy({
    flags: policyFlags.knockAfterKick,
    deputies: [other.id],
    knock: [other.id],
    revoked: [other.id],
    minInvite: 1,
  })
  const history = await History.open(kit, policy)
  const invite = await kit.invite({ uses: 9 })
  const ada = await kit.person(invite)
  const row = kit.row(ada, 2, 1, roles.speaker)
  const counters = [{ ...kit.counter(invite, 3), state: counterStates.burnt }]
  const roster = [...history.roster, kit.entry(ada, 2, 1, roles.speaker)]
  const bundle = await history.next({
    newEpoch: true,
    rows: [...history.rows, row],
    roster,
    counters,
    invites: [invite.signed.bytes],
  })
  const step = await history.nextStep()
  const head = headKind.decode(p, bundle.head)
  const request = await kit.request(ada, head.id, { n: 7 })
  const secret = history.secret
  const terms = {
    space,
    request: request.signed.id,
    serial: 2 as SeatSerial,
    head: head.id,
    epoch: 2 as Epoch,
    step: 1 as Step,
    time: kitTime,
    signer: 0 as SenderIndex,
  }
  const made = await sealSeat(p, history.host.seatSeed, request.signed.fields.kemPub, terms, secret)
  if (made === undefined) throw new Error("This request has no key.")
  const { seat, kek } = made
  const keks = [0, 1, 2].map((ahead) => stepKek(p, { key: kek, epoch: 2 }, 2 + ahead)?.key ?? new Uint8Array(0))
  const wrap = wrapSecret(p, kek, space, head.id, terms.serial, secret)
  const answer = await answerKind.sign(p, history.host.seatSeed, {
    space,
    request: request.signed.id,
    reason: answers.usedUp,
  })
  const leave = await leaveKind.sign(p, ada.seatSeed, { space, serial: terms.serial, n: 8 })
  const end = await endKind.sign(p, hostSeed, { space, time: kitTime, signer: 0xff as SenderIndex })
  const fields = { space, title: "Caffè ☕", hostName: "Ada", language: "it", links: ["https://example.org/"] }
  const card = await cardKind.sign(p, hostSeed, fields)
  const sealedCard = await sealCard(p, hostSeed, cardKey, fields)
  const code = safetyCode(p, history.chain)
  const leader = history.host.seatPub
  const frames = [256, 257, 300].map((counter) => ({ step: 1, counter, hash: frameHash(Uint8Array.of(counter & 255)) }))
  const body = concat(head.id.subarray(0, 16), encodeFrames(frames))
  const signed = checkpointMessage({ space, epoch: 2, index: 1, seq: 3 }, body)
  const check = checkKey(p, secret, viewOf(head), 1)
  const vouched = await p.sign(ada.seatSeed, signed)
  const checkpoint = sealCheckpoint(p, check, { kid: encodeKid(2, 1, 1), seq: 3 }, body, vouched)
  const view = viewOf(head)
  const say = { space, epoch: terms.epoch, step: terms.step, serial: terms.serial, n: kitTime }
  const chat = { TAG: "chat" as const, data: { text: "Ciao ☕" } }
  const message = await sealAppMessage(p, ada.seatSeed, secret, view, say, chat)
  const long = { TAG: "chat" as const, data: { text: "a long line ".repeat(20) } }
  const longer = await sealAppMessage(p, ada.seatSeed, secret, view, { ...say, n: kitTime + 1 }, long)
  const knocks = { TAG: "knocks" as const, data: { page: 1 as const, requests: [request.signed.id] } }
  const knocking = await sealAppMessage(p, ada.seatSeed, secret, view, { ...say, n: kitTime + 2 }, knocks)
  const cert = await signCert(p, history.host.seatSeed, space, row)

  return {
    kit,
    signed: [
      { name: "invite", bytes: invite.signed.bytes, signer: hostPub, kind: inviteKind },
      { name: "policy", bytes: policy.bytes, signer: hostPub, kind: policyKind },
      { name: "card", bytes: card.bytes, signer: hostPub, kind: cardKind },
      { name: "head", bytes: bundle.head, signer: leader, kind: headKind },
      { name: "step", bytes: step, signer: leader, kind: stepKind },
      { name: "seat-request", bytes: request.signed.bytes, signer: ada.seatPub, kind: seatRequestKind },
      { name: "seat", bytes: seat.bytes, signer: leader, kind: seatKind },
      { name: "answer", bytes: answer.bytes, signer: leader, kind: answerKind },
      { name: "leave", bytes: leave.bytes, signer: ada.seatPub, kind: leaveKind },
      { name: "end", bytes: end.bytes, signer: hostPub, kind: endKind },
      { name: "app-message", bytes: message.bytes, signer: ada.seatPub, kind: appMessageKind },
      { name: "seat-cert", bytes: cert.bytes, signer: leader, kind: certKind },
    ],
    formats: {
      link: { link: formatLink("https://example.org", { space, seed: invite.seed, hostPub }) },
      invite: {
        space: toHex(space),
        seed: toHex(invite.seed),
        keySeed: toHex(invite.keySeed),
        id: toHex(invite.id),
        cardKey: toHex(cardKey),
        invite: toHex(invite.signed.bytes),
      },
      policy: { hostSeed: toHex(hostSeed), policy: toHex(policy.bytes), id: toHex(policy.id) },
      card: { cardKey: toHex(cardKey), signed: toHex(card.bytes), sealed: toHex(sealedCard) },
      roster: { roster: toHex(encodeRoster(roster)), hash: toHex(rosterHash(p, roster)) },
      seats: { hash: toHex(seatsHash(p, history.rows, counters)) },
      head: { head: toHex(bundle.head), id: toHex(head.id) },
      step: { step: toHex(step) },
      "seat-request": { request: toHex(request.signed.bytes), kemSecret: toHex(request.kemSecret) },
      seat: { seat: toHex(seat.bytes), kek: toHex(kek), secret: toHex(secret) },
      answer: { answer: toHex(answer.bytes) },
      leave: { leave: toHex(leave.bytes) },
      end: { end: toHex(end.bytes) },
      wrap: { wrap: toHex(wrap), joined: toHex(joinWraps([{ serial: terms.serial, wrap }])) },
      kek: Object.fromEntries(keks.map((key, ahead) => [`epoch ${(2 + ahead).toString()}`, toHex(key)])),
      checkpoint: { key: toHex(check), signed: toHex(signed), checkpoint: toHex(checkpoint) },
      "app-message": {
        secret: toHex(secret),
        view: toHex(view),
        message: toHex(message.bytes),
        longer: toHex(longer.bytes),
        knocks: toHex(knocking.bytes),
      },
      "seat-cert": { cert: toHex(cert.bytes) },
      "safety-code": {
        head: toHex(history.chain.codeHead ?? new Uint8Array(0)),
        digits: code?.digits.join(" ") ?? "",
        words: code?.words.join(" ") ?? "",
      },
    },
  }
}
