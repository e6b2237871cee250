import type { ObjectId, SeatSerial, SenderIndex, SpaceId, Step } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { commit, ratchet } from "#crypto/media/key-schedule"
import { viewOf } from "#crypto/room/head"
import { roles } from "#crypto/room/roles"
import { decodeRoster, encodeRoster, type RosterEntry } from "#crypto/room/roster"
import { seatsHash, type Row } from "#crypto/room/seats"
import { seatRequestKind } from "#crypto/seat/seat-request"
import { stepKind } from "#crypto/seat/step"
import type { Behaviour } from "../behaviour.ts"
import { headBy, insider, replaced, seatBy, withChange, withEntry } from "../insider.ts"
import { noise, onStage, type Room } from "../room.ts"

/** Somebody whom nobody invited. */
const ghost = (): RosterEntry => ({
  index: 40 as SenderIndex,
  serial: 77 as SeatSerial,
  seatPub: p.publicKey(p.random(32)),
  role: roles.speaker,
  inviteId: noise(16) as RosterEntry["inviteId"],
  proof: noise(64),
})

const entryOf = ({ ada }: Room): RosterEntry => {
  const entry = insider(ada).chain.roster.find(({ serial }) => serial === ada.serial)
  if (entry === undefined) throw new Error("Ada is not on stage.")
  return entry
}

