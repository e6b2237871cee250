import type { KeyBook } from "../symbolic.ts"
import { LiveService, type Origin } from "./live-service.ts"
import { historyOf, type ServiceEvent, type ServiceState } from "./service-state.ts"

/** Services that are kept running, each somewhere else. */
const maxLive = 12

/**
 * The key service as a value: what it does hangs on its state and the next event alone. It is worked out once by a real
 * one, which is brought there by the same history from the start.
 */
export class ServiceTree {
  readonly #book: KeyBook
  readonly #origin: Origin
  readonly #after = new Map<string, ServiceState>()
  /** Running services, the one used last at the end. */
  readonly #live = new Map<ServiceState, LiveService>()
  /** By digest: one history stands for all that lead to the same. */
  readonly #states = new Map<string, ServiceState>()
  root: ServiceState
  /** Events worked out by a real service, and how often one was brought to where it was needed. */
  worked = 0
  replays = 0

  private constructor(book: KeyBook, origin: Origin, live: LiveService) {
    this.#book = book
    this.#origin = origin
    this.root = { before: undefined, event: undefined, out: [], digest: live.digest, room: live.room }
    this.#live.set(this.root, live)
  }

  static async open(book: KeyBook, origin: Origin): Promise<ServiceTree> {
    return new ServiceTree(book, origin, await LiveService.start(book, origin))
  }

  async after(state: ServiceState, event: ServiceEvent): Promise<{ state: ServiceState; out: ServiceState["out"] }> {
    const what = event.what.kind === "message" ? event.what.id : event.what.kind
    const key = `${state.digest} ${event.wire} ${what} ${event.now}`
    const known = this.#after.get(key) ?? (await this.#work(state, event))
    this.#after.set(key, known)
    return { state: this.#states.get(known.digest) ?? known, out: known.out }
  }

  /** The database of a state. */
  async imageOf(state: ServiceState): Promise<Buffer> {
    const live = await this.#bring(state)
    this.#live.set(state, live)
    return live.image
  }

  async close(): Promise<void> {
    for (const live of this.#live.values()) await live.close()
    this.#live.clear()
  }

  async #work(before: ServiceState, event: ServiceEvent): Promise<ServiceState> {
    const live = await this.#bring(before)
    this.worked++
    const out = await live.take(event)
    const { digest, room } = live
    const state: ServiceState = { before, event, out, digest, room }
    const same = this.#states.get(digest)
    if (same === undefined) this.#states.set(digest, state)
    await this.#keep(same ?? state, live)
    return state
  }

  async #keep(state: ServiceState, live: LiveService): Promise<void> {
    await this.#live.get(state)?.close()
    this.#live.delete(state)
    this.#live.set(state, live)
    const [oldest] = this.#live
    if (this.#live.size <= maxLive || oldest === undefined) return
    this.#live.delete(oldest[0])
    await oldest[1].close()
  }

  /** A real service in this state; it moves on, so it is taken out. */
  async #bring(state: ServiceState): Promise<LiveService> {
    const here = this.#live.get(state)
    if (here !== undefined) {
      this.#live.delete(state)
      return here
    }
    this.replays++
    const live = await LiveService.start(this.#book, this.#origin)
    for (const event of historyOf(state)) await live.take(event)
    return live
  }
}
