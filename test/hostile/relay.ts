import { serviceCodec, type ServiceData, type ServiceMessage, type ServiceTag } from "#crypto/wire/wire"
import type { Household } from "../support/household.ts"

/** What becomes of one message on its way to a member. */
type Rule = (who: string, message: ServiceMessage, bytes: Uint8Array) => ServiceMessage | "dropped" | undefined

/** A key service's own hand on the wire: between real members and the real service, until it is honest again. */
export class Relay {
  readonly #house: Household
  #rules: Rule[] = []

  constructor(house: Household) {
    this.#house = house
    house.tamper = (who, bytes) => {
      if (this.#rules.length === 0) return [bytes]
      const message = serviceCodec.decode(bytes)
      for (const rule of this.#rules) {
        const instead = rule(who, message, bytes)
        if (instead === "dropped") return []
        if (instead !== undefined) return [serviceCodec.encode(instead)]
      }
      return [bytes]
    }
  }

  /** Keeps messages of these kinds from somebody. */
  drop(who: string, ...tags: readonly ServiceTag[]): void {
    this.#rules.push((to, { TAG }) => (to === who && tags.includes(TAG) ? "dropped" : undefined))
  }

  /** Puts other words in a message's place; undefined leaves it as it is. */
  change<T extends ServiceTag>(who: string, tag: T, into: (data: ServiceData<T>) => ServiceData<T> | undefined): void {
    this.#rules.push((to, message) => {
      if (to !== who || message.TAG !== tag) return undefined
      const data = into(message.data as ServiceData<T>)
      return data && ({ TAG: tag, data } as unknown as ServiceMessage)
    })
  }

  /** Everything reaches somebody this much later, in order. */
  delay(who: string, ms: number): void {
    this.#rules.push((to, _message, bytes) => {
      if (to !== who) return undefined
      const kept = Uint8Array.from(bytes)
      this.#house.after(ms, () => this.#house.deliver(who, kept))
      return "dropped"
    })
  }

  /** What somebody says never reaches the service. */
  swallow(who: string): void {
    this.#house.loses = (from) => from === who
  }

  /** The media server carries no Head or policy to anybody: it is of one mind with the key service. */
  muteNotices(): void {
    this.#house.noticeLost = () => true
  }

  honest(): void {
    this.#rules = []
    this.#house.loses = undefined
    this.#house.noticeLost = undefined
  }

  /** What was carried to somebody so far, of one kind. */
  carriedTo<T extends ServiceTag>(who: string, tag: T): readonly ServiceData<T>[] {
    const found: ServiceData<T>[] = []
    for (const carried of this.#house.carried) {
      if (carried.who !== who || carried.way !== "to-member") continue
      const { TAG, data }: { readonly TAG: ServiceTag; readonly data: unknown } = serviceCodec.decode(carried.bytes)
      if (TAG === tag) found.push(data as ServiceData<T>)
    }
    return found
  }
}
