import { equal, toHex } from "#crypto/base/bytes"
import type { Input, MediaOrder, MemberState } from "#crypto/member/types"
import { Broken } from "../broken.ts"
import type { WatchedPage } from "../watched.ts"

interface Ear {
  /** Epochs whose key the media worker has. */
  readonly epochs: Set<number>
  /** Monotonic arrival of the newest news, and of the newest epoch. */
  newsAt: number
  epochAt: number
}

const staleMs = 30_000
/** A sender leaves an old epoch this long after the Head of the new one. */
const switchMs = 4_000

/** What the media workers are told: who sends with which key, and when nobody may. */
export class MediaTruth {
  readonly #senders = new Map<string, number>()
  /** By page. */
  readonly #ears = new Map<number, Ear>()

  constructor(before?: MediaTruth) {
    if (before === undefined) return
    this.#senders = new Map(before.#senders)
    for (const [id, ear] of before.#ears) this.#ears.set(id, { ...ear, epochs: new Set(ear.epochs) })
  }

  get memory(): string {
    const senders = [...this.#senders].map(([place, id]) => `${place} ${id}`)
    const ears = [...this.#ears].map(
      ([id, { newsAt, epochAt, epochs }]) => `${id} ${newsAt} ${epochAt} ${[...epochs].sort().join(" ")}`,
    )
    return `${senders.sort().join()};${ears.sort().join()}`
  }

  ordered(device: WatchedPage, order: MediaOrder): void {
    const ear = this.#earOf(device)
    switch (order.kind) {
      case "epoch":
        ear.epochs.add(order.epoch)
        return
      case "retire":
        ear.epochs.delete(order.epoch)
        return
      case "wipe":
        ear.epochs.clear()
        return
      case "send": {
        if (!ear.epochs.has(order.epoch))
          throw new Broken("fail-closed", `${device.who} sends in epoch ${order.epoch} without its key`)
        const place = `${order.epoch} ${order.index}`
        const sender = this.#senders.get(place) ?? device.id
        if (sender !== device.id)
          throw new Broken("nonce-reuse", `pages ${sender} and ${device.id} both send in epoch and index ${place}`)
        this.#senders.set(place, device.id)
        return
      }
      case "stall":
      case "seated":
        return
      default:
        order satisfies never
    }
  }

  turned(device: WatchedPage, before: MemberState, input: Input, after: MemberState, slack: number): void {
    const ear = this.#earOf(device)
    const { monotonic } = device
    const head = after.chain?.head
    const was = before.chain?.head
    if (head !== undefined && head !== was) {
      ear.newsAt = monotonic
      if (head.fields.epoch !== was?.fields.epoch) ear.epochAt = monotonic
    }
    if (after.noticed !== before.noticed) ear.newsAt = monotonic
    const { epoch } = after.sending
    if (input.kind !== "tick" || epoch === undefined || head === undefined || after.phase !== "seated") return
    if (monotonic - ear.newsAt > staleMs) throw new Broken("stale-news", `${device.who} sends on old news`)
    if (epoch < head.fields.epoch && monotonic - ear.epochAt > switchMs + slack)
      throw new Broken("late-switch", `${device.who} still sends in epoch ${epoch}`)
    const own = after.chain?.roster.some((entry) => equal(entry.seatPub, device.seatPub))
    if (own === false && monotonic - ear.epochAt > slack)
      throw new Broken(
        "removed-sends",
        `${device.who} is not on stage and sends (${toHex(device.seatPub).slice(0, 8)})`,
      )
  }

  #earOf({ id }: WatchedPage): Ear {
    const ear = this.#ears.get(id) ?? { epochs: new Set(), newsAt: 0, epochAt: 0 }
    this.#ears.set(id, ear)
    return ear
  }
}
