import { beforeEach, describe, expect, it } from "vitest"

import type { SenderIndex } from "#crypto/base/ids"
import { policyFlags } from "#crypto/link/policy"
import { acceptHead, reasons, signerOf } from "#crypto/room/head"
import { enderKey, leaderRank, standbys } from "#crypto/room/leaders"
import { roles } from "#crypto/room/roles"
import { History, type HeadWish } from "../support/history.ts"
import { codeOf, RoomKit, type KitInvite, type KitPerson } from "../support/room-kit.ts"

const at = (index: number): SenderIndex => index as SenderIndex

describe("who may lead", () => {
  let kit: RoomKit
  let history: History
  let invites: readonly KitInvite[]
  let people: readonly KitPerson[]

  /** The host at 0, two deputies at 1 and 2, two speakers at 3 and 4; the policy names the deputies in reverse order. */
  beforeEach(async () => {
    kit = new RoomKit("leaders")
    const [first, second, speakers] = [
      await kit.invite({ role: roles.cohost, seats: 1 }),
      await kit.invite({ role: roles.cohost, seats: 1 }),
      await kit.invite({ role: roles.speaker }),
    ]
    invites = [first, second, speakers]
    const policy = await kit.policy({ deputies: [second.id, first.id], flags: policyFlags.succession })
    history = await History.open(kit, policy)
    people = [await kit.person(first), await kit.person(second), await kit.person(speakers), await kit.person(speakers)]
    const roleOf = [roles.cohost, roles.cohost, roles.speaker, roles.speaker] as const
    const rows = people.map((person, i) => kit.row(person, i + 2, i + 1, roleOf[i] ?? roles.speaker))
    const roster = people.map((person, i) => kit.entry(person, i + 2, i + 1, roleOf[i] ?? roles.speaker))
    await history.next({
      newEpoch: true,
      rows: [...history.rows, ...rows],
      roster: [...history.roster, ...roster],
      counters: invites.map((invite) => kit.counter(invite, 1)),
      invites: invites.map(({ signed }) => signed.bytes),
    })
  })

  const codeOfNext = async (wish: HeadWish) =>
    codeOf(async () => acceptHead(kit.p, history.chain, (await history.make(wish)).bundle))
  const seed = (index: number) => people[index - 1]?.seatSeed ?? new Uint8Array(32)
  const takeover = (index: number, fields: HeadWish["fields"] = {}, wish: HeadWish = {}): HeadWish => ({
    newEpoch: false,
    signer: seed(index),
    ...wish,
    fields: { signer: at(index), reason: reasons.takeover, ...fields },
  })

  it("is ranked: the host, the deputies as the policy lists them, then the speakers in their order", () => {
    const { policy, roster } = history.chain
    const ranks = [0, 1, 2, 3, 4, 5].map((index) => leaderRank(policy.fields, roster, at(index)))
    expect(ranks).toEqual([0, 2, 1, 4, 5, undefined])
    const alone = { ...policy.fields, flags: 0 }
    expect([3, 4].map((index) => leaderRank(alone, roster, at(index)))).toEqual([undefined, undefined])
    expect(standbys(policy.fields, roster).map(({ rank }) => rank)).toEqual([0, 1, 2])
    expect([1, 3, 0xff].map((index) => enderKey(history.chain, at(index)) !== undefined)).toEqual([true, false, false])
  })

  it.each([1, 2, 3, 4])(
    "the one at place %i may take over, in the same epoch with nothing else changed",
    async (index) => {
      const bundle = await history.next(takeover(index))
      expect(bundle.roster).toBeUndefined()
      expect(signerOf(history.chain)?.index).toBe(index)
      // and leads on from there
      expect(await codeOfNext({ newEpoch: true, signer: seed(index), fields: { signer: at(index) } })).toBe("accepted")
    },
  )

  it("the host retakes, in the same epoch or in a new one", async () => {
    await history.next(takeover(1))
    const host = { fields: { reason: reasons.takeover } }
    expect(await codeOfNext({ newEpoch: false, ...host })).toBe("accepted")
    expect(await codeOfNext({ newEpoch: true, ...host })).toBe("accepted")
  })

  it("nobody takes over into a new epoch but the host, who may have nobody to get the secret from", async () => {
    expect(await codeOfNext(takeover(1, {}, { newEpoch: true }))).toBe("bad-head")
  })

  it("another signer says that it takes over, and the same one never does", async () => {
    expect(await codeOfNext(takeover(1, { reason: reasons.beat }))).toBe("bad-head")
    expect(await codeOfNext({ newEpoch: false, fields: { reason: reasons.takeover } })).toBe("bad-head")
  })

  it("nobody signs for another one's place, nor as a deputy that the policy does not name any more", async () => {
    expect(await codeOfNext(takeover(1, {}, { signer: seed(2) }))).toBe("bad-signature")
    const fewer = await kit.policy({ serial: 2, prev: history.chain.policy.id, deputies: [], flags: 0 })
    await history.next({ newEpoch: true, policy: fewer })
    for (const index of [1, 2, 3]) expect(await codeOfNext(takeover(index))).toBe("not-a-leader")
  })

  it("nobody walks in with a Head of its own that seats it", async () => {
    const eve = await kit.person(invites[2])
    const roster = [...history.roster, kit.entry(eve, 9, 5, roles.speaker)]
    const rows = [...history.rows, kit.row(eve, 9, 5, roles.speaker)]
    const fields = { signer: at(5), reason: reasons.takeover }
    for (const newEpoch of [true, false])
      expect(["not-a-leader", "bad-head"]).toContain(
        await codeOfNext({ newEpoch, roster, rows, signer: eve.seatSeed, fields }),
      )
  })

  it.each([
    ["the host", 0],
    ["a deputy that outranks it", 2],
  ])("a deputy that leads cannot oust %s, from the stage or by rank", async (_whom, index) => {
    await history.next(takeover(1))
    const without = { signer: seed(1), fields: { signer: at(1) }, newEpoch: true } as const
    const roster = history.roster.filter((entry) => entry.index !== index)
    const rows = history.rows.filter((row) => row.index !== index)
    expect(["bad-head", "bad-roster"]).toContain(await codeOfNext({ ...without, roster, rows }))
    const lower = history.roster.map((entry) => (entry.index === index ? { ...entry, role: roles.speaker } : entry))
    expect(["bad-head", "bad-roster"]).toContain(await codeOfNext({ ...without, roster: lower }))
    expect(await codeOfNext(without)).toBe("accepted")
  })

  it("a deputy that leads removes whom it outranks, and the host anybody", async () => {
    await history.next(takeover(2))
    const gone = history.roster.filter((entry) => entry.index !== 1)
    const rows = history.rows.filter((row) => row.index !== 1)
    expect(await codeOfNext({ newEpoch: true, signer: seed(2), fields: { signer: at(2) }, roster: gone, rows })).toBe(
      "accepted",
    )
  })

  it("a leader stays on its own stage: nobody else can stand at the place that signed", async () => {
    await history.next(takeover(1))
    const roster = history.roster.filter((entry) => entry.index !== 1)
    const rows = history.rows.filter((row) => row.index !== 1)
    expect(await codeOfNext({ newEpoch: true, signer: seed(1), fields: { signer: at(1) }, roster, rows })).toBe(
      "not-a-leader",
    )
  })
})
