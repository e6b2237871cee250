import type { Bytes } from "../base/bytes.ts"
import type { EpochMs, SeatSerial, SpaceId } from "../base/ids.ts"
import type { Primitives } from "../base/primitives.ts"
import { sealCard } from "../link/card.ts"
import type { Link } from "../link/link.ts"
import {
  noObject,
  policyFlags,
  policyKind,
  policyLifetimeMs,
  spaceKinds,
  type Policy,
  type SpaceKindName,
} from "../link/policy.ts"
import { headKind } from "../room/head.ts"
import { createCodec } from "../wire/wire.ts"
import { noConversation } from "./conversation.ts"
import { noPending } from "./pending.ts"
import type { LeadRecord, Leading } from "./leadership.ts"
import type { MemberState, VaultRecord } from "./types.ts"

/** What a space is unless its host says otherwise. */
const defaults = {
  seats: 10_000,
  stage: 64,
  onAir: 16,
  cell: 120,
  ptime: 20,
  deputies: [],
  knock: [],
  revoked: [],
  minInvite: 0,
} satisfies Partial<Policy>

/** Serial of the host's own row. */
export const hostSerial = 1 as SeatSerial

/**
 * Makes a space: all keys in this process, the body of `POST /api/spaces`, and the host's member to run once the service
 * has taken it.
 */
export async function createSpace(
  p: Primitives,
  now: EpochMs,
  wish: {
    readonly title: string
    readonly hostName: string
    readonly language: string
    readonly kind?: SpaceKindName
  },
): Promise<{ readonly body: Bytes; readonly record: VaultRecord; readonly state: MemberState }> {
  const space = p.random(16) as SpaceId
  const hostSeed = p.random(32)
  const hostPub = p.publicKey(hostSeed)
  const cardKey = p.random(32)
  const { kind = "invited", ...card } = wish
  const policy = await policyKind.sign(p, hostSeed, {
    ...defaults,
    kind: spaceKinds[kind],
    // A kick turns a group's invite to knocking, unless everybody is let in anyway; the room outlives its host, unless a
    // human of the host's choice must let everybody in.
    flags:
      policyFlags.listenerChat |
      (kind === "open" ? 0 : policyFlags.knockAfterKick) |
      (kind === "sealed" ? 0 : policyFlags.succession),
    space,
    serial: 1,
    prev: noObject,
    notAfter: (now + policyLifetimeMs) as EpochMs,
  })
  const sealedCard = await sealCard(p, hostSeed, cardKey, { space, ...card, links: [] })
  const record: VaultRecord = {
    space,
    hostPub,
    card: { space, ...card, links: [] },
    inviteSeed: undefined,
    seatSeed: p.random(32),
    serial: undefined,
    n: 0,
    name: undefined,
    policy: policy.bytes,
    head: undefined,
    host: { hostSeed, cardKey, nextInviteSerial: 1, invites: [] },
    lead: undefined,
  }
  const body = createCodec.encode({ hostPub, policy: policy.bytes, card: sealedCard, invites: [] })
  return { body, record, state: startFromRecord(p, record) }
}

/** A member who has a link and nothing else. */
export function startFromLink(link: Link): MemberState {
  return { ...blank, space: link.space, hostPub: link.hostPub, inviteSeed: link.seed }
}

/** A member who was here before: the same seat, no media counters. */
export function startFromRecord(p: Primitives, record: VaultRecord): MemberState {
  const head = record.head && headKind.decode(p, record.head)
  return {
    ...blank,
    space: record.space,
    hostPub: record.hostPub,
    host: record.host,
    card: record.card,
    inviteSeed: record.inviteSeed,
    seatSeed: record.seatSeed,
    serial: record.serial,
    n: record.n,
    conversation: { ...noConversation, own: { ...noConversation.own, name: record.name } },
    wantsIn: record.host !== undefined || record.serial !== undefined,
    noCounters: true,
    floor:
      head && record.policy
        ? { seq: head.fields.seq, head: head.id, bytes: head.bytes, policy: record.policy }
        : undefined,
    lead: record.host !== undefined || record.lead !== undefined ? newLeading(record.lead) : undefined,
  }
}

const blank: Omit<MemberState, "space" | "hostPub"> = {
  phase: "opening",
  problem: undefined,
  host: undefined,
  inviteSeed: undefined,
  invite: undefined,
  card: undefined,
  seatSeed: undefined,
  n: 0,
  serial: undefined,
  wantsIn: false,
  noCounters: false,
  chain: undefined,
  floor: undefined,
  socket: "offline",
  nonce: undefined,
  nextRef: 1,
  asked: new Map(),
  hostOnline: false,
  request: undefined,
  answered: undefined,
  knocking: false,
  heldSeat: undefined,
  seated: undefined,
  secret: undefined,
  renewWrapAt: undefined,
  headAt: undefined,
  epochAt: undefined,
  signerSince: undefined,
  epochLeader: undefined,
  heads: [],
  clocks: [],
  wallOffset: undefined,
  wokeAt: undefined,
  noticed: undefined,
  noticedPolicy: undefined,
  strangeHeads: new Map(),
  retiring: [],
  sending: { epoch: undefined, step: 0, silence: "no-key", switchTo: undefined },
  lead: undefined,
  conversation: noConversation,
  alarms: [],
  shownHeads: [],
  proofs: [],
}

/** The leading half as it starts: from what the vault kept, or from nothing. */
export function newLeading(record: LeadRecord | undefined): Leading {
  return {
    nextSerial: record?.nextSerial ?? hostSerial + 1,
    seats: undefined,
    rowsAskedAt: -Infinity,
    invites: new Map(),
    announced: new Map(),
    standing: false,
    acted: false,
    retakeAt: undefined,
    retakeMs: firstRetakeMs,
    wanted: record?.pending.urgent === true,
    goodbye: undefined,
    urgentSince: undefined,
    heardAt: -Infinity,
    gatheringRows: [],
    gatheringCounters: [],
    keks: new Map(record?.keks.map(({ serial, key, epoch }) => [serial, { key, epoch }])),
    secret: record?.secret,
    waiting: [],
    knocking: [],
    dropped: [],
    shown: new Map(),
    recentHeads: [],
    seen: new Map(),
    inflight: record?.unechoed && { ...record.unechoed, restored: true },
    unnoticedSince: undefined,
    pending: record?.pending ?? noPending,
    lastHeadAt: -Infinity,
    lastRotationAt: -Infinity,
    lastBatchAt: -Infinity,
    wraps: undefined,
    renewals: new Map(),
  }
}

/** Whoever outranks the leader leads again after this long; each time it loses the lead again it waits twice as long. */
const firstRetakeMs = 30_000
