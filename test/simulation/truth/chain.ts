import { toHex } from "#crypto/base/bytes"
import type { SecretAt } from "#crypto/member/leadership"
import type { MemberState } from "#crypto/member/types"
import type { Chain } from "#crypto/room/head"
import { Broken } from "../broken.ts"

/** What everybody must agree on: one Head per seq, one secret per step, one roster and policy per epoch. */
export class ChainTruth {
  readonly #heads = new Map<number, string>()
  readonly #epochs = new Map<number, string>()
  readonly #secrets = new Map<string, string>()
  readonly #places = new Map<string, string>()
  #newest = -1

  constructor(before?: ChainTruth) {
    if (before === undefined) return
    this.#heads = new Map(before.#heads)
    this.#epochs = new Map(before.#epochs)
    this.#secrets = new Map(before.#secrets)
    this.#places = new Map(before.#places)
    this.#newest = before.#newest
  }

  /** What it knows of Heads and epochs, the newest Head says. */
  get memory(): string {
    const secrets = [...this.#secrets].map(([place, hex]) => `${place} ${hex}`)
    return `${this.#newest} ${secrets.sort().join()}`
  }

  /** The service has accepted a Head or a Step. */
  accepted(chain: Chain): void {
    const { head } = chain
    if (head === undefined) return
    const { seq, epoch } = head.fields
    const id = toHex(head.id)
    const known = this.#heads.get(seq)
    if (known !== undefined && known !== id) throw new Broken("one-head", `two Heads with seq ${seq} were accepted`)
    if (known === undefined && seq !== this.#newest + 1)
      throw new Broken("lost-commit", `the service went from Head ${this.#newest} to ${seq}`)
    this.#heads.set(seq, id)
    if (seq < this.#newest) throw new Broken("lost-commit", `the service went back from Head ${this.#newest} to ${seq}`)
    this.#newest = seq
    const terms = `${toHex(head.fields.roster)} ${toHex(head.fields.policy)}`
    if ((this.#epochs.get(epoch) ?? terms) !== terms)
      throw new Broken("one-roster", `epoch ${epoch} has two rosters or policies`)
    this.#epochs.set(epoch, terms)
  }

  /** A member's chain has moved. */
  followed(who: string, before: MemberState, after: MemberState): void {
    const head = after.chain?.head
    if (head === undefined || after.chain === before.chain) return
    const { seq, epoch } = head.fields
    if (this.#heads.get(seq) !== toHex(head.id))
      throw new Broken("one-head", `${who} follows a Head ${seq} that the service never accepted`)
    const terms = `${toHex(head.fields.roster)} ${toHex(after.chain?.policy.id ?? head.id)}`
    if (this.#epochs.get(epoch) !== terms) throw new Broken("one-roster", `${who} has another policy in epoch ${epoch}`)
    const was = before.chain?.head?.fields
    if (was === undefined) return
    if (seq < was.seq) throw new Broken("order", `${who} went back from Head ${was.seq} to ${seq}`)
    if (seq === was.seq && (after.chain?.step ?? 0) < (before.chain?.step ?? 0))
      throw new Broken("order", `${who} went back to step ${after.chain?.step ?? 0} of epoch ${epoch}`)
  }

  /** Somebody holds a secret of an accepted Head or Step. */
  holds(who: string, { epoch, step, secret }: SecretAt): void {
    const place = `${epoch}:${step}`
    const hex = toHex(secret)
    if ((this.#secrets.get(place) ?? hex) !== hex)
      throw new Broken("one-secret", `${who} has another secret at ${place}`)
    if ((this.#places.get(hex) ?? place) !== place)
      throw new Broken("secret-twice", `one secret at ${place} and ${this.#places.get(hex) ?? ""}`)
    this.#secrets.set(place, hex)
    this.#places.set(hex, place)
  }
}
