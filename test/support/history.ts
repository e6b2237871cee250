import type { Bytes } from "#crypto/base/bytes"
import type { Epoch, SenderIndex, Step } from "#crypto/base/ids"
import { noObject, type SignedPolicy } from "#crypto/link/policy"
import { commit, ratchet, rootSecret } from "#crypto/media/key-schedule"
import {
  acceptHead,
  headKind,
  reasons,
  startChain,
  viewOf,
  type Chain,
  type Head,
  type HeadBundle,
} from "#crypto/room/head"
import { roles } from "#crypto/room/roles"
import { encodeRoster, rosterHash, type Roster } from "#crypto/room/roster"
import { seatsHash, type Counter, type Row } from "#crypto/room/seats"
import { acceptStep, stepKind, type SeatStep } from "#crypto/seat/step"
import { kitTime, RoomKit, type KitPerson } from "./room-kit.ts"

/** What the next Head of a history may differ in. */
export interface HeadWish {
  /** A new epoch (default), or the same one. */
  readonly newEpoch?: boolean
  readonly policy?: SignedPolicy
  readonly roster?: Roster
  readonly rows?: readonly Row[]
  readonly counters?: readonly Counter[]
  readonly invites?: readonly Bytes[]
  /** Fields that are not as they should be. */
  readonly fields?: Partial<Head>
  /** Signs in place of the host's seat key. */
  readonly signer?: Bytes
  /** Shows policy and roster even if they have not changed. */
  readonly whole?: boolean
}

/** A history that a host makes Head by Head, and the chain of whoever follows it. */
export class History {
  readonly kit: RoomKit
  readonly host: KitPerson
  chain: Chain
  secret: Bytes
  rows: readonly Row[]
  counters: readonly Counter[] = []
  roster: Roster

  private constructor(kit: RoomKit, host: KitPerson, policy: SignedPolicy) {
    this.kit = kit
    this.host = host
    this.chain = startChain(kit.space, kit.hostPub, policy)
    this.secret = new Uint8Array(32)
    this.rows = [kit.row(host, 1, 0, roles.host)]
    this.roster = [kit.entry(host, 1, 0, roles.host)]
  }

  /** A room that has just been opened: seq 0, epoch 1, the host on stage. */
  static async open(kit = new RoomKit(), policy?: SignedPolicy): Promise<History> {
    const history = new History(kit, await kit.person(), policy ?? (await kit.policy()))
    await history.next({ newEpoch: true })
    return history
  }

  /** Makes the next Head without accepting it. */
  async make(wish: HeadWish = {}): Promise<{ readonly bundle: HeadBundle; readonly secret: Bytes }> {
    const { p, space } = this.kit
    const last = this.chain.head
    const newEpoch = wish.newEpoch ?? last === undefined
    const epoch = (last?.fields.epoch ?? 0) + (newEpoch ? 1 : 0)
    const step = newEpoch ? 0 : this.chain.step
    const secret = newEpoch ? rootSecret(p, last && this.secret, p.random(32)) : this.secret
    const policy = wish.policy ?? this.chain.policy
    const roster = wish.roster ?? this.roster
    const rows = wish.rows ?? this.rows
    const head = await headKind.sign(p, wish.signer ?? this.host.seatSeed, {
      space,
      seq: last === undefined ? 0 : last.fields.seq + 1,
      prev: last?.id ?? noObject,
      epoch: epoch as Epoch,
      step: step as Step,
      epochHead: newEpoch || last === undefined ? noObject : viewOf(last),
      policy: policy.id,
      roster: rosterHash(p, roster),
      count: rows.length,
      seats: seatsHash(p, rows, wish.counters ?? this.counters),
      commit: commit(p, space, epoch, step, secret),
      reason: newEpoch ? reasons.rotate : reasons.beat,
      time: kitTime,
      signer: 0 as SenderIndex,
      ...wish.fields,
    })
    const whole = wish.whole === true || last === undefined
    return {
      secret,
      bundle: {
        head: head.bytes,
        policy: whole || policy !== this.chain.policy ? policy.bytes : undefined,
        roster: whole || roster !== this.roster ? encodeRoster(roster) : undefined,
        invites: wish.invites ?? [],
      },
    }
  }

  /** Makes the next Head and follows it. @throws what `acceptHead` throws */
  async next(wish: HeadWish = {}): Promise<HeadBundle> {
    const { bundle, secret } = await this.make(wish)
    this.chain = await acceptHead(this.kit.p, this.chain, bundle)
    this.secret = secret
    this.rows = wish.rows ?? this.rows
    this.roster = wish.roster ?? this.roster
    this.counters = wish.counters ?? this.counters
    return bundle
  }

  /** Makes the next Step without accepting it. */
  async makeStep(changes: Partial<SeatStep> = {}, signer = this.host.seatSeed): Promise<Bytes> {
    const { p, space } = this.kit
    const { head, step } = this.chain
    if (head === undefined) throw new Error("A Step needs a Head.")
    const next = step + 1
    const secret = ratchet(p, this.secret, viewOf(head), next)
    const made = await stepKind.sign(p, signer, {
      space,
      head: head.id,
      epoch: head.fields.epoch,
      step: next as Step,
      count: this.rows.length,
      seats: seatsHash(p, this.rows, this.counters),
      commit: commit(p, space, head.fields.epoch, next, secret),
      ...changes,
    })
    return made.bytes
  }

  /** Seats more people with a Step, and follows it. */
  async nextStep(rows = this.rows, counters = this.counters): Promise<Bytes> {
    const { p } = this.kit
    const { head, step } = this.chain
    if (head === undefined) throw new Error("A Step needs a Head.")
    this.rows = rows
    this.counters = counters
    const bytes = await this.makeStep()
    this.secret = ratchet(p, this.secret, viewOf(head), step + 1)
    this.chain = (await acceptStep(p, this.chain, bytes)).chain
    return bytes
  }
}
