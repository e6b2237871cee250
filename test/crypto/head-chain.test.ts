import { beforeEach, describe, expect, it } from "vitest"

import { toHex } from "#crypto/base/bytes"
import { noIndex, type Epoch, type ObjectId, type SenderIndex, type Step } from "#crypto/base/ids"
import { noObject } from "#crypto/link/policy"
import {
  acceptHead,
  codePeriod,
  reasons,
  startChain,
  viewOf,
  type Chain,
  type Head,
  type HeadBundle,
} from "#crypto/room/head"
import { roles } from "#crypto/room/roles"
import { encodeRoster, type Roster } from "#crypto/room/roster"
import { codeOf, flip, RoomKit, type KitInvite } from "../support/room-kit.ts"
import { History, type HeadWish } from "../support/history.ts"

describe("the chain of Heads", () => {
  let history: History
  let kit: RoomKit
  let speakers: KitInvite

  /** A room with the host, a speaker and a listener, two epochs old. */
  beforeEach(async () => {
    kit = new RoomKit("chains")
    history = await History.open(kit)
    speakers = await kit.invite()
    const [ada, bo] = [await kit.person(speakers), await kit.person(speakers)]
    const rows = [...history.rows, kit.row(ada, 2, 1, roles.speaker), kit.row(bo, 3)]
    const roster = [...history.roster, kit.entry(ada, 2, 1, roles.speaker)]
    const counters = [kit.counter(speakers, 2)]
    await history.next({ newEpoch: true, rows, roster, counters, invites: [speakers.signed.bytes] })
  })

  const codeFor = (bundle: HeadBundle, chain: Chain = history.chain) => codeOf(() => acceptHead(kit.p, chain, bundle))
  const codeOfNext = async (wish: HeadWish = {}) => codeFor((await history.make(wish)).bundle)
  const fieldsOf = (chain: Chain): Head => {
    if (chain.head === undefined) throw new Error("There is no Head.")
    return chain.head.fields
  }

  it("moves by the Heads a host makes: beats, rotations, another stage, another policy", async () => {
    const start = fieldsOf(history.chain)
    await history.next()
    expect(fieldsOf(history.chain)).toMatchObject({ seq: start.seq + 1, epoch: start.epoch })
    await history.next({ newEpoch: true })
    const policy = await kit.policy({ serial: 2, prev: history.chain.policy.id })
    await history.next({ newEpoch: true, policy, roster: history.roster.slice(0, 1), rows: history.rows.slice(0, 1) })
    expect(fieldsOf(history.chain)).toMatchObject({ seq: start.seq + 3, epoch: start.epoch + 2, count: 1 })
    expect(history.chain.policy.fields.serial).toBe(2)
    expect(history.chain.roster).toHaveLength(1)
  })

  it("is the same object after a refusal and after a Head it already has, and is never written to", async () => {
    const before = JSON.stringify(history.chain, replaceMaps)
    const { bundle } = await history.make()
    const refused = await acceptHead(kit.p, history.chain, { ...bundle, head: flip(bundle.head, 100) }).catch(
      () => history.chain,
    )
    expect(refused).toBe(history.chain)
    const moved = await acceptHead(kit.p, history.chain, bundle)
    expect(moved).not.toBe(history.chain)
    expect(JSON.stringify(history.chain, replaceMaps)).toBe(before)
    expect(await acceptHead(kit.p, moved, bundle)).toBe(moved)
  })

  it("refuses a Head with any one bit of it changed", async () => {
    const { bundle } = await history.make({ newEpoch: true, whole: true, invites: [speakers.signed.bytes] })
    expect(await codeFor(bundle)).toBe("accepted")
    for (let at = 0; at < bundle.head.length; at++) {
      const head = flip(bundle.head, at, 1 << (at % 8))
      expect([at, await codeFor({ ...bundle, head })]).not.toEqual([at, "accepted"])
    }
  })

  // Each changes one thing in a Head that is accepted without the change.
  const sameEpoch: readonly [string, Partial<Head>, string][] = [
    ["of another space", { space: new Uint8Array(16) as Head["space"] }, "wrong-space"],
    ["that skips one", { seq: 3 }, "gap"],
    ["that skips two", { seq: 4 }, "gap"],
    ["with the newest one's place", { seq: 1 }, "stale-head"],
    ["with an older one's place", { seq: 0 }, "stale-head"],
    ["that follows another history", { prev: new Uint8Array(32).fill(9) as ObjectId }, "fork"],
    ["that follows nothing", { prev: noObject }, "fork"],
    ["of an older epoch", { epoch: 1 as Epoch }, "bad-head"],
    ["two epochs on", { epoch: 4 as Epoch }, "bad-head"],
    ["that claims to open the epoch it is in", { epochHead: noObject }, "bad-head"],
    ["with another view", { epochHead: new Uint8Array(32).fill(9) as ObjectId }, "bad-head"],
    ["with a new epoch's number and the old view", { epoch: 3 as Epoch }, "bad-head"],
    ["with another stage in the same epoch", { roster: new Uint8Array(32).fill(9) as ObjectId }, "missing-roster"],
    ["with another policy nobody showed", { policy: new Uint8Array(32).fill(9) as ObjectId }, "missing-policy"],
    ["with a seat fewer in the same epoch", { count: 2 }, "bad-head"],
    ["with a seat more and no step", { count: 4 }, "bad-head"],
    ["with other seats and no step", { seats: new Uint8Array(32).fill(9) as ObjectId }, "bad-head"],
    ["with another secret at the same step", { commit: new Uint8Array(32) }, "bad-head"],
    ["of a deputy", { signer: 1 as SenderIndex }, "not-a-leader"],
    ["of a place nobody has", { signer: 2 as SenderIndex }, "not-a-leader"],
    ["of the audience", { signer: noIndex }, "not-a-leader"],
    ["that takes over", { reason: reasons.takeover }, "bad-head"],
  ]
  it.each(sameEpoch)("refuses a Head %s", async (_what, fields, code) => {
    const before = history.chain
    expect(await codeOfNext({ newEpoch: false })).toBe("accepted")
    expect(await codeOfNext({ newEpoch: false, fields })).toBe(code)
    expect(history.chain).toBe(before)
  })

  it("refuses a new epoch that does not start at step 0, or names another view", async () => {
    expect(await codeOfNext({ newEpoch: true })).toBe("accepted")
    expect(await codeOfNext({ newEpoch: true, fields: { step: 1 as Step } })).toBe("bad-head")
    const head = history.chain.head
    expect(head).toBeDefined()
    if (head !== undefined)
      expect(await codeOfNext({ newEpoch: true, fields: { epochHead: viewOf(head) } })).toBe("bad-head")
  })

  it("lets no step fall, and takes one that rose while nobody looked", async () => {
    await history.nextStep()
    await history.nextStep()
    expect(await codeOfNext()).toBe("accepted")
    expect(await codeOfNext({ fields: { step: 1 as Step } })).toBe("bad-head")
    const later = { step: 5 as Step, count: 9, seats: new Uint8Array(32) as ObjectId, commit: new Uint8Array(32) }
    expect(await codeOfNext({ fields: later })).toBe("accepted")
  })

  it("keeps stage and policy through an epoch, even if both are shown", async () => {
    const roster = history.roster.slice(0, 1)
    expect(await codeOfNext({ newEpoch: false, roster })).toBe("bad-head")
    expect(await codeOfNext({ newEpoch: true, roster })).toBe("accepted")
    const policy = await kit.policy({ serial: 2, prev: history.chain.policy.id })
    expect(await codeOfNext({ newEpoch: false, policy })).toBe("bad-head")
    expect(await codeOfNext({ newEpoch: true, policy })).toBe("accepted")
  })

  it("goes back to no policy that was replaced", async () => {
    const old = history.chain.policy
    await history.next({ newEpoch: true, policy: await kit.policy({ serial: 2, prev: old.id }) })
    expect(await codeOfNext({ newEpoch: true, policy: old })).toBe("stale-policy")
    expect(await codeOfNext({ newEpoch: true, policy: await kit.policy({ serial: 2, cell: 200 }) })).toBe(
      "stale-policy",
    )
  })

  it("takes no other policy or stage than the one the Head names", async () => {
    const policy = await kit.policy({ serial: 2, prev: history.chain.policy.id })
    const other = await kit.policy({ serial: 3 })
    const { bundle } = await history.make({ newEpoch: true, policy, whole: true })
    expect(await codeFor({ ...bundle, policy: other.bytes })).toBe("missing-policy")
    expect(await codeFor({ ...bundle, policy: undefined })).toBe("missing-policy")
    const staged = (await history.make({ newEpoch: true, roster: history.roster.slice(0, 1) })).bundle
    expect(await codeFor(staged)).toBe("accepted")
    expect(await codeFor({ ...staged, roster: encodeRoster(history.roster) })).toBe("bad-roster")
    expect(await codeFor({ ...staged, roster: undefined })).toBe("missing-roster")
    expect(await codeFor({ ...staged, roster: new Uint8Array(3) })).toBe("malformed")
  })

  it("is moved by the host alone: its seat key, in its own entry, admitted by the host key", async () => {
    const other = new RoomKit("another host")
    const [ada] = [await kit.person(speakers)]
    expect(await codeOfNext({ signer: other.hostSeed })).toBe("bad-signature")
    expect(await codeOfNext({ signer: kit.hostSeed })).toBe("bad-signature")
    expect(await codeOfNext({ signer: ada.seatSeed })).toBe("bad-signature")
    const impostor = await other.person()
    const roster: Roster = [kit.entry(impostor, 1, 0, roles.host)]
    expect(await codeOfNext({ newEpoch: true, roster, signer: impostor.seatSeed })).toBe("bad-proof")
    expect(await codeOfNext({ newEpoch: true, roster: [] })).toBe("bad-roster")
  })

  it("knows one host at a time", async () => {
    const second = await kit.person()
    const roster = [...history.roster, kit.entry(second, 9, 5, roles.host)]
    expect(await codeOfNext({ newEpoch: true, roster })).toBe("bad-roster")
    const moved = [kit.entry(second, 9, 5, roles.host)]
    expect(
      await codeOfNext({
        newEpoch: true,
        roster: moved,
        signer: second.seatSeed,
        fields: { signer: 5 as SenderIndex },
      }),
    ).toBe("bad-head")
  })

  it("takes only invites of the host's, for this space", async () => {
    const forged = await kit.invite({}, kit.p.random(32))
    const foreign = await kit.invite({ space: kit.p.random(16) as Head["space"] })
    expect(await codeOfNext({ invites: [forged.signed.bytes] })).toBe("bad-signature")
    expect(await codeOfNext({ invites: [foreign.signed.bytes] })).toBe("wrong-space")
    expect(await codeOfNext({ invites: [new Uint8Array(1)] })).toBe("malformed")
  })

  it("refuses a Head of its own past", async () => {
    const old = await history.next()
    await history.next()
    await history.next({ newEpoch: true })
    expect(await codeFor(old)).toBe("stale-head")
  })

  describe("for a joiner", () => {
    const joiner = () => startChain(kit.space, kit.hostPub, history.chain.policy)
    const whole = async (wish: HeadWish = {}) =>
      (await history.make({ whole: true, invites: [speakers.signed.bytes], ...wish })).bundle

    it("starts anywhere with a Head that comes whole", async () => {
      await history.next()
      const bundle = await whole()
      expect(await codeFor(bundle, joiner())).toBe("accepted")
      const chain = await acceptHead(kit.p, joiner(), bundle)
      const followed = await acceptHead(kit.p, history.chain, bundle)
      expect({ ...chain, codeHead: undefined }).toEqual({ ...followed, codeHead: undefined })
      expect(await codeFor({ ...bundle, roster: undefined }, joiner())).toBe("missing-roster")
      expect(await codeFor({ ...bundle, invites: [] }, joiner())).toBe("missing-invite")
    })

    it("starts with no Head that the chain itself could not have begun with", async () => {
      const first = { seq: 0, prev: noObject, epoch: 1 as Epoch, epochHead: noObject, step: 0 as Step }
      const code = async (fields: Partial<Head>) => codeFor(await whole({ fields: { ...first, ...fields } }), joiner())
      expect(await code({})).toBe("accepted")
      expect(await code({ prev: new Uint8Array(32).fill(1) as ObjectId })).toBe("bad-head")
      expect(await code({ epochHead: new Uint8Array(32).fill(1) as ObjectId })).toBe("bad-head")
      expect(await code({ epoch: 0 as Epoch })).toBe("bad-head")
      expect(await code({ epoch: 2 as Epoch })).toBe("bad-head")
      expect(await code({ step: 1 as Step })).toBe("bad-head")
      expect(await code({ seq: 9, epoch: 0 as Epoch })).toBe("bad-head")
      expect(await code({ seq: 9, step: 1 as Step })).toBe("bad-head")
    })

    it("starts with no policy older than the one it knows", async () => {
      const newer = await kit.policy({ serial: 7 })
      expect(await codeFor(await whole(), startChain(kit.space, kit.hostPub, newer))).toBe("stale-policy")
    })
  })

  it("shows the safety code the newest Head whose number is a multiple of eight", async () => {
    while ((fieldsOf(history.chain).seq + 1) % codePeriod !== 0) await history.next()
    const before = history.chain.codeHead
    await history.next()
    const id = history.chain.head?.id
    expect(history.chain.codeHead).toEqual(id)
    expect(before && toHex(before)).not.toBe(id && toHex(id))
    await history.next()
    expect(history.chain.codeHead).toEqual(id)
  })
})

function replaceMaps(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...(value as Map<unknown, unknown>)] : value
}
