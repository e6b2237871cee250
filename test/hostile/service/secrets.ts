import { expect } from "vitest"

import { toHex } from "#crypto/base/bytes"
import type { Epoch, InviteId, ObjectId, SeatSerial } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { policyKind } from "#crypto/link/policy"
import { startFromLink } from "#crypto/member/start"
import { certKind } from "#crypto/message/seat-cert"
import { roles } from "#crypto/room/roles"
import { stepKek, wrapSecret } from "#crypto/seat/wrap"
import type { ServiceMessage } from "#crypto/wire/wire"
import type { Behaviour } from "../behaviour.ts"
import { sayAs, seatBy } from "../insider.ts"
import { noise, type Room } from "../room.ts"

/** Everything a service can say that has anything to do with keys, to whoever it likes. */
function questions(room: Room): readonly ServiceMessage[] {
  const shown = <T extends "request" | "welcome" | "changes">(tag: T): readonly ServiceMessage[] =>
    ["host", "ada", "bo", "zoe"].flatMap((who) =>
      room.relay.carriedTo(who, tag).map((data) => ({ TAG: tag, data }) as unknown as ServiceMessage),
    )
  return [
    ...shown("request"),
    ...shown("changes"),
    { TAG: "standby", data: { on: true } },
    { TAG: "presence", data: { leader: false } },
    { TAG: "presence", data: { leader: true } },
    { TAG: "wrapsComplete", data: { head: noise(32) as ObjectId } },
    { TAG: "wrap", data: { head: noise(32) as ObjectId, wrap: noise(48) } },
    { TAG: "rows", data: { ref: 1, more: true, rows: [], counters: [], invites: [] } },
    { TAG: "sfu", data: { ref: 1, url: "", token: "", identity: "" } },
    { TAG: "error", data: { ref: 3, code: "send-secret" } },
    { TAG: "ok", data: { ref: 4 } },
  ]
}

