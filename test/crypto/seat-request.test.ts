import { beforeAll, describe, expect, it } from "vitest"

import type { Bytes } from "#crypto/base/bytes"
import type { InviteId, ObjectId, SpaceId } from "#crypto/base/ids"
import { hostInviteId, memberStatement } from "#crypto/link/invite"
import { acceptSeatRequest, seatRequestKind, type SeatRequest } from "#crypto/seat/seat-request"
import { codeOf, flip, RoomKit, type KitInvite, type KitPerson } from "../support/room-kit.ts"
import { weakKeys } from "../support/weak-keys.ts"

describe("a request for a seat", () => {
  const kit = new RoomKit("requests")
  const { p, space, hostPub } = kit
  const head = p.random(32) as ObjectId
  let invite: KitInvite
  let ada: KitPerson
  beforeAll(async () => {
    invite = await kit.invite()
    ada = await kit.person(invite)
  })

  const code = (bytes: Uint8Array, of: KitInvite = invite) =>
    codeOf(() => acceptSeatRequest(p, bytes, { space, hostPub, invite: of.signed }))
  const changed = async (changes: Partial<SeatRequest>, person = ada) =>
    code((await kit.request(person, head, changes)).signed.bytes)

  it("is accepted if the seat key signed it and the invite key wants that seat key here", async () => {
    const { signed } = await kit.request(ada, head)
    expect(await acceptSeatRequest(p, signed.bytes, { space, hostPub, invite: invite.signed })).toEqual(signed)
  })

  it("is refused with any one bit of it changed", async () => {
    const { bytes } = (await kit.request(ada, head)).signed
    for (let at = 0; at < bytes.length; at += at > 110 && at < 1300 ? 37 : 1)
      expect([at, await code(flip(bytes, at, 1 << (at % 8)))]).not.toEqual([at, "accepted"])
  })

  it("is refused in another space", async () => {
    expect(await changed({ space: p.random(16) as SpaceId })).toBe("wrong-space")
  })

  it("is refused under another invite than it names, and without one", async () => {
    const other = await kit.invite()
    const { bytes } = (await kit.request(ada, head)).signed
    expect(await code(bytes, other)).toBe("wrong-invite")
    expect(await codeOf(() => acceptSeatRequest(p, bytes, { space, hostPub, invite: undefined }))).toBe("wrong-invite")
    expect(await changed({ inviteId: other.id })).toBe("wrong-invite")
    expect(await changed({ inviteId: hostInviteId })).toBe("wrong-invite")
    expect(await changed({ inviteId: p.random(16) as InviteId })).toBe("wrong-invite")
  })

  it("is refused if another key than the seat's signed it", async () => {
    const thief = await kit.person(invite)
    expect(await changed({}, { ...ada, seatSeed: thief.seatSeed })).toBe("bad-signature")
    expect(await changed({}, { ...ada, seatSeed: invite.keySeed })).toBe("bad-signature")
  })

  it("is refused with a proof by another invite, for another key or another space", async () => {
    const [bo, other] = [await kit.person(invite), await kit.invite()]
    const prove = (seed: Bytes, id: SpaceId, key: Bytes) => p.sign(seed, memberStatement(id, key))
    for (const proof of [
      bo.proof,
      await prove(other.keySeed, space, ada.seatPub),
      await prove(kit.hostSeed, space, ada.seatPub),
      await prove(invite.keySeed, p.random(16) as SpaceId, ada.seatPub),
      await p.sign(invite.keySeed, ada.seatPub),
      new Uint8Array(64),
    ])
      expect(await changed({ proof })).toBe("bad-proof")
  })

  it("is refused with a weak seat key", async () => {
    for (const [name, seatPub] of weakKeys(ada.seatPub)) {
      const proof = await p.sign(invite.keySeed, memberStatement(space, seatPub))
      expect([name, await changed({ seatPub, proof })]).toEqual([name, "weak-key"])
    }
  })

  it("has no flag that nobody knows", async () => {
    await expect(kit.request(ada, head, { flags: 2 })).rejects.toThrow()
    const { bytes } = (await kit.request(ada, head)).signed
    // flags come before proof and signature
    expect(await codeOf(() => seatRequestKind.decode(p, flip(bytes, bytes.length - 129, 2)))).toBe("malformed")
  })
})
