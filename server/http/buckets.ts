import type { Clock } from "../clock.ts"

interface Bucket {
  tokens: number
  at: number
}

/** Token buckets by key: `perSecond` on average, `burst` at once. Kept in memory only, and only while not full. */
export class Buckets {
  readonly #perSecond: number
  readonly #burst: number
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock
    this.#perSecond = perSecond
    this.#burst = burst
  }

  /** Takes one token; false if there is none. */
  take(key: string): boolean {
    const now = this.#clock()
    const old = this.#buckets.get(key)
    const gained = old === undefined ? 0 : (Math.max(0, now - old.at) * this.#perSecond) / 1000
    const tokens = old === undefined ? this.#burst : Math.min(this.#burst, old.tokens + gained)
    if (tokens < 1) return false
    this.#buckets.set(key, { tokens: tokens - 1, at: now })
    if (this.#buckets.size > maxKeys) this.#forgetFull(now)
    return true
  }

  #forgetFull(now: number): void {
    const refillMs = (this.#burst / this.#perSecond) * 1000
    for (const [key, bucket] of this.#buckets) if (now - bucket.at >= refillMs) this.#buckets.delete(key)
  }
}

const maxKeys = 10_000
