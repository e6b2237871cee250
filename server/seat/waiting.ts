import type { Bytes } from "#crypto/base/bytes"
import type { WaitingRequest } from "./request.store.ts"

/** The requests that wait for the leader, by id, by seat key and by invite (all in hex). */
export class Waiting {
  readonly #byId = new Map<string, WaitingRequest>()
  readonly #bySeat = new Map<string, Set<string>>()
  readonly #byInvite = new Map<string, number>()
  readonly #pending = new Map<string, Bytes>()

  constructor(requests: Iterable<WaitingRequest>) {
    for (const request of requests) this.add(request)
  }

  get size(): number {
    return this.#byId.size
  }

  add(request: WaitingRequest): void {
    this.#byId.set(request.id, request)
    const ids = this.#bySeat.get(request.seatPub) ?? new Set()
    this.#bySeat.set(request.seatPub, ids.add(request.id))
    this.#byInvite.set(request.inviteId, this.ofInvite(request.inviteId) + 1)
  }

  get(id: string): WaitingRequest | undefined {
    return this.#byId.get(id)
  }

  delete(id: string): void {
    const request = this.#byId.get(id)
    if (request === undefined) return
    this.#byId.delete(id)
    this.#pending.delete(id)
    const ids = this.#bySeat.get(request.seatPub)
    ids?.delete(id)
    if (ids?.size === 0) this.#bySeat.delete(request.seatPub)
    this.#byInvite.set(request.inviteId, this.ofInvite(request.inviteId) - 1)
  }

  /** Keeps the leader's signed word that a human is asked about a request, for whoever comes to stand by: in memory only. */
  setPending(id: string, answer: Bytes): void {
    if (this.#byId.has(id)) this.#pending.set(id, answer)
  }

  pendingOf(id: string): Bytes | undefined {
    return this.#pending.get(id)
  }

  /** Another leads: the word of the one before counts no more. */
  forgetPending(): void {
    this.#pending.clear()
  }

  /** Requests of one seat key. */
  ofSeat(seatPub: string): readonly WaitingRequest[] {
    return [...(this.#bySeat.get(seatPub) ?? [])].flatMap((id) => this.#byId.get(id) ?? [])
  }

  ofInvite(inviteId: string): number {
    return this.#byInvite.get(inviteId) ?? 0
  }

  /** All of them, oldest first. */
  all(): readonly WaitingRequest[] {
    return [...this.#byId.values()].sort((a, b) => a.receivedAt - b.receivedAt)
  }

  olderThan(time: number): readonly WaitingRequest[] {
    return [...this.#byId.values()].filter((request) => request.receivedAt < time)
  }
}
