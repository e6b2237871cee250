import type { Clock } from "../clock.ts"
import type { Sfu } from "./sfu.ts"

/** An opening counts for so long. An empty room outlives it by far; one lost with its SFU comes back after it. */
const freshMs = 10_000

interface Opening {
  readonly at: number
  readonly done: Promise<void>
}

/**
 * Rooms the SFU was asked to open just now. Whoever waits for a seat has the room opened meanwhile, so that the ticket,
 * which only the seated get, does not wait for the media server as well.
 */
export class OpenRooms {
  readonly #sfu: Pick<Sfu, "openRoom">
  readonly #clock: Clock
  readonly #openings = new Map<string, Opening>()

  constructor(sfu: Pick<Sfu, "openRoom">, clock: Clock) {
    this.#sfu = sfu
    this.#clock = clock
  }

  /** Resolves once the room is there. Rejects as the SFU did; the next call asks it again. */
  open(room: string): Promise<void> {
    const now = this.#clock()
    for (const [name, { at }] of this.#openings) if (Math.abs(now - at) >= freshMs) this.#openings.delete(name)
    const known = this.#openings.get(room)
    if (known !== undefined) return known.done
    const opening = { at: now, done: this.#sfu.openRoom(room) }
    this.#openings.set(room, opening)
    opening.done.catch(() => {
      if (this.#openings.get(room) === opening) this.#openings.delete(room)
    })
    return opening.done
  }

  /** Opens it for a ticket that may be asked for soon; a failure shows when it is. */
  prepare(room: string): void {
    this.open(room).catch(() => undefined)
  }

  /** The room is being closed: an opening before counts no more. */
  forget(room: string): void {
    this.#openings.delete(room)
  }
}
