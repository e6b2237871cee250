import type { EpochMs } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { step } from "#crypto/member/member"
import { startFromRecord } from "#crypto/member/start"
import type { Input, MemberState, TurnResult, VaultRecord, World } from "#crypto/member/types"
import { decodeRecord, encodeRecord } from "../../../web/keys/vault-record.ts"
import { Broken } from "../broken.ts"
import type { Plant } from "../plants.ts"
import { symbolicPrimitives, type KeyBook } from "../symbolic.ts"
import { Chance } from "./chance.ts"
import { digestOf } from "./digest.ts"

/** When virtual time 0 is by everybody's wall clock. */
export const beginning = 1_800_000_000_000
/** A page's timer, in ms: every page ticks at the same moments. */
export const tickMs = 250
/** Nothing that a page waits for without hearing anything is further away. */
const farMs = 60_000

/** Whose turn it is. */
export interface Mover {
  readonly id: number
  readonly bornAt: number
  readonly state: MemberState
}

/**
 * The real machine of a member. A turn is worked out once: its result hangs on the state, the input and the time alone,
 * chance included. What it has spent is not wiped, for the states before it are still of use; that nothing is used
 * after it was wiped is for the simulation by chance to show.
 */
export class Machine {
  readonly p: Primitives
  readonly #plant: Plant | undefined
  readonly #chance = new Chance()
  readonly #turns = new WeakMap<MemberState, Map<string, TurnResult>>()
  readonly #deadlines = new WeakMap<MemberState, number>()
  readonly #reloads = new WeakMap<VaultRecord, MemberState>()

  constructor(book: KeyBook, secretLengths: readonly number[], plant?: Plant) {
    const p = symbolicPrimitives(book, (length) => this.#chance.bytes(length), secretLengths)
    this.p = plant?.primitives?.(p) ?? p
    this.#plant = plant
  }

  async turn(mover: Mover, input: Input, now: number): Promise<TurnResult> {
    const { id, state } = mover
    const known = this.#turns.get(state) ?? new Map<string, TurnResult>()
    this.#turns.set(state, known)
    const key = `${id} ${now} ${digestOf(input)}`
    const turn = known.get(key) ?? (await this.#work(mover, input, now))
    known.set(key, turn)
    return turn
  }

  /** When the page's timer does something next if nothing comes before: virtual ms, Infinity if not for long. */
  async deadline(mover: Mover, now: number): Promise<number> {
    const known = this.#deadlines.get(mover.state)
    if (known !== undefined && known > now) return known
    const first = (Math.floor(now / tickMs) + 1) * tickMs
    let at = first
    while (at < first + farMs && !(await this.#does(mover, at))) at += tickMs
    const deadline = at < first + farMs ? at : Infinity
    this.#deadlines.set(mover.state, deadline)
    return deadline
  }

  /** What a page begins with that finds this record. */
  reloaded(record: VaultRecord): MemberState {
    const known = this.#reloads.get(record)
    if (known !== undefined) return known
    const kept = decodeRecord(this.p, encodeRecord(record))
    if (kept === undefined) throw new Broken("member-fault", "A record that was stored does not decode.")
    const state = startFromRecord(this.p, kept)
    this.#reloads.set(record, state)
    return state
  }

  async #does(mover: Mover, now: number): Promise<boolean> {
    const { state, out } = await this.#work(mover, { kind: "tick" }, now)
    return out.length > 0 || digestOf(state) !== digestOf(mover.state)
  }

  async #work({ id, bornAt, state }: Mover, input: Input, now: number): Promise<TurnResult> {
    this.#chance.begin(() => `${id} ${digestOf(state)} ${digestOf(input)} ${now}`)
    const world: World = { p: this.p, now: (beginning + now) as EpochMs, monotonic: now - bornAt }
    try {
      const turn = await step(state, input, world)
      return this.#plant?.alter?.(state, input, turn) ?? turn
    } catch (error) {
      throw new Broken("member-fault", error instanceof Error ? (error.stack ?? error.message) : "unknown")
    }
  }
}
