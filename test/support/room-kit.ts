import { concat, uint, utf8, type Bytes } from "#crypto/base/bytes"
import { hpkeSeal, kemKeyPairOf } from "#crypto/base/hpke"
import type { EpochMs, InviteId, ObjectId, SeatSerial, SenderIndex, SpaceId } from "#crypto/base/ids"
import { noIndex } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { webPrimitives } from "#crypto/base/web-primitives"
import {
  hostInviteId,
  inviteIdOf,
  inviteKind,
  memberStatement,
  type Invite,
  type SignedInvite,
} from "#crypto/link/invite"
import { inviteSecrets, wrapCardKey } from "#crypto/link/invite-secrets"
import { noObject, policyKind, spaceKinds, type Policy, type SignedPolicy } from "#crypto/link/policy"
import { roles, type Role } from "#crypto/room/roles"
import type { RosterEntry } from "#crypto/room/roster"
import { counterStates, type Counter, type Row } from "#crypto/room/seats"
import { requestFlags, seatRequestKind, type SeatRequest, type SignedSeatRequest } from "#crypto/seat/seat-request"

/** The real primitives with a generator that repeats itself: the same seed, the same bytes, for ever. */
export function seededPrimitives(seed: string): Primitives {
  let drawn = 0
  const random = (length: number): Bytes => {
    const out = new Uint8Array(length)
    for (let at = 0; at < length; at += 32)
      out.set(webPrimitives.hash(concat(utf8(seed), uint(drawn++, 4))).subarray(0, length - at), at)
    return out
  }
  return {
    ...webPrimitives,
    random,
    kemKeyPair: async () => kemKeyPairOf(random(32)),
    hpkeSeal: async (publicKey, info, aad, plaintext) => hpkeSeal(publicKey, info, aad, plaintext, random(64)),
  }
}

/** A wall clock's reading that all objects of the kit are dated with. */
export const kitTime = 1_800_000_000_000 as EpochMs

/** An invite with what its link gives. */
export interface KitInvite {
  readonly signed: SignedInvite
  readonly id: InviteId
  readonly seed: Bytes
  readonly keySeed: Bytes
}

/** Somebody with a seat key and what the invite key (for the host: the host key) says of it. */
export interface KitPerson {
  readonly seatSeed: Bytes
  readonly seatPub: Bytes
  readonly inviteId: InviteId
  readonly proof: Bytes
}

/** One space's objects, each of them sound unless a test says otherwise. */
export class RoomKit {
  readonly p: Primitives
  readonly space: SpaceId
  readonly hostSeed: Bytes
  readonly hostPub: Bytes
  readonly cardKey: Bytes

  constructor(seed = "a room", p = seededPrimitives(seed)) {
    this.p = p
    this.space = this.p.random(16) as SpaceId
    this.hostSeed = this.p.random(32)
    this.hostPub = this.p.publicKey(this.hostSeed)
    this.cardKey = this.p.random(32)
  }

  policy(changes: Partial<Policy> = {}, signer = this.hostSeed): Promise<SignedPolicy> {
    return policyKind.sign(this.p, signer, {
      space: this.space,
      serial: 1,
      prev: noObject,
      kind: spaceKinds.invited,
      notAfter: (kitTime + 86_400_000) as EpochMs,
      seats: 10_000,
      stage: 64,
      onAir: 16,
      cell: 120,
      ptime: 20,
      flags: 0,
      deputies: [],
      knock: [],
      revoked: [],
      minInvite: 0,
      ...changes,
    })
  }

  async invite(changes: Partial<Invite> = {}, signer = this.hostSeed): Promise<KitInvite> {
    const seed = this.p.random(16)
    const secrets = inviteSecrets(this.p, { space: this.space, seed })
    const signed = await inviteKind.sign(this.p, signer, {
      space: this.space,
      invitePub: this.p.publicKey(secrets.keySeed),
      serial: 1,
      role: roles.speaker,
      seats: 10,
      uses: 0,
      notBefore: kitTime,
      notAfter: (kitTime + 3_600_000) as EpochMs,
      minPolicy: 1,
      cardWrap: wrapCardKey(this.p, secrets.cardKeyWrapKey, this.space, this.cardKey),
      ...changes,
    })
    return { signed, id: inviteIdOf(this.p, signed.fields.invitePub), seed, keySeed: secrets.keySeed }
  }

  /** Somebody new: with an invite, or the host itself. */
  async person(invite?: KitInvite): Promise<KitPerson> {
    const seatSeed = this.p.random(32)
    const seatPub = this.p.publicKey(seatSeed)
    const proof = await this.p.sign(invite?.keySeed ?? this.hostSeed, memberStatement(this.space, seatPub))
    return { seatSeed, seatPub, inviteId: invite?.id ?? hostInviteId, proof }
  }

  entry(person: KitPerson, serial: number, index: number, role: Role): RosterEntry {
    const { seatPub, inviteId, proof } = person
    return { index: index as SenderIndex, serial: serial as SeatSerial, seatPub, role, inviteId, proof }
  }

  row(person: KitPerson, serial: number, index: number = noIndex, role: Role = roles.listener): Row {
    return this.entry(person, serial, index, role)
  }

  counter(invite: KitInvite, used = 1): Counter {
    return { inviteId: invite.id, used, state: counterStates.open }
  }

  /** A request of somebody for a seat under an invite; the kem key's private half comes along. */
  async request(
    person: KitPerson,
    head: ObjectId,
    changes: Partial<SeatRequest> = {},
  ): Promise<{ readonly signed: SignedSeatRequest; readonly kemSecret: Bytes }> {
    const kem = await this.p.kemKeyPair()
    const { seatPub, inviteId, proof } = person
    const signed = await seatRequestKind.sign(this.p, person.seatSeed, {
      space: this.space,
      head,
      inviteId,
      seatPub,
      kemPub: kem.publicKey,
      n: 0,
      flags: requestFlags.noCounters,
      proof,
      ...changes,
    })
    return { signed, kemSecret: kem.secretKey }
  }
}

/** The stable code something is refused with, or "accepted". */
export async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work()
    return "accepted"
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code
    throw error
  }
}

/** A copy with one byte changed. */
export function flip(bytes: Uint8Array, at: number, mask = 1): Bytes {
  const out = Uint8Array.from(bytes)
  out[at] = (out[at] ?? 0) ^ mask
  return out
}
