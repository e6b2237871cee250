import { beforeAll, describe, expect, it } from "vitest"

import type { EpochMs, SpaceId } from "#crypto/base/ids"
import { acceptInvite, inviteIdOf, inviteRefusal, type Invite } from "#crypto/link/invite"
import { inviteSecrets, unwrapCardKey, wrapCardKey } from "#crypto/link/invite-secrets"
import type { Policy } from "#crypto/link/policy"
import { roles } from "#crypto/room/roles"
import { codeOf, flip, kitTime, RoomKit, type KitInvite } from "../support/room-kit.ts"
import { weakKeys } from "../support/weak-keys.ts"

describe("an invite", () => {
  const kit = new RoomKit("invites")
  const { p, space, hostPub } = kit
  const accept = (bytes: Uint8Array) => codeOf(() => acceptInvite(p, bytes, space, hostPub))
  const changed = async (changes: Partial<Invite>, signer?: Uint8Array<ArrayBuffer>) =>
    accept((await kit.invite(changes, signer)).signed.bytes)
  let invite: KitInvite
  beforeAll(async () => {
    invite = await kit.invite()
  })

  it("is accepted as the host signed it, for every role a person can be given", async () => {
    for (const role of [roles.listener, roles.speaker, roles.moderator, roles.cohost])
      expect(await changed({ role })).toBe("accepted")
    const accepted = await acceptInvite(p, invite.signed.bytes, space, hostPub)
    expect(accepted).toEqual(invite.signed)
  })

  it("is refused with any one bit of it changed", async () => {
    for (let at = 0; at < invite.signed.bytes.length; at++)
      expect(await accept(flip(invite.signed.bytes, at, 1 << (at % 8)))).not.toBe("accepted")
  })

  it("is refused if anybody but the host signed it", async () => {
    expect(await changed({}, p.random(32))).toBe("bad-signature")
    expect(await changed({}, invite.keySeed)).toBe("bad-signature")
  })

  it("is refused in another space, and under another host", async () => {
    const other = new RoomKit("another space")
    const { bytes } = invite.signed
    expect(await codeOf(() => acceptInvite(p, bytes, other.space, hostPub))).toBe("wrong-space")
    expect(await codeOf(() => acceptInvite(p, bytes, space, other.hostPub))).toBe("bad-signature")
  })

  it("is refused with a weak key, though the host signed it", async () => {
    for (const [name, invitePub] of weakKeys(invite.signed.fields.invitePub))
      expect([name, await changed({ invitePub })]).toEqual([name, "weak-key"])
  })

  it("is refused if it can never admit anybody", async () => {
    expect(await changed({ seats: 0 })).toBe("bad-invite")
    expect(await changed({ notBefore: kitTime, notAfter: kitTime })).toBe("bad-invite")
    expect(await changed({ notBefore: kitTime, notAfter: (kitTime - 1) as EpochMs })).toBe("bad-invite")
    expect(await changed({ notBefore: kitTime, notAfter: (kitTime + 1) as EpochMs })).toBe("accepted")
  })

  it("makes nobody a host", async () => {
    expect(await changed({ role: roles.host })).toBe("bad-invite")
  })

  it("has a role that exists", async () => {
    // the role is the byte after type, version, space, key and serial
    expect(await accept(flip(invite.signed.bytes, 2 + 16 + 32 + 4, 0x80))).toBe("malformed")
  })

  it("admits inside its window and not outside, to the millisecond, with as much slack as is asked for", async () => {
    const { fields } = await kit.policy()
    const refusal = (now: number, slack?: number) =>
      inviteRefusal(invite.signed, invite.id, fields, now as EpochMs, slack)
    const { notBefore, notAfter } = invite.signed.fields
    expect([notBefore - 1, notBefore, notAfter, notAfter + 1].map((now) => refusal(now))).toEqual([
      "not-yet",
      undefined,
      undefined,
      "expired",
    ])
    expect([notBefore - 11, notBefore - 10, notAfter + 10, notAfter + 11].map((now) => refusal(now, 10))).toEqual([
      "not-yet",
      undefined,
      undefined,
      "expired",
    ])
  })

  it("ends with the policy that revokes it, or all invites up to it", async () => {
    const under = async (changes: Partial<Policy>) =>
      inviteRefusal(invite.signed, invite.id, (await kit.policy(changes)).fields, kitTime)
    const other = await kit.invite()
    expect(await under({ revoked: [other.id] })).toBeUndefined()
    expect(await under({ revoked: [other.id, invite.id] })).toBe("revoked")
    expect(await under({ minInvite: 1 })).toBeUndefined()
    expect(await under({ minInvite: 2 })).toBe("revoked")
  })

  it("gives each link keys of its own: another space or seed gives others, and no two of them are equal", () => {
    const seeds = [inviteSecrets(p, { space, seed: invite.seed }), inviteSecrets(p, { space, seed: p.random(16) })]
    seeds.push(inviteSecrets(p, { space: p.random(16) as SpaceId, seed: invite.seed }))
    const keys = seeds.flatMap(({ keySeed, cardKeyWrapKey }) => [keySeed, cardKeyWrapKey]).map(String)
    expect(new Set(keys).size).toBe(6)
    expect(p.publicKey(invite.keySeed)).toEqual(invite.signed.fields.invitePub)
    expect(inviteIdOf(p, invite.signed.fields.invitePub)).toEqual(p.hash(invite.signed.fields.invitePub).slice(0, 16))
  })

  it("opens its card wrap with its own seed in its own space, and in no other way", async () => {
    const { cardKeyWrapKey } = inviteSecrets(p, { space, seed: invite.seed })
    const { cardWrap } = invite.signed.fields
    expect(unwrapCardKey(p, cardKeyWrapKey, space, cardWrap)).toEqual(kit.cardKey)
    expect(wrapCardKey(p, cardKeyWrapKey, space, kit.cardKey)).toEqual(cardWrap)
    const refused = [
      [invite.keySeed, space, cardWrap],
      [cardKeyWrapKey, p.random(16) as SpaceId, cardWrap],
      [cardKeyWrapKey, space, flip(cardWrap, 0)],
      [cardKeyWrapKey, space, cardWrap.slice(1)],
      [cardKeyWrapKey, space, new Uint8Array(0)],
    ] as const
    for (const [key, id, wrap] of refused)
      expect(await codeOf(() => unwrapCardKey(p, key, id, wrap))).toBe("bad-card-wrap")
  })
})