/** A key service that is after secrets, names or sealing itself. */
export const secrets: readonly Behaviour[] = [
  {
    name: "asks everybody for secrets in every message it has",
    seen: "nothing changes",
    async play(room) {
      await room.strike(async () => {
        for (const person of room.present()) {
          for (const question of questions(room)) person.hear(question)
          await room.worksOff(person)
        }
      })
      await room.house.elapse(12_000)
    },
  },
  {
    name: "says that the room is not encrypted, in every message it has",
    seen: "nothing changes",
    async play(room) {
      await room.strike(() => {
        for (const question of questions(room)) room.ada.hear(question)
      })
      await room.worksOff(room.ada)
      await room.settled()
      const word = new Uint8Array(40).fill(0x5a)
      const frame = await room.ada.speak(word)
      expect(toHex(frame.bytes)).not.toContain("5a".repeat(8))
      expect(frame.bytes.length).toBeGreaterThanOrEqual(141)
      expect(await room.bo.hears(frame)).toBe(true)
    },
  },
  {
    name: "shows newcomers a policy of its own",
    seen: { refused: "bad-signature", by: "zoe" },
    async play(room) {
      await room.strike(() =>
        room.relay.change("zoe", "welcome", (data) => {
          const policy = data.policy.slice()
          const { flags } = policyKind.decode(p, policy).fields
          const at = Buffer.from(policy).indexOf(flags, 60)
          policy[at] = 0
          return { ...data, policy }
        }),
      )
      const { link } = await room.house.invite(room.host)
      const zoe = room.house.enter("zoe", startFromLink(link), undefined)
      await zoe.until(({ phase }) => phase === "card" || phase === "gone")
    },
  },
  {
    name: "has the leader wrap another secret for one listener",
    seen: { refused: "wrong-secret", by: "bo" },
    async play(room) {
      const { host, bo, ada } = room
      const serial = bo.serial as SeatSerial
      const next = bo.epoch + 1
      await room.strike(() => {
        const kek = host.state.lead?.keks.get(serial)
        const stepped = kek && stepKek(p, kek, next)
        if (stepped === undefined) throw new Error("The host has no key for bo.")
        const key = stepped.key.slice()
        room.relay.change("bo", "wrap", ({ head }) => ({
          head,
          wrap: wrapSecret(p, key, host.state.space, head, serial, noise(32)),
        }))
      })
      await host.command({ kind: "demote", serial: ada.serial })
      await bo.until(() => bo.epoch === next)
    },
  },
  {
    name: "has the leader answer a renewal with a Seat of an epoch that is over",
    seen: "nothing changes",
    async play(room) {
      const { ada, host } = room
      const { epoch } = ada
      await room.strike(() => {
        room.relay.drop("ada", "seat")
        // Nor does its Step move her secret.
        room.relay.drop("host", "request")
      })
      ada.exhaust()
      await ada.until(({ sending }) => sending.epoch === undefined)
      await room.strike(async () => {
        await ada.until(({ request }) => request !== undefined)
        const before = ada.state.secret?.secret.slice()
        const older = { serial: ada.serial as SeatSerial, epoch: (epoch - 1) as Epoch }
        ada.hear(await seatBy(host, ada, older, noise(32)))
        await room.worksOff(ada)
        expect(ada.state.secret?.secret).toEqual(before)
        room.relay.honest()
      })
      await ada.untilSending(epoch + 1)
    },
  },
  {
    name: "hands on a name that one member made up for another",
    seen: { refused: "bad-signature", by: "bo" },
    async play(room) {
      const { host, ada, bo, house } = room
      await host.command({ kind: "say", say: { kind: "profile", name: "Ada L." } })
      const namesHost = () => bo.state.conversation.names.get(host.serial as SeatSerial)
      await bo.until(() => namesHost() !== undefined)
      const before = namesHost()
      await room.strike(async () => {
        const message = await sayAs(ada, host, { TAG: "profile", data: { name: "Mallory" } }, house.now + 5_000)
        bo.hear({ TAG: "app", data: { message, cert: [] } })
        await room.worksOff(bo)
      })
      expect(namesHost()).toEqual(before)
    },
  },
  {
    name: "changes a message on its way",
    seen: { refused: "bad-signature", by: "ada" },
    async play(room) {
      await room.strike(() =>
        room.relay.change("ada", "app", (data) => {
          const message = data.message.slice()
          message[100] = (message[100] ?? 0) ^ 1
          return { ...data, message }
        }),
      )
      await room.host.command({ kind: "say", say: { kind: "chat", text: "as it was said" } })
      await room.bo.until(({ conversation }) => conversation.talk.length > 0)
    },
  },
  {
    name: "vouches itself for a listener's row",
    seen: { refused: "bad-signature", by: "ada" },
    async play(room) {
      const own = p.random(32)
      const { space } = room.host.state
      const forged = await certKind.sign(p, own, {
        space,
        serial: room.bo.serial as SeatSerial,
        seatPub: p.publicKey(own),
        inviteId: noise(16) as InviteId,
        role: roles.moderator,
      })
      await room.strike(() => room.relay.change("ada", "app", (data) => ({ ...data, cert: [forged.bytes] })))
      await room.bo.command({ kind: "say", say: { kind: "chat", text: "from the audience" } })
      await room.host.until(({ conversation }) => conversation.talk.length > 0)
    },
  },
  {
    name: "withholds the keys of an epoch so that the one before may live on",
    seen: "nothing changes",
    async play(room) {
      const { host, ada, bo, house } = room
      const old = bo.state.secret?.secret.slice() ?? noise(32)
      const { epoch } = bo
      await room.strike(() => room.relay.drop("bo", "wrap", "wrapsComplete", "seat"))
      await host.command({ kind: "demote", serial: ada.serial })
      await bo.until(() => bo.epoch > epoch)
      await house.elapse(7_000)
      expect(bo.orders).toContainEqual({ kind: "retire", epoch })
      expect(bo.knowsNow().has(toHex(old))).toBe(false)
      room.relay.honest()
    },
  },
]