/** A key service that puts somebody in, or puts other keys in somebody's place. */
export const ghosts: readonly Behaviour[] = [
  {
    name: "adds an entry to the stage that a Head names",
    seen: { refused: "bad-roster", by: "ada" },
    async play(room) {
      await room.strike(() =>
        room.relay.change("ada", "head", (data) => {
          const [roster] = data.roster
          return roster && { ...data, roster: [encodeRoster(withEntry(decodeRoster(roster), ghost()))] }
        }),
      )
      await room.host.command({ kind: "promote", serial: room.bo.serial })
      await room.bo.until(() => onStage(room.bo))
    },
  },
  {
    name: "has a deputy sign a stage with somebody on it whom no invite names",
    seen: { refused: "missing-invite", by: "ada" },
    async play(room) {
      const dora = await room.seat("dora", "cohost")
      await room.strike(async () => {
        const roster = withEntry(insider(dora).chain.roster, ghost())
        room.ada.hear(await headBy(dora, { newEpoch: true, roster }))
      })
    },
  },
  {
    name: "has a deputy sign a second device for a member, with that member's invite and proof",
    seen: { refused: "bad-proof", by: "bo" },
    async play(room) {
      const dora = await room.seat("dora", "cohost")
      await room.strike(async () => {
        const twin = { ...ghost(), inviteId: entryOf(room).inviteId, proof: entryOf(room).proof }
        room.bo.hear(await headBy(dora, { newEpoch: true, roster: withEntry(insider(dora).chain.roster, twin) }))
      })
    },
  },
  {
    name: "has the leader sign a row of the audience that nobody asked for",
    seen: { alarm: "admitted-without-invite", at: "dora" },
    async play(room) {
      const dora = await room.seat("dora", "cohost")
      await room.strike(async () => {
        const { chain, head, seatSeed } = insider(room.host)
        const { secret, lead } = room.host.state
        const [row] = lead?.seats?.rows.values() ?? []
        if (secret === undefined || lead?.seats === undefined || row === undefined) throw new Error("Nobody leads.")
        const added: Row = { ...row, ...ghost(), index: 0xff as SenderIndex, role: roles.listener }
        const step = (chain.step + 1) as Step
        const { epoch } = head.fields
        const receipt = await stepKind.sign(p, seatSeed, {
          space: chain.space,
          head: head.id,
          epoch,
          step,
          count: chain.count + 1,
          seats: seatsHash(p, [...lead.seats.rows.values(), added], lead.seats.counters.values()),
          commit: commit(p, chain.space, epoch, step, ratchet(p, secret.secret, viewOf(head), step)),
        })
        const changes = { upserted: [added], removed: [], counters: [] }
        dora.hear({ TAG: "changes", data: { of: receipt.id, changes, invites: [], answered: [] } })
        dora.hear({ TAG: "step", data: { step: receipt.bytes } })
      })
    },
  },
  {
    name: "swaps the key a newcomer wants its Seat sealed to",
    seen: { refused: "bad-signature", by: "host" },
    async play(room) {
      const { publicKey } = await p.kemKeyPair()
      await room.strike(() =>
        room.relay.change("host", "request", (data) => ({ ...data, request: swapped(data.request, publicKey) })),
      )
      await room.knock()
    },
  },
  {
    name: "swaps that key and signs with a seat key of its own",
    seen: { refused: "bad-proof", by: "host" },
    async play(room) {
      const { person } = await room.knock()
      await person.until(({ phase }) => phase === "seated")
      const [shown] = room.relay.carriedTo("host", "request").slice(-1)
      await room.strike(async () => {
        if (shown === undefined) throw new Error("The host was shown no request.")
        const { fields } = seatRequestKind.decode(p, shown.request)
        const seed = p.random(32)
        const { publicKey } = await p.kemKeyPair()
        const own = await seatRequestKind.sign(p, seed, { ...fields, seatPub: p.publicKey(seed), kemPub: publicKey })
        room.host.hear({ TAG: "request", data: { ...shown, request: own.bytes } })
      })
    },
  },
  {
    name: "swaps the key of a member who renews its seat",
    seen: { refused: "bad-signature", by: "host" },
    async play(room) {
      const { publicKey } = await p.kemKeyPair()
      await room.strike(() =>
        room.relay.change("host", "request", (data) => ({ ...data, request: swapped(data.request, publicKey) })),
      )
      const again = room.house.reload(room.ada)
      await again.until(({ request, seated }) => request !== undefined || seated !== undefined)
    },
  },
  {
    name: "answers a request with a Seat of another space",
    seen: { refused: "wrong-space", by: "zoe" },
    async play(room) {
      await room.strike(() => room.relay.drop("zoe", "seat"))
      const { person } = await room.knock()
      await room.strike(async () => {
        await person.until(({ request }) => request !== undefined)
        person.hear(await seatBy(room.host, person, { space: noise(16) as SpaceId }))
      })
    },
  },
  {
    name: "has the leader seat somebody in another history",
    seen: { refused: "bad-seat", by: "zoe" },
    async play(room) {
      await room.strike(() => room.relay.drop("zoe", "seat", "step"))
      const { person } = await room.knock()
      await room.strike(async () => {
        await person.until(({ request }) => request !== undefined)
        const { chain } = insider(person)
        person.hear(await seatBy(room.host, person, { head: noise(32) as ObjectId, step: chain.step }))
      })
    },
  },
  {
    name: "has the leader give a newcomer another secret than the rest",
    seen: { alarm: "wrong-secret", at: "zoe" },
    async play(room) {
      await room.strike(() => room.relay.drop("zoe", "seat", "step"))
      const { person } = await room.knock()
      await room.strike(async () => {
        await person.until(({ request }) => request !== undefined)
        const { step } = insider(person).chain
        person.hear(await seatBy(room.host, person, { step }, noise(32)))
      })
    },
  },
  {
    name: "has a deputy write a higher role into a member's entry",
    seen: { refused: "bad-roster", by: "bo" },
    async play(room) {
      const dora = await room.seat("dora", "cohost")
      await room.strike(async () => {
        const roster = withChange(insider(dora).chain.roster, room.ada.serial, { role: roles.moderator })
        room.bo.hear(await headBy(dora, { newEpoch: true, roster }))
      })
    },
  },
  {
    name: "has a deputy make a member host",
    seen: { refused: "bad-roster", by: "bo" },
    async play(room) {
      const dora = await room.seat("dora", "cohost")
      await room.strike(async () => {
        const roster = withChange(insider(dora).chain.roster, room.ada.serial, { role: roles.host })
        room.bo.hear(await headBy(dora, { newEpoch: true, roster }))
      })
    },
  },
  {
    name: "has a deputy write a moderator's invite into a member's entry",
    seen: { refused: "bad-proof", by: "bo" },
    async play(room) {
      const dora = await room.seat("dora", "cohost")
      const { invite } = await room.house.invite(room.host, { role: "moderator" })
      await room.strike(async () => {
        const signed = room.host.state.host?.invites.find(({ id }) => id === invite)
        if (signed === undefined) throw new Error("There is no such invite.")
        const inviteId = Uint8Array.from(Buffer.from(invite, "hex")) as RosterEntry["inviteId"]
        const changes = { role: roles.moderator, inviteId }
        const roster = withChange(insider(dora).chain.roster, room.ada.serial, changes)
        room.bo.hear(await headBy(dora, { newEpoch: true, roster, invites: [signed.bytes] }))
      })
    },
  },
]

const swapped = (request: Uint8Array<ArrayBuffer>, kemPub: Uint8Array<ArrayBuffer>) =>
  replaced(request, seatRequestKind.decode(p, request).fields.kemPub, kemPub)
