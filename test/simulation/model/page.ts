import type { Bytes } from "#crypto/base/bytes"
import type { Primitives } from "#crypto/base/primitives"
import type { MemberState, VaultRecord } from "#crypto/member/types"
import type { WatchedPage } from "../watched.ts"
import { digestOf } from "./digest.ts"

const noKey: Bytes = new Uint8Array(32)
const publicKeys = new WeakMap<Bytes, Bytes>()

/** One run of a page. */
export class Page implements WatchedPage {
  readonly id: number
  /** Name of whose page it is. */
  readonly who: string
  readonly p: Primitives
  readonly bornAt: number
  readonly isAsleep = false
  readonly #clock: { readonly now: number }
  state: MemberState
  /** What is on the disk. */
  record: VaultRecord | undefined
  dead = false
  /** Its connection, and whether that is up. */
  wire: string | undefined
  online = false
  dials = 0
  failures = 0
  /** When it dials (again), in virtual ms. */
  dialAt: number | undefined
  /** Its timer is due now. */
  ticks = false
  commands = 0

  constructor(id: number, who: string, p: Primitives, bornAt: number, state: MemberState, clock: { now: number }) {
    this.id = id
    this.who = who
    this.p = p
    this.bornAt = bornAt
    this.state = state
    this.#clock = clock
  }

  get monotonic(): number {
    return this.#clock.now - this.bornAt
  }

  get lives(): boolean {
    return !this.dead && this.state.phase !== "gone"
  }

  get seatPub(): Bytes {
    const { seatSeed } = this.state
    if (seatSeed === undefined) return noKey
    const key = publicKeys.get(seatSeed) ?? this.p.publicKey(seatSeed)
    publicKeys.set(seatSeed, key)
    return key
  }

  /** Equal for pages that go on alike. */
  get digest(): string {
    const { id, dead, wire, online, dials, failures, dialAt, ticks, commands } = this
    if (dead) return `${id} dead ${digestOf(this.record)}`
    const parts = [id, wire, online, dials, failures, dialAt, ticks, commands].join(" ")
    return `${parts} ${digestOf(this.state)} ${digestOf(this.record)}`
  }

  /** The same page in another world. */
  copy(clock: { now: number }): Page {
    const page = new Page(this.id, this.who, this.p, this.bornAt, this.state, clock)
    const { record, dead, wire, online, dials, failures, dialAt, ticks, commands } = this
    return Object.assign(page, { record, dead, wire, online, dials, failures, dialAt, ticks, commands })
  }
}
