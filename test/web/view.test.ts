import { expect, test } from "vitest"

import { toBase64Url, toHex, type Bytes } from "#crypto/base/bytes"
import { noIndex, type EpochMs, type InviteId, type SeatSerial, type SenderIndex } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { hostInviteId, inviteIdOf, inviteKind, type Invite } from "#crypto/link/invite"
import { policyKind } from "#crypto/link/policy"
import { createSpace } from "#crypto/member/start"
import type { HostInvite, HostKeys, MemberState } from "#crypto/member/types"
import { startChain, type Chain } from "#crypto/room/head"
import { roles, type Role } from "#crypto/room/roles"
import { counterStates, rosterOf, type Counter, type Row } from "#crypto/room/seats"
import { pseudonym } from "../../web/keys/names.ts"
import { roomView } from "../../web/keys/view.ts"

const now = Date.UTC(2026, 9, 1) as EpochMs
const hour = 3_600_000
const made = await createSpace(p, now, { title: "Reading circle", hostName: "Ana Ferrari", language: "it" })
const { space, hostPub } = made.state
const host = hostKeys(made.state)
const hostSeat = seedOf(made.state)

interface Made {
  readonly entry: HostInvite
  readonly id: InviteId
}
const group = await invite("Reading circle", { seats: 65_535, uses: 2, serial: 1 })
const marta = await invite("Marta", { seats: 1, uses: 0, serial: 2, role: roles.speaker })
const old = await invite("Old list", { seats: 65_535, uses: 0, serial: 3, notAfter: (now - hour) as EpochMs })
const listenerSeed = p.random(32)

const rows = [
  row(1, p.publicKey(hostSeat), hostInviteId, roles.host, 0),
  row(2, p.random(32), marta.id, roles.speaker, 1),
  row(4, p.publicKey(listenerSeed), group.id, roles.listener),
  row(3, p.random(32), group.id, roles.listener),
]

const chain: Chain = {
  ...startChain(space, hostPub, policyKind.decode(p, policyBytes(made.record.policy))),
  roster: rosterOf(rows),
  count: 4,
  codeHead: p.random(32) as Chain["codeHead"],
}

const seatedHost: MemberState = {
  ...made.state,
  phase: "seated",
  serial: 1 as SeatSerial,
  socket: "synced",
  hostOnline: true,
  chain,
  host: { ...host, invites: [group.entry, marta.entry, old.entry] },
  sending: { epoch: 3, step: 0, silence: undefined, switchTo: undefined },
  lead: made.state.lead && {
    ...made.state.lead,
    seats: seats({ inviteId: group.id, used: 2, state: counterStates.open }),
  },
}

const seatedListener: MemberState = {
  ...seatedHost,
  host: undefined,
  lead: undefined,
  seatSeed: listenerSeed,
  serial: 4 as SeatSerial,
  invite: inviteKind.decode(p, group.entry.bytes),
}

test("the host sees everybody, under the labels it gave", () => {
  const view = roomView(p, seatedHost, now)
  expect(view.stage.map(({ serial, index, role, label }) => ({ serial, index, role, label }))).toEqual([
    { serial: 1, index: 0, role: "host", label: undefined },
    { serial: 2, index: 1, role: "speaker", label: "Marta" },
  ])
  expect(view.audience.map(({ serial, label }) => ({ serial, label }))).toEqual([
    { serial: 3, label: "Reading circle" },
    { serial: 4, label: "Reading circle" },
  ])
  expect(view.me).toMatchObject({ serial: 1, name: "Ana Ferrari", isMe: true })
  expect(view).toMatchObject({ phase: "seated", count: 4, online: true, inviteRole: "host", sending: { kind: "live" } })
})

test("a listener sees the stage and itself, no label and no invite", () => {
  const view = roomView(p, seatedListener, now)
  expect(view.stage.map(({ serial }) => serial)).toEqual([1, 2])
  expect(view.stage.every(({ label, isMe }) => label === undefined && !isMe)).toBe(true)
  expect(view.audience).toEqual([])
  expect(view.invites).toEqual([])
  expect(view.me).toEqual({
    serial: 4,
    role: "listener",
    index: undefined,
    name: pseudonym(p, p.publicKey(listenerSeed)),
    label: undefined,
    isMe: true,
    may: [],
  })
  expect(view.sending).toEqual({ kind: "not-on-stage" })
})

test("everybody knows a seat by the same two words", () => {
  const seen = roomView(p, seatedHost, now).audience.find(({ serial }) => serial === 4)
  expect(seen?.name).toBe(roomView(p, seatedListener, now).me?.name)
  expect(seen?.name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/)
})

