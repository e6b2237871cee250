import type { Bytes } from "#crypto/base/bytes"
import { ProtocolError } from "#crypto/base/errors"
import { clientCodec, serviceCodec, type ClientMessage, type ServiceMessage } from "#crypto/wire/wire"
import type { Dial, Line } from "./line.ts"

/** What the courier tells. `online` and `offline` alternate; messages come between the two. */
export interface CourierEvents {
  online(): void
  offline(): void
  message(message: ServiceMessage): void
}

export interface CourierPorts {
  readonly url: string
  readonly dial: Dial
  /** Milliseconds that never jump. */
  monotonic(): number
  /** A number in [0, 1): the jitter. */
  random(): number
  /** Runs something once after `ms`; returns how to call it off. */
  after(ms: number, run: () => void): () => void
}

const firstWaitMs = 200
const longestWaitMs = 2000
/** A connection that lived this long was a good one: the next wait is the first again. */
const goodLifeMs = 5000
/** Every message is answered: a service silent for so long after one is not there any more. */
const answerMs = 10_000

/** Milliseconds before the next try after `failures` of them, between half and all of 200, 400, 800, 1600, 2000, … */
export function waitBefore(failures: number, random: number): number {
  const full = Math.min(longestWaitMs, firstWaitMs * 2 ** failures)
  return full / 2 + (full / 2) * random
}

/**
 * Carries messages between one member and the key service, in order, and connects again by itself. It reads nothing
 * but the outermost tag; a message that is none ends the connection and is counted.
 */
export class Courier {
  readonly #ports: CourierPorts
  readonly #events: CourierEvents
  #line: Line | undefined
  #openedAt: number | undefined
  #failures = 0
  #malformed = 0
  #stopped = false
  #callOff: () => void = nothing
  #stopWatch: (() => void) | undefined

  constructor(ports: CourierPorts, events: CourierEvents) {
    this.#ports = ports
    this.#events = events
    this.#dial()
  }

  /** Messages of the service that did not decode. */
  get malformed(): number {
    return this.#malformed
  }

  /** Sends at once, or not at all: whoever is offline is told so and asks again later. */
  send(message: ClientMessage): void {
    if (this.#line === undefined || this.#openedAt === undefined) return
    this.#line.send(clientCodec.encode(message))
    this.#watch()
  }

  /** Ends this connection and dials again, as after a message that is none. */
  hangUp(): void {
    if (this.#openedAt !== undefined) this.#drop()
  }

  /** Closes for good, without a further event. */
  stop(): void {
    this.#stopped = true
    this.#callOff()
    this.#unwatch()
    const line = this.#line
    this.#line = undefined
    line?.close()
  }

  #dial(): void {
    if (this.#stopped) return
    const line: Line = this.#ports.dial(this.#ports.url, {
      open: () => {
        if (this.#line !== line) return
        this.#unwatch()
        this.#openedAt = this.#ports.monotonic()
        this.#events.online()
      },
      message: (bytes) => {
        if (this.#line === line) this.#receive(bytes)
      },
      close: () => {
        if (this.#line === line) this.#lost()
      },
    })
    this.#line = line
    this.#watch()
  }

  #receive(bytes: Bytes): void {
    this.#unwatch()
    let message: ServiceMessage
    try {
      message = serviceCodec.decode(bytes)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#malformed++
      this.#drop()
      return
    }
    this.#events.message(message)
  }

  #drop(): void {
    const line = this.#line
    this.#lost()
    line?.close()
  }

  #lost(): void {
    const openedAt = this.#openedAt
    this.#line = undefined
    this.#openedAt = undefined
    this.#unwatch()
    if (openedAt !== undefined && this.#ports.monotonic() - openedAt >= goodLifeMs) this.#failures = 0
    this.#callOff = this.#ports.after(waitBefore(this.#failures++, this.#ports.random()), () => this.#dial())
    if (openedAt !== undefined) this.#events.offline()
  }

  #watch(): void {
    this.#stopWatch ??= this.#ports.after(answerMs, () => this.#drop())
  }

  #unwatch(): void {
    this.#stopWatch?.()
    this.#stopWatch = undefined
  }
}

function nothing(): void {}
