import { beforeAll, describe, expect, it } from "vitest"

import { concat, toHex, uint } from "#crypto/base/bytes"
import type { InviteId, SeatSerial, SenderIndex, SpaceId } from "#crypto/base/ids"
import { hostInviteId, memberStatement, type SignedInvite } from "#crypto/link/invite"
import type { Policy } from "#crypto/link/policy"
import { highestOnStage, roles, type Role } from "#crypto/room/roles"
import {
  acceptRoster,
  decodeRoster,
  encodeRoster,
  rosterHash,
  type Roster,
  type RosterEntry,
} from "#crypto/room/roster"
import { codeOf, flip, RoomKit, type KitInvite, type KitPerson } from "../support/room-kit.ts"
import { weakKeys } from "../support/weak-keys.ts"

describe("a roster", () => {
  const kit = new RoomKit("stages")
  const { p, space, hostPub } = kit
  let policy: Policy
  let speakers: KitInvite
  let listeners: KitInvite
  let moderators: KitInvite
  let host: KitPerson
  let ada: KitPerson
  let bo: KitPerson
  let invites: ReadonlyMap<string, SignedInvite>
  let stage: Roster

  beforeAll(async () => {
    policy = (await kit.policy()).fields
    speakers = await kit.invite({ seats: 2 })
    listeners = await kit.invite({ role: roles.listener })
    moderators = await kit.invite({ role: roles.moderator })
    host = await kit.person()
    ada = await kit.person(speakers)
    bo = await kit.person(speakers)
    invites = new Map([speakers, listeners, moderators].map((invite) => [toHex(invite.id), invite.signed]))
    stage = [
      kit.entry(host, 1, 0, roles.host),
      kit.entry(ada, 2, 1, roles.speaker),
      kit.entry(bo, 7, 63, roles.speaker),
    ]
  })

  const accept = (roster: Roster, context: Partial<Parameters<typeof acceptRoster>[2]> = {}) =>
    codeOf(() => acceptRoster(p, roster, { space, hostPub, policy, invites, known: [], ...context }))
  /** The sound stage with changes in one entry. */
  const withEntry = (at: number, changes: Partial<RosterEntry>): Roster =>
    stage.map((entry, i) => (i === at ? { ...entry, ...changes } : entry))

  it("is accepted where every entry traces to an invite, and is the same after the wire", async () => {
    expect(await accept(stage)).toBe("accepted")
    expect(await accept([])).toBe("bad-roster")
    expect(decodeRoster(encodeRoster(stage))).toEqual(stage)
  })

  it("is in the order of its sender indices", async () => {
    expect(await accept([...stage].reverse())).toBe("bad-roster")
    expect(await accept(withEntry(1, { index: 0 as SenderIndex }))).toBe("bad-roster")
    expect(await accept(withEntry(2, { index: 0xff as SenderIndex }))).toBe("bad-roster")
  })

  it("holds nobody twice, by serial or by key", async () => {
    expect(await accept(withEntry(2, { serial: 2 as SeatSerial }))).toBe("bad-roster")
    expect(await accept(withEntry(2, { seatPub: ada.seatPub, proof: ada.proof }))).toBe("bad-roster")
  })

  it("is no larger than the policy's stage", async () => {
    expect(await accept(stage, { policy: { ...policy, stage: 3 } })).toBe("accepted")
    expect(await accept(stage, { policy: { ...policy, stage: 2 } })).toBe("bad-roster")
  })

  it("gives an invite no more places than it may hold", async () => {
    const third = kit.entry(await kit.person(speakers), 9, 5, roles.speaker)
    expect(await accept([...stage.slice(0, 2), third, ...stage.slice(2)])).toBe("bad-roster")
    expect(await accept([...stage.slice(0, 2), third])).toBe("accepted")
  })

  it("gives nobody a role above the invite's, but the stage to anybody", async () => {
    const may = async (invite: KitInvite, role: Role) =>
      accept([...stage.slice(0, 1), kit.entry(await kit.person(invite), 2, 1, role)])
    expect(await may(listeners, roles.speaker)).toBe("accepted")
    expect(await may(listeners, roles.moderator)).toBe("bad-roster")
    expect(await may(speakers, roles.moderator)).toBe("bad-roster")
    expect(await may(moderators, roles.moderator)).toBe("accepted")
    expect(await may(moderators, roles.cohost)).toBe("bad-roster")
    expect(await may(moderators, roles.listener)).toBe("bad-roster")
    for (const cap of Object.values(roles)) expect(highestOnStage(cap)).toBe(Math.max(cap, roles.speaker))
  })

  it("has one host: the row that the host key admitted", async () => {
    const second = await kit.person()
    expect(await accept([...stage.slice(0, 1), kit.entry(second, 2, 1, roles.host)])).toBe("bad-roster")
    expect(await accept(withEntry(1, { role: roles.host }))).toBe("bad-roster")
    expect(await accept(withEntry(0, { role: roles.speaker }))).toBe("bad-roster")
    expect(await accept(withEntry(1, { inviteId: hostInviteId }))).toBe("bad-roster")
    expect(await accept(withEntry(1, { inviteId: hostInviteId, role: roles.host }))).toBe("bad-roster")
    // a host key of somebody else's
    expect(await accept([kit.entry(await new RoomKit("other").person(), 1, 0, roles.host)])).toBe("bad-proof")
  })

  it("names invites that were shown", async () => {
    expect(await accept(stage, { invites: new Map() })).toBe("missing-invite")
    expect(await accept(withEntry(1, { inviteId: p.random(16) as InviteId }))).toBe("missing-invite")
  })

  it("refuses a proof by another invite, for another key, or for another space", async () => {
    const strangers = await kit.invite()
    const elsewhere = memberStatement(p.random(16) as SpaceId, ada.seatPub)
    for (const proof of [
      bo.proof,
      flip(ada.proof, 0),
      await p.sign(strangers.keySeed, memberStatement(space, ada.seatPub)),
      await p.sign(kit.hostSeed, memberStatement(space, ada.seatPub)),
      await p.sign(ada.seatSeed, memberStatement(space, ada.seatPub)),
      await p.sign(speakers.keySeed, elsewhere),
    ])
      expect(await accept(withEntry(1, { proof }))).toBe("bad-proof")
  })

  it("refuses weak seat keys, though the invite key proved them", async () => {
    for (const [name, seatPub] of weakKeys(ada.seatPub)) {
      const proof = await p.sign(speakers.keySeed, memberStatement(space, seatPub))
      expect([name, await accept(withEntry(1, { seatPub, proof }))]).toEqual([name, "weak-key"])
    }
  })

  it("checks what changed in an entry it knows, and takes the unchanged rest as it is", async () => {
    const known = stage
    expect(await accept(stage, { known, invites: new Map() })).toBe("accepted")
    for (const changes of [
      { serial: 3 as SeatSerial, proof: bo.proof },
      { role: roles.moderator },
      { seatPub: p.random(32) },
      { inviteId: listeners.id },
      { proof: bo.proof },
    ])
      expect(await accept(withEntry(1, changes), { known })).not.toBe("accepted")
    // moved to another index: same person
    expect(await accept(withEntry(1, { index: 5 as SenderIndex }), { known })).toBe("accepted")
  })

  it("hashes to something else with anything else in it", () => {
    const hashes = [stage, stage.slice(1), withEntry(1, { index: 5 as SenderIndex }), withEntry(1, { role: 2 })]
    expect(new Set(hashes.map((roster) => toHex(rosterHash(p, roster)))).size).toBe(4)
  })

  it("is refused at every length but its own, and with values that nobody has", async () => {
    const bytes = encodeRoster(stage)
    const decoded = (input: Uint8Array) => codeOf(() => decodeRoster(input))
    expect(await decoded(bytes)).toBe("accepted")
    for (let length = 0; length < bytes.length; length++)
      expect(await decoded(bytes.slice(0, length))).toBe("malformed")
    expect(await decoded(concat(bytes, uint(0, 1)))).toBe("malformed")
    expect(await decoded(new Uint8Array(8193))).toBe("oversized")
    expect(await decoded(concat(uint(65, 2), new Uint8Array(65 * 118)))).toBe("malformed")
    expect(await decoded(concat(uint(64, 2), new Uint8Array(64 * 118)))).toBe("accepted")
    expect(await decoded(flip(bytes, 2, 0x40))).toBe("malformed") // index 64
    expect(await decoded(flip(bytes, 2 + 1 + 4 + 32, 0x08))).toBe("malformed") // role 12
  })
})