test("invites come newest first, with what became of them", () => {
  const { invites } = roomView(p, seatedHost, now)
  expect(invites).toMatchObject([
    { label: "Old list", state: "expired", live: 0 },
    { label: "Marta", state: "open", personal: true, role: "speaker", live: 1, used: 1 },
    { label: "Reading circle", state: "used-up", personal: false, used: 2, uses: 2, live: 2 },
  ])
})

test("an invite whose holder was removed is burnt, one that the policy names is revoked", () => {
  const lead = seatedHost.lead && {
    ...seatedHost.lead,
    seats: seats({ inviteId: group.id, used: 2, state: counterStates.burnt }),
  }
  const policy = { ...chain.policy, fields: { ...chain.policy.fields, revoked: [marta.id] } }
  const { invites } = roomView(p, { ...seatedHost, lead, chain: { ...chain, policy } }, now)
  expect(invites.map(({ state }) => state)).toEqual(["expired", "revoked", "burnt"])
})

test("who would lead on is named by rank: the host, then co-hosts, then speakers if the policy lets them", () => {
  const heirOf = (state: MemberState) => roomView(p, state, now).heir?.serial
  expect(heirOf(seatedListener)).toBe(1)
  expect(heirOf(seatedHost)).toBe(2)
  const fields = { ...chain.policy.fields, flags: 0 }
  const without = { ...chain, policy: { ...chain.policy, fields } }
  expect(heirOf({ ...seatedHost, chain: without })).toBeUndefined()
  const named = { ...chain, policy: { ...chain.policy, fields: { ...fields, deputies: [marta.id] } } }
  expect(heirOf({ ...seatedHost, chain: named })).toBe(2)
})

test("sealed silence is said, with its reason, and never called live", () => {
  const silence = { epoch: 3, step: 0, silence: "stale-head", switchTo: undefined } as const
  expect(roomView(p, { ...seatedHost, sending: silence }, now).sending).toEqual({
    kind: "silence",
    reason: "stale-head",
  })
  const keyless = { epoch: undefined, step: 0, silence: undefined, switchTo: undefined }
  expect(roomView(p, { ...seatedHost, sending: keyless }, now).sending).toEqual({ kind: "silence", reason: "no-key" })
})

test("the safety code is the same at every member", () => {
  const { safetyCode } = roomView(p, seatedHost, now)
  expect(safetyCode?.digits).toHaveLength(6)
  expect(roomView(p, seatedListener, now).safetyCode).toEqual(safetyCode)
})

test("no view holds a key, whoever looks", () => {
  const secrets = [host.hostSeed, host.cardKey, hostSeat, listenerSeed, group.entry.seed, marta.entry.seed]
  for (const state of [seatedHost, seatedListener]) {
    const text = JSON.stringify(roomView(p, state, now))
    for (const secret of secrets) {
      expect(text).not.toContain(toHex(secret))
      expect(text).not.toContain(toBase64Url(secret))
      expect(text).not.toContain(secret.join(","))
    }
  }
})

test("before anything is known, nothing is claimed", () => {
  const view = roomView(p, { ...seatedListener, phase: "opening", chain: undefined, socket: "offline" }, now)
  expect(view).toMatchObject({ phase: "opening", stage: [], count: 0, online: false, me: undefined, seq: 0 })
  expect(view.safetyCode).toBeUndefined()
})

async function invite(label: string, fields: Partial<Invite>): Promise<Made> {
  const seed = p.random(16)
  const signed = await inviteKind.sign(p, host.hostSeed, {
    space,
    invitePub: p.publicKey(p.random(32)),
    serial: 1,
    role: roles.listener,
    seats: 1,
    uses: 0,
    notBefore: (now - 2 * hour) as EpochMs,
    notAfter: (now + hour) as EpochMs,
    minPolicy: 1,
    cardWrap: p.random(48),
    ...fields,
  })
  const id = inviteIdOf(p, signed.fields.invitePub)
  return { id, entry: { id: toHex(id), seed, label, bytes: signed.bytes } }
}

function row(serial: number, seatPub: Bytes, inviteId: InviteId, role: Role, index: number = noIndex): Row {
  return { serial: serial as SeatSerial, seatPub, inviteId, proof: p.random(64), role, index: index as SenderIndex }
}

function seats(counter: Counter) {
  return {
    rows: new Map(rows.map((one) => [one.serial, one])),
    counters: new Map([[toHex(counter.inviteId), counter]]),
  }
}

function hostKeys(state: MemberState): HostKeys {
  if (state.host === undefined) throw new Error("The host has no keys.")
  return state.host
}

function seedOf(state: MemberState): Bytes {
  if (state.seatSeed === undefined) throw new Error("The host has no seat key.")
  return state.seatSeed
}

function policyBytes(bytes: Bytes | undefined): Bytes {
  if (bytes === undefined) throw new Error("The space has no policy.")
  return bytes
}
