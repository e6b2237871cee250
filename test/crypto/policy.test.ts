import { beforeAll, describe, expect, it } from "vitest"

import type { InviteId, ObjectId } from "#crypto/base/ids"
import {
  acceptPolicy,
  policyKind,
  spaceKinds,
  type Policy,
  type SignedPolicy,
  type SpaceKind,
} from "#crypto/link/policy"
import { codeOf, flip, RoomKit } from "../support/room-kit.ts"

describe("a policy", () => {
  const kit = new RoomKit("policies")
  const { p, space, hostPub } = kit
  const accept = (bytes: Uint8Array, last?: SignedPolicy) => codeOf(() => acceptPolicy(p, bytes, space, hostPub, last))
  const changed = async (changes: Partial<Policy>, last?: SignedPolicy) =>
    accept((await kit.policy(changes)).bytes, last)
  let first: SignedPolicy
  beforeAll(async () => {
    first = await kit.policy()
  })

  it("is accepted as the host signed it, whole and full", async () => {
    expect(await acceptPolicy(p, first.bytes, space, hostPub, undefined)).toEqual(first)
    const ids = (count: number) => Array.from({ length: count }, () => p.random(16) as InviteId)
    expect(await changed({ deputies: ids(3), knock: ids(64), revoked: ids(256), flags: 7 })).toBe("accepted")
  })

  it("is refused with any one bit of it changed", async () => {
    for (let at = 0; at < first.bytes.length; at++)
      expect(await accept(flip(first.bytes, at, 1 << (at % 8)))).not.toBe("accepted")
  })

  it("is refused if anybody but the host signed it, and in another space", async () => {
    const other = new RoomKit("another")
    expect(await accept((await kit.policy({}, p.random(32))).bytes)).toBe("bad-signature")
    expect(await changed({ space: other.space })).toBe("wrong-space")
  })

  it("never goes back: an equal or lower serial is stale", async () => {
    const fifth = await kit.policy({ serial: 5 })
    for (const [serial, code] of [
      [4, "stale-policy"],
      [5, "stale-policy"],
      [6, "bad-policy"],
      [7, "accepted"],
    ] as const)
      expect([serial, await changed({ serial }, fifth)]).toEqual([serial, code])
  })

  it("follows the one before: the next serial names it", async () => {
    expect(await changed({ serial: 2, prev: first.id }, first)).toBe("accepted")
    expect(await changed({ serial: 2, prev: flip(first.id, 0) as ObjectId }, first)).toBe("bad-policy")
  })

  it("is of one of three kinds", async () => {
    for (const [name, kind] of Object.entries(spaceKinds))
      expect([name, await changed({ kind })]).toEqual([name, "accepted"])
    await expect(kit.policy({ kind: 3 as SpaceKind })).rejects.toThrow()
  })

  it.each<[string, Partial<Policy>, string]>([
    ["a cell too small for a voice", { cell: 39 }, "bad-policy"],
    ["the smallest cell", { cell: 40 }, "accepted"],
    ["the largest cell", { cell: 1000 }, "accepted"],
    ["a ptime too small", { ptime: 9 }, "bad-policy"],
    ["the largest ptime", { ptime: 60 }, "accepted"],
    ["no stage", { stage: 0 }, "bad-policy"],
    ["nobody on air", { onAir: 0 }, "bad-policy"],
    ["no seats", { seats: 0 }, "bad-policy"],
    ["one seat", { seats: 1, stage: 1, onAir: 1 }, "accepted"],
  ])("leaves room for a voice: %s", async (_what, changes, code) => {
    expect(await changed(changes)).toBe(code)
  })

  it.each<[string, Partial<Policy>]>([
    ["a stage of 65", { stage: 65 }],
    ["17 on air", { onAir: 17 }],
    ["a cell of 1001", { cell: 1001 }],
    ["a ptime of 61", { ptime: 61 }],
    ["an unknown flag", { flags: 8 }],
    ["four deputies", { deputies: Array.from({ length: 4 }, () => new Uint8Array(16) as InviteId) }],
    ["65 invites to knock", { knock: Array.from({ length: 65 }, () => new Uint8Array(16) as InviteId) }],
    ["257 revoked", { revoked: Array.from({ length: 257 }, () => new Uint8Array(16) as InviteId) }],
  ])("cannot be written with %s", async (_what, changes) => {
    await expect(kit.policy(changes)).rejects.toThrow()
  })

  it("is refused where its bytes say what cannot be written", async () => {
    // stage, on air, cell, ptime and flags follow type, version, space, serial, prev, kind, not_after and seats
    const at = 2 + 16 + 4 + 32 + 1 + 6 + 4
    for (const [offset, value] of [
      [at - 11, 3],
      [at, 65],
      [at + 1, 17],
      [at + 2, 4],
      [at + 4, 61],
      [at + 5, 8],
    ] as const) {
      const bytes = Uint8Array.from(first.bytes)
      bytes[offset] = value
      expect([offset, await codeOf(() => policyKind.decode(p, bytes))]).toEqual([offset, "malformed"])
    }
  })
})
