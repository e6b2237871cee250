import type { Bytes } from "#crypto/base/bytes"
import { toHex } from "#crypto/base/bytes"
import {
  noIndex,
  type Epoch,
  type EpochMs,
  type InviteId,
  type ObjectId,
  type SeatSerial,
  type SenderIndex,
  type SpaceId,
  type Step,
} from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { sealCard } from "#crypto/link/card"
import { hostInviteId, inviteIdOf, inviteKind, memberStatement, type SignedInvite } from "#crypto/link/invite"
import { inviteSecrets, wrapCardKey } from "#crypto/link/invite-secrets"
import { noObject, policyKind, spaceKinds, type Policy, type SignedPolicy } from "#crypto/link/policy"
import { commit, ratchet } from "#crypto/media/key-schedule"
import { signCert } from "#crypto/message/seat-cert"
import { headKind, reasons, viewOf, type Reason, type SignedHead } from "#crypto/room/head"
import { roles, type Role } from "#crypto/room/roles"
import { encodeRoster, rosterHash } from "#crypto/room/roster"
import {
  applySeatChanges,
  noSeats,
  rosterOf,
  seatsHash,
  type Counter,
  type Row,
  type SeatChanges,
  type Seats,
} from "#crypto/room/seats"
import { joinWraps } from "#crypto/seat/wrap"
import { seatRequestKind, type SignedSeatRequest } from "#crypto/seat/seat-request"
import { sealSeat } from "#crypto/seat/seat"
import { stepKind, type SignedStep } from "#crypto/seat/step"
import { createCodec, type ClientData } from "#crypto/wire/wire"

/** What a test's guest holds: the link's secrets, and a seat key of its own. */
export interface Guest {
  readonly invite: TestInvite
  readonly seatSeed: Bytes
  readonly seatPub: Bytes
}

export interface TestInvite {
  readonly signed: SignedInvite
  readonly id: InviteId
  readonly keySeed: Bytes
}

interface Changes {
  readonly reason?: Reason
  readonly newEpoch?: boolean
  readonly upserted?: readonly Row[]
  readonly removed?: readonly SeatSerial[]
  readonly counters?: readonly Counter[]
  readonly policy?: SignedPolicy
  /** Serials that get a wrap in the Head itself. */
  readonly wrapsFor?: readonly SeatSerial[]
  /** Overrides fields of the Head after all else, to make wrong ones. */
  readonly fields?: Partial<SignedHead["fields"]>
  /** Seat key of whoever signs, if it is not the host. */
  readonly seatSeed?: Bytes
}

export type HeadMessage = Omit<ClientData<"head">, "ref">
export type BatchMessage = Omit<ClientData<"batch">, "ref">

const noChanges: SeatChanges = { upserted: [], removed: [], counters: [] }

/**
 * A host for tests of the key service: it makes real signed objects one at a time, right or wrong, and follows only what
 * the test tells it was accepted.
 */
export class TestHost {
  readonly space = p.random(16) as SpaceId
  readonly hostSeed = p.random(32)
  readonly hostPub = p.publicKey(this.hostSeed)
  readonly seatSeed = p.random(32)
  readonly seatPub = p.publicKey(this.seatSeed)
  readonly cardKey = p.random(32)
  readonly title: string
  now: EpochMs
  policy: SignedPolicy | undefined
  head: SignedHead | undefined
  seats: Seats = noSeats
  step = 0
  secret = p.random(32)
  #inviteSerial = 0
  #nextSerial = 2

  constructor(now: EpochMs, title = "A quiet talk") {
    this.now = now
    this.title = title
  }

