import { expect } from "vitest"

import type { SeatSerial } from "#crypto/base/ids"
import { clientCodec, type ClientTag } from "#crypto/wire/wire"
import type { Behaviour } from "../behaviour.ts"
import { requestBy } from "../insider.ts"
import { onStage, type Room } from "../room.ts"

/** How often somebody has said something of one kind. */
const saidBy = (room: Room, from: string, tag: ClientTag): number =>
  room.house.carried.filter(
    ({ who, way, bytes }) => who === from && way === "to-service" && clientCodec.decode(bytes).TAG === tag,
  ).length

const rowsOf = ({ host }: Room): readonly number[] => [...(host.state.lead?.seats?.rows.keys() ?? [])]

/** A key service that says again what was good once, or lets in by what is good no more. */
export const replays: readonly Behaviour[] = [
  {
    name: "shows every Head again",
    seen: { refused: "stale-head", by: "ada" },
    async play(room) {
      await room.house.elapse(21_000)
      await room.settled()
      await room.strike(() => {
        for (const data of room.relay.carriedTo("ada", "head").slice(0, -1)) room.ada.hear({ TAG: "head", data })
      })
      await room.worksOff(room.ada)
    },
  },
  {
    name: "shows every Step again",
    seen: "nothing changes",
    async play(room) {
      await room.seat("cy", "listener")
      const before = room.ada.state.chain
      await room.strike(() => {
        for (const data of room.relay.carriedTo("ada", "step")) room.ada.hear({ TAG: "step", data })
      })
      await room.worksOff(room.ada)
      expect(room.ada.state.chain?.step).toBe(before?.step)
    },
  },
  {
    name: "shows answered requests again",
    seen: "nothing changes",
    async play(room) {
      const [rows, batches] = [rowsOf(room), saidBy(room, "host", "batch")]
      await room.strike(() => {
        for (const data of room.relay.carriedTo("host", "request")) room.host.hear({ TAG: "request", data })
      })
      await room.worksOff(room.host)
      await room.house.elapse(2_000)
      expect([rowsOf(room), saidBy(room, "host", "batch")]).toEqual([rows, batches])
    },
  },
  {
    name: "shows an order again that was carried out and undone since",
    seen: "nothing changes",
    async play(room) {
      const mo = await room.seat("mo", "moderator")
      await mo.command({ kind: "promote", serial: room.bo.serial })
      await room.bo.until(() => onStage(room.bo))
      await room.settled()
      await room.host.command({ kind: "demote", serial: room.bo.serial })
      await room.bo.until(() => !onStage(room.bo))
      await room.settled()
      await room.strike(() => {
        for (const data of room.relay.carriedTo("host", "app")) room.host.hear({ TAG: "app", data })
      })
      await room.worksOff(room.host)
      await room.house.elapse(2_000)
      expect(onStage(room.bo, room.host)).toBe(false)
    },
  },
  {
    name: "shows the leave of somebody who has long gone",
    seen: "nothing changes",
    async play(room) {
      const cy = await room.seat("cy", "listener")
      await cy.command({ kind: "leave" })
      await room.host.until(({ lead }) => lead?.seats?.rows.has(cy.serial as SeatSerial) === false)
      await room.seat("di", "listener")
      const rows = rowsOf(room)
      await room.strike(() => {
        for (const data of room.relay.carriedTo("host", "leave")) room.host.hear({ TAG: "leave", data })
      })
      await room.worksOff(room.host)
      await room.house.elapse(6_000)
      expect(rowsOf(room)).toEqual(rows)
    },
  },
  {
    name: "shows a second request for an invite of one use",
    seen: { refused: "unknown-request", by: "host" },
    async play(room) {
      const { link } = await room.house.invite(room.host, { uses: 1 })
      await room.house.join("cy", link)
      await room.settled()
      const rows = rowsOf(room)
      await room.strike(async () => {
        const request = await requestBy(link, room.host.state)
        room.host.hear({ TAG: "request", data: { request, invite: [] } })
        // the leader's no, to a service that knows of no such request
        await room.host.until(() => saidBy(room, "host", "answer") === 1)
      })
      expect(rowsOf(room)).toEqual(rows)
    },
  },
  {
    name: "shows a request by an invite that has run out",
    seen: { refused: "unknown-request", by: "host" },
    async play(room) {
      const { link } = await room.house.invite(room.host, { lifetimeMs: 60_000 })
      await room.house.join("cy", link)
      await room.house.elapse(65_000)
      await room.settled()
      const rows = rowsOf(room)
      await room.strike(async () => {
        const request = await requestBy(link, room.host.state)
        room.host.hear({ TAG: "request", data: { request, invite: [] } })
        await room.host.until(() => saidBy(room, "host", "answer") === 1)
      })
      expect(rowsOf(room)).toEqual(rows)
    },
  },
  {
    name: "shows a request by an invite that was revoked",
    seen: { refused: "unknown-request", by: "host" },
    async play(room) {
      const { link, invite } = await room.house.invite(room.host)
      await room.host.command({ kind: "revoke", invite })
      await room.settled()
      const rows = rowsOf(room)
      await room.strike(async () => {
        const request = await requestBy(link, room.host.state)
        room.host.hear({ TAG: "request", data: { request, invite: [] } })
        await room.host.until(() => saidBy(room, "host", "answer") === 1)
      })
      expect(rowsOf(room)).toEqual(rows)
    },
  },
]
