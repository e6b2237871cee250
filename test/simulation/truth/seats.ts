import { equal, fromHex, toHex } from "#crypto/base/bytes"
import type { MemberState } from "#crypto/member/types"
import { reasons, signerOf, type Chain } from "#crypto/room/head"
import { counterStates, type Seats } from "#crypto/room/seats"
import { Broken } from "../broken.ts"

interface Place {
  readonly epoch: number
  readonly step: number
}

/** From one admission of a seat key to its removal: it may be let in again, and its pages may learn of that late. */
interface Stay {
  readonly from: Place
  readonly removedIn: number | undefined
}

/** Who has a seat, since when, until when, and through which invite. */
export class SeatTruth {
  readonly #stays = new Map<string, readonly Stay[]>()
  /** Seats whose removal a leader has promised, by serial: the seat key of that leader. */
  readonly #kicks = new Map<number, string>()
  /** Invites whose holder a leader has kicked and that are as they were: since which Head. */
  readonly #owed = new Map<string, { readonly by: string; readonly seq: number }>()
  /** Requests a human has let in, by seat key. */
  readonly #admitted = new Set<string>()

  constructor(before?: SeatTruth) {
    if (before === undefined) return
    this.#stays = new Map(before.#stays)
    this.#kicks = new Map(before.#kicks)
    this.#owed = new Map(before.#owed)
    this.#admitted = new Set(before.#admitted)
  }

  get memory(): string {
    const stays = [...this.#stays].flatMap(([key, all]) =>
      all.map(({ from, removedIn }) => `${key} ${from.epoch} ${from.step} ${removedIn ?? ""}`),
    )
    const kicks = [...this.#kicks].map(([serial, by]) => `${serial} ${by}`)
    const owed = [...this.#owed].map(([id, { by, seq }]) => `${id} ${by} ${seq}`)
    return [stays, kicks, owed, [...this.#admitted]].map((parts) => parts.sort().join()).join(";")
  }

  /** A leader has taken the order to remove somebody, and nothing of it may get lost while it leads. */
  kicked(serial: number, leader: string): void {
    this.#kicks.set(serial, leader)
  }

  /** A leader was loaded again: what it had promised and not posted may be gone. */
  forgets(leader: string): void {
    for (const [serial, by] of this.#kicks) if (by === leader) this.#kicks.delete(serial)
    for (const [id, { by }] of this.#owed) if (by === leader) this.#owed.delete(id)
  }

  admitted(seatPub: string): void {
    this.#admitted.add(seatPub)
  }

  /** The service has accepted other rows. */
  moved(before: Seats, after: Seats, chain: Chain): void {
    const { head, step } = chain
    if (head === undefined) return
    const at = { epoch: head.fields.epoch, step }
    for (const [serial, row] of before.rows) {
      if (after.rows.has(serial)) continue
      const key = toHex(row.seatPub)
      const stays = this.#stays.get(key) ?? []
      this.#stays.set(
        key,
        stays.map((stay) => ({ ...stay, removedIn: stay.removedIn ?? at.epoch })),
      )
      const by = this.#kicks.get(serial)
      this.#kicks.delete(serial)
      if (by !== undefined) this.#owed.set(toHex(row.inviteId), { by, seq: head.fields.seq })
    }
    for (const [serial, row] of after.rows) {
      if (before.rows.has(serial)) continue
      const key = toHex(row.seatPub)
      // A request whose Seat got lost before its row made room for another is sent again: a row anew, with its own epoch.
      this.#stays.set(key, [...(this.#stays.get(key) ?? []), { from: at, removedIn: undefined }])
      const state = before.counters.get(toHex(row.inviteId))?.state
      if (state === counterStates.burnt) throw new Broken("forgotten-kick", `seat ${serial} came by a burnt invite`)
      if (state === counterStates.knock && !this.#admitted.has(key))
        throw new Broken("forgotten-kick", `seat ${serial} came by a kicked invite and nobody let it in`)
    }
    this.#invites(before, after, chain)
    this.#settle(after, chain)
  }

  /** The Head that a kick met on its way says nothing of it; the next urgent one of the same leader must. */
  #settle(after: Seats, chain: Chain): void {
    const signer = signerOf(chain)
    const { seq, reason } = chain.head?.fields ?? { seq: -1, reason: reasons.beat }
    for (const [id, owed] of this.#owed) {
      if ((after.counters.get(id)?.state ?? counterStates.open) !== counterStates.open) this.#owed.delete(id)
      else if (seq > owed.seq && reason === reasons.urgent && signer !== undefined && owed.by === toHex(signer.seatPub))
        throw new Broken("forgotten-kick", `somebody was kicked and the invite ${id} is as good as new`)
    }
  }

  #invites(before: Seats, after: Seats, chain: Chain): void {
    const { invites, policy } = chain
    const signer = signerOf(chain)
    const live = new Map<string, number>()
    for (const row of after.rows.values()) live.set(toHex(row.inviteId), (live.get(toHex(row.inviteId)) ?? 0) + 1)
    for (const [id, count] of live) {
      const invite = invites.get(id)
      if (invite !== undefined && count > invite.fields.seats)
        throw new Broken("invite", `${count} live seats by ${id}`)
      // Nobody removes itself: a leader that names the policy against itself goes with the next one's Head.
      const own = signer !== undefined && toHex(signer.inviteId) === id
      if (!own && policy.fields.revoked.some((revoked) => equal(revoked, fromHex(id))))
        throw new Broken("invite", `a seat by ${id}, which is revoked`)
    }
    for (const [id, { used, state }] of after.counters) {
      const invite = invites.get(id)?.fields
      if (invite !== undefined && invite.seats > 1 && invite.uses > 0 && used > invite.uses)
        throw new Broken("invite", `${id} was used ${used} times`)
      const old = before.counters.get(id)
      if (old !== undefined && (old.used > used || old.state > state))
        throw new Broken("invite", `the counter of ${id} went back`)
    }
    for (const id of before.counters.keys())
      if (!after.counters.has(id)) throw new Broken("invite", `the counter of ${id} is gone`)
  }

  /** Somebody holds a secret under a seat key. */
  holds(who: string, seatPub: string, { epoch, step }: Place): void {
    const stays = this.#stays.get(seatPub) ?? []
    const newest = stays.at(-1)
    if (newest === undefined) throw new Broken("ghost", `${who} has no seat and knows a secret of epoch ${epoch}`)
    const begun = stays.filter(({ from }) => epoch > from.epoch || (epoch === from.epoch && step >= from.step))
    if (begun.length === 0)
      throw new Broken(
        "joiner-knows",
        `${who} joined at ${newest.from.epoch}:${newest.from.step} and knows ${epoch}:${step}`,
      )
    const last = begun.at(-1)?.removedIn
    if (last !== undefined && last <= epoch)
      throw new Broken("removed-knows", `${who}, removed in epoch ${last}, knows a secret of ${epoch}`)
  }

  /** Whether a member's leading half counts what everybody has signed. */
  static rowsAgree({ lead, chain }: MemberState, hash: (seats: Seats) => Uint8Array): boolean {
    return lead?.seats === undefined || chain?.head === undefined || equal(hash(lead.seats), chain.seats)
  }
}
