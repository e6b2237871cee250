import type { ObjectId, SenderIndex } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { headKind, signerOf } from "#crypto/room/head"
import { roles } from "#crypto/room/roles"
import { clientCodec } from "#crypto/wire/wire"
import type { Behaviour } from "../behaviour.ts"
import { headBy, insider } from "../insider.ts"
import { noise, type Room } from "../room.ts"

/** Another Head of the leader in the newest one's place. */
async function rival({ host }: Room) {
  const { head } = insider(host)
  const { seq, prev, reason } = head.fields
  return headBy(host, { fields: { seq, prev, reason } })
}

/** A key service that shows another history, or a piece of one. */
export const histories: readonly Behaviour[] = [
  {
    name: "shows a Head that a listener signed in the leader's name",
    seen: { refused: "bad-signature", by: "ada" },
    async play(room) {
      await room.strike(async () => room.ada.hear(await headBy(room.bo)))
    },
  },
  {
    name: "shows a Head by a place on stage that nobody has",
    seen: { refused: "not-a-leader", by: "ada" },
    async play(room) {
      await room.strike(async () => room.ada.hear(await headBy(room.bo, { fields: { signer: 9 as SenderIndex } })))
    },
  },
  {
    name: "shows a leader's Head that names a stage nobody can show",
    seen: { refused: "missing-roster", by: "ada" },
    async play(room) {
      await room.strike(async () => {
        room.ada.hear(await headBy(room.host, { newEpoch: true, fields: { roster: noise(32) as ObjectId } }))
      })
      await room.house.elapse(12_000)
    },
  },
  {
    name: "has a speaker who might succeed sign a Head without the host",
    seen: { refused: "bad-roster", by: "bo" },
    async play(room) {
      await room.strike(async () => {
        const roster = insider(room.ada).chain.roster.filter(({ role }) => role !== roles.host)
        room.bo.hear(await headBy(room.ada, { newEpoch: true, roster }))
      })
    },
  },
  {
    name: "has a deputy open an epoch of its own as it takes over",
    seen: { refused: "bad-head", by: "ada" },
    async play(room) {
      const dora = await room.seat("dora", "cohost")
      await room.strike(async () => room.ada.hear(await headBy(dora, { newEpoch: true })))
    },
  },
  {
    name: "shows two people different Heads, and the media server carries one over",
    seen: { alarm: "fork", at: "ada" },
    async play(room) {
      await room.strike(async () => room.ada.notice((await rival(room)).data.head))
      await room.worksOff(room.ada)
    },
  },
  {
    name: "shows one person both Heads of a fork",
    seen: { alarm: "fork", at: "bo" },
    async play(room) {
      await room.strike(async () => room.bo.hear(await rival(room)))
      await room.worksOff(room.bo)
    },
  },
  {
    name: "shows two people different Heads, and only their checkpoints meet",
    seen: { alarm: "strange-head", at: "bo" },
    async play(room) {
      const { head } = insider(room.bo)
      room.bo.seeHead(0, head.id.slice(0, 16))
      await room.strike(async () => {
        const { data } = await rival(room)
        room.bo.seeHead(0, headKind.decode(p, data.head).id.slice(0, 16))
      })
      await room.house.elapse(3_000)
    },
  },
  {
    name: "tells two deputies that each of them has won the takeover",
    seen: { alarm: "fork", at: "ada" },
    async play(room) {
      const { house, host, ada } = room
      const dora = await room.seat("dora", "cohost")
      const rex = await room.seat("rex", "cohost")
      await room.strike(() => {
        room.relay.drop("rex", "head", "step", "changes")
        house.noticeLost = (_from, to) => to === "rex"
        house.loses = (who, bytes) => {
          if (who !== "rex" || clientCodec.decode(bytes).TAG !== "head") return false
          const { ref } = clientCodec.decode(bytes).data
          rex.hear({ TAG: "ok", data: { ref } })
          return true
        }
      })
      host.stop()
      await house.elapse(23_000)
      await ada.until(({ chain }) => chain !== undefined && signerOf(chain)?.serial === dora.serial)
      await house.elapse(25_000)
    },
  },
  {
    name: "goes back to an older Head while people are there",
    seen: { gone: "refused", who: "ada" },
    async play(room) {
      await room.house.elapse(21_000)
      await room.settled()
      const [older] = room.relay.carriedTo("ada", "head").slice(-2)
      await room.strike(() => {
        if (older === undefined) throw new Error("No Head was carried.")
        room.relay.change("ada", "state", (data) => ({ ...data, heads: [older], step: [], wrap: [], seats: [] }))
      })
      room.ada.hangUp()
      await room.ada.until(({ socket }) => socket !== "synced")
      await room.ada.until(({ socket, phase }) => socket === "synced" || phase === "gone")
    },
  },
  {
    name: "goes back to an older copy of its database while somebody reloads",
    seen: { gone: "refused", who: "ada" },
    async play(room) {
      await room.house.elapse(11_000)
      await room.settled()
      const first = room.relay.carriedTo("ada", "state").find(({ heads }) => heads.length > 0)
      await room.strike(() => {
        if (first === undefined) throw new Error("No Head was carried.")
        room.relay.change("ada", "state", (data) => ({ ...first, ref: data.ref }))
      })
      const again = room.house.reload(room.ada)
      await again.until(({ phase }) => phase === "seated" || phase === "gone")
    },
  },
]
