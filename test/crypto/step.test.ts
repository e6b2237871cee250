import { beforeEach, describe, expect, it } from "vitest"

import type { Bytes } from "#crypto/base/bytes"
import type { Epoch, ObjectId, SpaceId, Step } from "#crypto/base/ids"
import { startChain, type Chain } from "#crypto/room/head"
import { roles } from "#crypto/room/roles"
import { acceptStep, type SeatStep } from "#crypto/seat/step"
import { History } from "../support/history.ts"
import { codeOf, flip, RoomKit, type KitPerson } from "../support/room-kit.ts"

describe("a Step", () => {
  let kit: RoomKit
  let history: History
  let ada: KitPerson

  beforeEach(async () => {
    kit = new RoomKit("steps")
    history = await History.open(kit)
    const invite = await kit.invite()
    ada = await kit.person(invite)
    const rows = [...history.rows, kit.row(ada, 2, 1, roles.speaker)]
    const roster = [...history.roster, kit.entry(ada, 2, 1, roles.speaker)]
    await history.next({ newEpoch: true, rows, roster, invites: [invite.signed.bytes] })
    await history.nextStep()
  })

  const code = (bytes: Uint8Array, chain: Chain = history.chain) => codeOf(() => acceptStep(kit.p, chain, bytes))
  const changed = async (changes: Partial<SeatStep>, signer?: Bytes) => code(await history.makeStep(changes, signer))

  it("moves step, count, seats and commit, and nothing else", async () => {
    const bytes = await history.makeStep({ count: 5 })
    const { chain, step } = await acceptStep(kit.p, history.chain, bytes)
    const { step: at, count, seats, commit } = step.fields
    expect(chain).toEqual({ ...history.chain, step: at, count, seats, commit })
    expect([at, count]).toEqual([2, 5])
  })

  it("leaves the chain as it was, accepted or refused", async () => {
    const before = { ...history.chain }
    await acceptStep(kit.p, history.chain, await history.makeStep())
    expect(await changed({ count: 0 })).toBe("bad-step")
    expect(history.chain).toEqual(before)
  })

  it.each<[string, Partial<SeatStep>, string]>([
    ["as the host makes it", {}, "accepted"],
    ["of another space", { space: new Uint8Array(16) as SpaceId }, "wrong-space"],
    ["that names another Head", { head: new Uint8Array(32) as ObjectId }, "stale-step"],
    ["of the epoch before", { epoch: 1 as Epoch }, "bad-step"],
    ["of the epoch to come", { epoch: 3 as Epoch }, "bad-step"],
    ["that stands still", { step: 1 as Step }, "stale-step"],
    ["that falls", { step: 0 as Step }, "stale-step"],
    ["that jumps", { step: 63 as Step }, "accepted"],
    ["with a seat fewer", { count: 1 }, "bad-step"],
    ["with as many seats", { count: 2 }, "accepted"],
    ["with a seat more", { count: 3 }, "accepted"],
  ])("is judged by what it says: %s", async (_what, changes, expected) => {
    expect(await changed(changes)).toBe(expected)
  })

  it("is refused with any one bit of it changed", async () => {
    const bytes = await history.makeStep()
    for (let at = 0; at < bytes.length; at++)
      expect([at, await code(flip(bytes, at, 1 << (at % 8)))]).not.toEqual([at, "accepted"])
  })

  it("is signed by whoever signed the newest Head, by nobody else", async () => {
    expect(await changed({}, ada.seatSeed)).toBe("bad-signature")
    expect(await changed({}, kit.hostSeed)).toBe("bad-signature")
    expect(await changed({}, kit.p.random(32))).toBe("bad-signature")
  })

  it("is refused a second time, after a later one, and after a Head", async () => {
    const first = await history.nextStep()
    expect(await code(first)).toBe("stale-step")
    const waiting = await history.makeStep()
    await history.nextStep()
    expect(await code(waiting)).toBe("stale-step")
    const beforeBeat = await history.makeStep()
    await history.next()
    expect(await code(beforeBeat)).toBe("stale-step")
    const beforeRotation = await history.makeStep()
    await history.next({ newEpoch: true })
    expect(await code(beforeRotation)).toBe("stale-step")
    expect(await changed({})).toBe("accepted")
  })

  it("says nothing to whoever has no Head", async () => {
    const bytes = await history.makeStep()
    expect(await code(bytes, startChain(kit.space, kit.hostPub, history.chain.policy))).toBe("stale-step")
  })

  it("stops at 63", async () => {
    await expect(history.makeStep({ step: 64 as Step })).rejects.toThrow()
  })
})
