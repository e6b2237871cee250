import { expect } from "vitest"

import type { Behaviour } from "../behaviour.ts"

/** A key service that keeps back what it was given, or takes its time. */
export const withholding: readonly Behaviour[] = [
  {
    name: "withholds Heads that the media server delivers",
    seen: { alarm: "withheld", at: "ada" },
    async play(room) {
      await room.strike(() => room.relay.drop("ada", "head"))
      await room.house.elapse(16_000)
    },
  },
  {
    name: "withholds Heads, and the media server does the same",
    seen: { silent: "stale-head", at: "ada" },
    async play(room) {
      await room.strike(() => {
        room.relay.drop("ada", "head", "state")
        room.relay.muteNotices()
      })
      await room.house.elapse(45_000)
    },
  },
  {
    name: "delays everything evenly by a minute",
    seen: { silent: "stale-head", at: "ada" },
    async play(room) {
      await room.strike(() => {
        room.relay.delay("ada", 60_000)
        room.relay.muteNotices()
      })
      await room.house.elapse(65_000)
    },
  },
  {
    name: "goes silent for good",
    seen: { gone: "lost", who: "bo" },
    async play(room) {
      await room.strike(() => room.relay.drop("bo", "head", "state"))
      await room.house.elapse(112_000)
    },
  },
  {
    name: "delivers while the media server withholds",
    seen: "nothing changes",
    async play(room) {
      await room.strike(() => room.relay.muteNotices())
      await room.house.elapse(12_000)
    },
  },
  {
    name: "withholds a listener's wrap",
    seen: "nothing changes",
    async play(room) {
      const { host, bo, ada } = room
      await room.strike(() => {
        room.relay.drop("bo", "wrap")
        room.relay.change("bo", "state", (data) => ({ ...data, wrap: [] }))
      })
      await host.command({ kind: "demote", serial: ada.serial })
      await ada.until(() => ada.epoch > 1 && ada.state.sending.epoch === undefined)
      await bo.until(({ secret }) => secret?.epoch === host.epoch)
    },
  },
  {
    name: "drops a moderator's order to remove somebody",
    seen: { alarm: "withheld", at: "mo" },
    async play(room) {
      const mo = await room.seat("mo", "moderator")
      await room.strike(() => room.relay.drop("host", "app"))
      await mo.command({ kind: "remove", serial: room.bo.serial })
      await room.house.elapse(6_000)
    },
  },
  {
    name: "swallows the Head that removes somebody",
    seen: { silent: "no-wrap", at: "ada" },
    async play(room) {
      await room.strike(() => room.relay.swallow("host"))
      await room.host.command({ kind: "remove", serial: room.bo.serial })
      await room.house.elapse(2_000)
      await room.strike(async () => {
        await room.ada.until(({ sending }) => sending.silence !== undefined)
        expect(await room.bo.hears(await room.ada.speak())).toBe(false)
      })
    },
  },
  {
    name: "takes a removal, and goes on showing the rows from before it to a deputy",
    seen: { refused: "bad-rows", by: "dora" },
    async play(room) {
      await room.seat("dora", "cohost")
      const before = [...(room.host.state.lead?.seats?.rows.values() ?? [])]
      await room.strike(() => {
        room.relay.drop("dora", "changes")
        room.relay.change("dora", "rows", (data) => ({ ...data, rows: before }))
      })
      await room.host.command({ kind: "remove", serial: room.bo.serial })
      await room.bo.until(({ phase }) => phase === "gone")
      await room.house.elapse(1_000)
    },
  },
  {
    name: "shows the rows from before a removal to the host who comes back",
    seen: { refused: "bad-rows", by: "host" },
    async play(room) {
      const before = [...(room.host.state.lead?.seats?.rows.values() ?? [])]
      await room.host.command({ kind: "remove", serial: room.bo.serial })
      await room.bo.until(({ phase }) => phase === "gone")
      await room.settled()
      await room.strike(() => room.relay.change("host", "rows", (data) => ({ ...data, rows: before })))
      const again = room.house.reload(room.host)
      await room.strike(async () => {
        await again.until(() => again.refusals.has("bad-rows"))
        room.relay.honest()
      })
      await again.until(({ phase }) => phase === "seated")
    },
  },
]
