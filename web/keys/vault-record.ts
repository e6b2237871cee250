import type { Bytes } from "#crypto/base/bytes"
import {
  blob,
  codec,
  fixed,
  flag,
  list,
  maybe,
  objectId,
  oneOf,
  serial,
  spaceId,
  struct,
  text,
  u32,
  u8,
  upTo,
} from "#crypto/base/codec"
import { ProtocolError } from "#crypto/base/errors"
import type { Primitives } from "#crypto/base/primitives"
import { policyKind } from "#crypto/link/policy"
import type { HeadPost, LeadRecord, PendingChanges } from "#crypto/member/leadership"
import type { VaultRecord } from "#crypto/member/types"
import { maxNameLength } from "#crypto/message/content"
import { reasons } from "#crypto/room/head"
import { seatChangesCoder } from "#crypto/room/seats"

// How a record looks inside its seal: binary, whole or not at all. A new layout gets a new version number.

const secret = struct({ epoch: u32, step: upTo(u8, 63), secret: fixed(32) })
const object = blob(9000)
const pending = struct({
  urgent: flag,
  rotate: flag,
  remove: list(serial, 0xffff),
  burn: list(text(64), 0xffff),
  promote: list(serial, 0xffff),
  demote: list(serial, 0xffff),
  policy: maybe(object),
  since: flag,
})
const post = struct({
  id: objectId,
  head: object,
  policy: maybe(object),
  roster: maybe(object),
  invites: list(object, 64),
  changes: seatChangesCoder,
  secret,
  reason: oneOf(Object.values(reasons)),
  made: pending,
})
const hostInvite = struct({ id: text(64), seed: fixed(16), label: text(1000), bytes: blob(512) })
const card = struct({
  space: spaceId,
  title: text(300),
  hostName: text(200),
  language: text(35),
  links: list(text(500), 4),
})
const host = struct({
  hostSeed: fixed(32),
  cardKey: fixed(32),
  nextInviteSerial: u32,
  invites: list(hostInvite, 0xffff),
})
const lead = struct({
  nextSerial: u32,
  secret: maybe(secret),
  keks: list(struct({ serial, key: fixed(32), epoch: u32 }), 0xffff),
  unechoed: maybe(post),
  pending,
})
const recordCodec = codec(
  "vault record",
  struct({
    version: oneOf([3]),
    space: spaceId,
    hostPub: fixed(32),
    card: maybe(card),
    inviteSeed: maybe(fixed(16)),
    seatSeed: maybe(fixed(32)),
    serial: maybe(serial),
    n: u32,
    name: maybe(text(4 * maxNameLength)),
    policy: maybe(object),
    head: maybe(object),
    host: maybe(host),
    lead: maybe(lead),
  }),
  33_554_432,
)

/** A record as bytes. They hold secrets: seal them, then wipe them. @throws CodecError */
export function encodeRecord(record: VaultRecord): Bytes {
  return recordCodec.encode({
    ...record,
    version: 3,
    card: optional(record.card),
    inviteSeed: optional(record.inviteSeed),
    seatSeed: optional(record.seatSeed),
    serial: optional(record.serial),
    name: optional(record.name),
    policy: optional(record.policy),
    head: optional(record.head),
    host: optional(record.host),
    lead: optional(record.lead).map((kept) => ({
      ...kept,
      secret: optional(kept.secret),
      pending: changes(kept.pending),
      unechoed: optional(kept.unechoed).map(({ bundle, made, ...rest }) => ({
        ...rest,
        made: changes(made),
        head: bundle.head,
        policy: optional(bundle.policy),
        roster: optional(bundle.roster),
        invites: bundle.invites,
      })),
    })),
  })
}

function changes(kept: PendingChanges) {
  return { ...kept, policy: optional(kept.policy?.bytes), since: kept.since !== undefined }
}

/** The inverse of {@link encodeRecord}; undefined if the bytes are anything else: a damaged record is no record. */
export function decodeRecord(p: Primitives, bytes: Uint8Array): VaultRecord | undefined {
  try {
    const { version: _version, ...record } = recordCodec.decode(bytes)
    return {
      ...record,
      card: record.card[0],
      inviteSeed: record.inviteSeed[0],
      seatSeed: record.seatSeed[0],
      serial: record.serial[0],
      name: record.name[0],
      policy: record.policy[0],
      head: record.head[0],
      host: record.host[0],
      lead: record.lead.map((kept) => leadOf(p, kept))[0],
    }
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}

type Decoded = ReturnType<typeof recordCodec.decode>["lead"][number]

function leadOf(p: Primitives, kept: Decoded): LeadRecord {
  return {
    ...kept,
    secret: kept.secret[0],
    unechoed: kept.unechoed.map((post) => postOf(p, post))[0],
    pending: changesOf(p, kept.pending),
  }
}

function postOf(p: Primitives, kept: Decoded["unechoed"][number]): HeadPost {
  const { head, policy, roster, invites, made, ...rest } = kept
  return {
    ...rest,
    kind: "head",
    bundle: { head, policy: policy[0], roster: roster[0], invites },
    made: changesOf(p, made),
  }
}

function changesOf(p: Primitives, kept: Decoded["pending"]): PendingChanges {
  return {
    ...kept,
    policy: kept.policy.map((bytes) => policyKind.decode(p, bytes))[0],
    // Monotonic time starts anew in every worker: what waited before has waited long enough.
    since: kept.since ? 0 : undefined,
  }
}

function optional<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value]
}