  async makePolicy(changes: Partial<Policy> = {}): Promise<SignedPolicy> {
    return policyKind.sign(p, this.hostSeed, {
      space: this.space,
      serial: (this.policy?.fields.serial ?? 0) + 1,
      prev: this.policy?.id ?? noObject,
      kind: spaceKinds.invited,
      notAfter: (this.now + 12 * 3_600_000) as EpochMs,
      seats: 10_000,
      stage: 16,
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

  async makeInvite(changes: Partial<SignedInvite["fields"]> = {}): Promise<TestInvite> {
    const secrets = inviteSecrets(p, { space: this.space, seed: p.random(16) })
    const invitePub = p.publicKey(secrets.keySeed)
    const signed = await inviteKind.sign(p, this.hostSeed, {
      space: this.space,
      invitePub,
      serial: ++this.#inviteSerial,
      role: roles.listener,
      seats: 50,
      uses: 0,
      notBefore: (this.now - 1000) as EpochMs,
      notAfter: (this.now + 3_600_000) as EpochMs,
      minPolicy: 1,
      cardWrap: wrapCardKey(p, secrets.cardKeyWrapKey, this.space, this.cardKey),
      ...changes,
    })
    return { signed, id: inviteIdOf(p, invitePub), keySeed: secrets.keySeed }
  }

  /** The body of `POST /api/spaces`. */
  async createBody(invites: readonly TestInvite[] = []): Promise<Bytes> {
    this.policy ??= await this.makePolicy()
    const card = await sealCard(p, this.hostSeed, this.cardKey, {
      space: this.space,
      title: this.title,
      hostName: "Ada of the canaries",
      language: "en",
      links: [],
    })
    const policy = this.policy.bytes
    return createCodec.encode({
      hostPub: this.hostPub,
      policy,
      card,
      invites: invites.map(({ signed }) => signed.bytes),
    })
  }

  async hostRow(): Promise<Row> {
    return {
      serial: 1 as SeatSerial,
      seatPub: this.seatPub,
      inviteId: hostInviteId,
      proof: await p.sign(this.hostSeed, memberStatement(this.space, this.seatPub)),
      role: roles.host,
      index: 0 as SenderIndex,
    }
  }

  /** The next Head with its changes; nothing here moves until {@link took}. */
  async makeHead(changes: Changes = {}): Promise<HeadMessage> {
    const first = this.head === undefined
    const newEpoch = first || (changes.newEpoch ?? false)
    const policy = changes.policy ?? this.policy ?? (await this.makePolicy())
    const seatChanges: SeatChanges = {
      upserted: changes.upserted ?? (first ? [await this.hostRow()] : []),
      removed: changes.removed ?? [],
      counters: changes.counters ?? [],
    }
    const after = applySeatChanges(this.seats, seatChanges)
    const roster = rosterOf(after.rows.values())
    const last = this.head?.fields
    const epoch = ((last?.epoch ?? 0) + (newEpoch ? 1 : 0)) as Epoch
    const at = newEpoch ? 0 : this.step
    const secret = newEpoch ? p.hash(this.secret) : this.secret
    const head = await headKind.sign(p, changes.seatSeed ?? this.seatSeed, {
      space: this.space,
      seq: (last?.seq ?? -1) + 1,
      prev: this.head?.id ?? noObject,
      epoch,
      step: at as Step,
      epochHead: newEpoch || this.head === undefined ? noObject : viewOf(this.head),
      policy: policy.id,
      roster: rosterHash(p, roster),
      count: after.rows.size,
      seats: seatsHash(p, after.rows.values(), after.counters.values()),
      commit: commit(p, this.space, epoch, at, secret),
      reason: changes.reason ?? (newEpoch ? reasons.rotate : reasons.beat),
      time: this.now,
      signer: 0 as SenderIndex,
      ...changes.fields,
    })
    return {
      bundle: {
        head: head.bytes,
        policy: policy === this.policy ? [] : [policy.bytes],
        roster: [encodeRoster(roster)],
        invites: [],
      },
      changes: seatChanges,
      wraps: this.wrapsFor(changes.wrapsFor ?? []),
    }
  }

  /** Wraps as the service sees them: 48 bytes that mean nothing to it. */
  wrapsFor(serials: readonly SeatSerial[]): Bytes {
    return joinWraps(serials.map((serial) => ({ serial, wrap: p.random(48) })))
  }

  /** The service has accepted this Head. */
  took(message: HeadMessage): SignedHead {
    const head = headKind.decode(p, message.bundle.head)
    const newEpoch = head.fields.epoch !== this.head?.fields.epoch
    this.seats = applySeatChanges(this.seats, message.changes)
    if (newEpoch) this.secret = p.hash(this.secret)
    this.step = head.fields.step
    const [policy] = message.bundle.policy
    if (policy !== undefined) this.policy = policyKind.decode(p, policy)
    this.head = head
    return head
  }

  guest(invite: TestInvite): Guest {
    const seatSeed = p.random(32)
    return { invite, seatSeed, seatPub: p.publicKey(seatSeed) }
  }

  async makeRequest(
    guest: Guest,
    changes: Partial<SignedSeatRequest["fields"]> = {},
    signer: Uint8Array = guest.seatSeed,
  ): Promise<SignedSeatRequest> {
    const kem = await p.kemKeyPair()
    return seatRequestKind.sign(p, signer, {
      space: this.space,
      head: this.head?.id ?? noObject,
      inviteId: guest.invite.id,
      seatPub: guest.seatPub,
      kemPub: kem.publicKey,
      n: 0,
      flags: 0,
      proof: await p.sign(guest.invite.keySeed, memberStatement(this.space, guest.seatPub)),
      ...changes,
    })
  }

  /** A row for a request, with the next serial. */
  rowFor(request: SignedSeatRequest, role: Role = roles.listener): Row {
    const { seatPub, inviteId, proof } = request.fields
    const known = [...this.seats.rows.values()].find((row) => toHex(row.seatPub) === toHex(seatPub))
    return known ?? { serial: this.#nextSerial++ as SeatSerial, seatPub, inviteId, proof, role, index: noIndex }
  }

  /** A join batch that answers requests; nothing here moves until {@link tookBatch}. */
  async makeBatch(
    requests: readonly SignedSeatRequest[],
    rows: readonly Row[] = requests.map((request) => this.rowFor(request)),
    stepFields: Partial<SignedStep["fields"]> = {},
    counters: readonly Counter[] = [],
  ): Promise<BatchMessage> {
    const { head } = this
    if (head === undefined) throw new Error("There is no Head yet.")
    const upserted = rows.filter((row) => !this.seats.rows.has(row.serial))
    const changes: SeatChanges = { ...noChanges, upserted, counters }
    const after = applySeatChanges(this.seats, changes)
    const at = this.step + 1
    const secret = ratchet(p, this.secret, viewOf(head), at)
    const { epoch } = head.fields
    const step = await stepKind.sign(p, this.seatSeed, {
      space: this.space,
      head: head.id,
      epoch,
      step: at as Step,
      count: after.rows.size,
      seats: seatsHash(p, after.rows.values(), after.counters.values()),
      commit: commit(p, this.space, epoch, at, secret),
      ...stepFields,
    })
    const seats = []
    const certs = []
    for (const [i, request] of requests.entries()) {
      const serial = rows[i]?.serial ?? (0 as SeatSerial)
      const terms = {
        space: this.space,
        request: request.id,
        serial,
        head: head.id,
        epoch,
        step: at as Step,
        time: this.now,
        signer: 0 as SenderIndex,
      }
      const made = await sealSeat(p, this.seatSeed, request.fields.kemPub, terms, secret)
      if (made === undefined) throw new Error("This request has no key.")
      seats.push(made.seat.bytes)
      const row = after.rows.get(serial)
      if (row !== undefined) certs.push((await signCert(p, this.seatSeed, this.space, row)).bytes)
    }
    return { step: step.bytes, seats, certs, changes }
  }

  tookBatch(message: BatchMessage): void {
    const step = stepKind.decode(p, message.step)
    if (this.head !== undefined) this.secret = ratchet(p, this.secret, viewOf(this.head), step.fields.step)
    this.seats = applySeatChanges(this.seats, message.changes)
    this.step = step.fields.step
  }

  headId(): ObjectId {
    if (this.head === undefined) throw new Error("There is no Head yet.")
    return this.head.id
  }
}
