import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { fromHex, toHex, type Bytes } from "#crypto/base/bytes"
import { noIndex, type InviteId, type SeatSerial, type Step } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { memberStatement } from "#crypto/link/invite"
import { inviteSecrets } from "#crypto/link/invite-secrets"
import { commit, ratchet } from "#crypto/media/key-schedule"
import { step } from "#crypto/member/member"
import type { MemberState } from "#crypto/member/types"
import { viewOf } from "#crypto/room/head"
import { roles } from "#crypto/room/roles"
import { applySeatChanges, counterStates, seatsHash } from "#crypto/room/seats"
import { answerKind, answers } from "#crypto/seat/answer"
import { seatRequestKind, type SignedSeatRequest } from "#crypto/seat/seat-request"
import { stepKind } from "#crypto/seat/step"
import type { ServiceMessage } from "#crypto/wire/wire"
import { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"

/** Turns of a deputy's machine that no clock drives: the crowd that asks, and the leader's word, are made with their keys. */
describe("a deputy that traces rows", { timeout: 60_000 }, () => {
  let house: Household
  let host: Person
  let deputy: MemberState
  let kemPub: Bytes
  let invite: { readonly id: InviteId; readonly bytes: Bytes; readonly keySeed: Bytes }
  beforeEach(async () => {
    house = await Household.open()
    host = await house.host()
    const { link } = await house.invite(host, { role: "cohost", personal: true })
    const dora = await house.join("dora", link)
    await dora.until(({ lead, secret, chain }) => lead?.seats !== undefined && secret?.step === chain?.step)
    const { link: group, invite: id } = await house.invite(host)
    const { bytes } = host.state.host?.invites.find((each) => each.id === id) ?? raise()
    const { keySeed } = inviteSecrets(p, { space: group.space, seed: group.seed })
    invite = { id: fromHex(id) as InviteId, bytes, keySeed }
    kemPub = (await p.kemKeyPair()).publicKey
    deputy = dora.state
  })
  afterEach(() => house.close())

  const asks = async (): Promise<SignedSeatRequest> => {
    const { space, chain } = deputy
    const seatSeed = p.random(32)
    const seatPub = p.publicKey(seatSeed)
    const proof = await p.sign(invite.keySeed, memberStatement(space, seatPub))
    const head = chain?.head?.id ?? raise()
    return seatRequestKind.sign(p, seatSeed, {
      space,
      head,
      inviteId: invite.id,
      seatPub,
      kemPub,
      n: 0,
      flags: 0,
      proof,
    })
  }
  const hears = async (message: ServiceMessage): Promise<void> => {
    const turn = await step(deputy, { kind: "message", message }, { p, now: house.now, monotonic: 0 })
    expect(turn.out.filter(({ kind }) => kind === "refused")).toEqual([])
    deputy = turn.state
  }
  const isShown = ({ bytes }: SignedSeatRequest): Promise<void> =>
    hears({ TAG: "request", data: { request: bytes, invite: [invite.bytes] } })
  const hearsPending = async ({ id }: SignedSeatRequest): Promise<void> => {
    const word = { space: deputy.space, request: id, reason: answers.pending }
    const { bytes } = await answerKind.sign(p, host.state.seatSeed ?? raise(), word)
    await hears({ TAG: "answer", data: { answer: bytes } })
  }
  /** A Step of the leader, with the row of one that asked. */
  const hearsAdmitted = async ({ id, fields }: SignedSeatRequest): Promise<void> => {
    const { chain, secret, lead } = deputy
    const before = lead?.seats ?? raise()
    const head = chain?.head ?? raise()
    const next = ((chain?.step ?? 0) + 1) as Step
    const { seatPub, inviteId, proof } = fields
    const row = { serial: 77 as SeatSerial, seatPub, inviteId, proof, role: roles.listener, index: noIndex }
    const counters = [{ inviteId, used: 1, state: counterStates.open }]
    const changes = { upserted: [row], removed: [], counters }
    const after = applySeatChanges(before, changes)
    const { epoch } = head.fields
    const { space } = deputy
    const receipt = await stepKind.sign(p, host.state.seatSeed ?? raise(), {
      space,
      head: head.id,
      epoch,
      step: next,
      count: after.rows.size,
      seats: seatsHash(p, after.rows.values(), after.counters.values()),
      commit: commit(p, space, epoch, next, ratchet(p, secret?.secret ?? raise(), viewOf(head), next)),
    })
    await hears({ TAG: "changes", data: { of: receipt.id, changes, invites: [], answered: [id] } })
    await hears({ TAG: "step", data: { step: receipt.bytes } })
    expect(deputy.lead?.seats?.rows.has(row.serial)).toBe(true)
  }

  it("knows the knock that was let in while one more came than may wait", async () => {
    const crowd = []
    for (let i = 0; i < 65; i++) crowd.push(await asks())
    for (const request of crowd) await isShown(request)
    for (const request of crowd) await hearsPending(request)
    await hearsAdmitted(crowd[0] ?? raise())
    expect(deputy.alarms).toEqual([])
    expect(deputy.lead?.knocking).toHaveLength(64)
  })

  it("knows who asked when it kept no more requests, and who did not", async () => {
    await isShown(await asks())
    const { lead } = deputy
    const [one] = lead?.waiting ?? []
    if (lead === undefined || one === undefined) raise()
    deputy = { ...deputy, lead: { ...lead, waiting: Array.from({ length: 2048 }, () => one) } }
    const late = await asks()
    await isShown(late)
    expect(deputy.lead?.waiting).toHaveLength(2048)
    const full = deputy
    await hearsAdmitted(late)
    expect([deputy.alarms, deputy.lead?.dropped]).toEqual([[], []])
    deputy = full
    await hearsAdmitted(await asks())
    expect(deputy.alarms.map(({ kind }) => kind)).toEqual(["admitted-without-invite"])
    expect(full.lead?.dropped).toEqual([toHex(late.fields.seatPub)])
  })
})

function raise(): never {
  throw new Error("The room is not as it should be.")
}
