import type { WebSocket } from "ws"

import type { Bytes } from "#crypto/base/bytes"
import type { Agenda } from "./agenda.ts"
import { closed, FakeSocket } from "./fake-socket.ts"
import { calmDelayMs } from "./weather.ts"

/** The two ends of a connection, and how the network treats it. */
export interface LinePorts {
  readonly agenda: Agenda
  /** How long the next message takes, in ms. */
  delay(): number
  /** Whether the connection breaks at this message: it and all under way is lost. */
  breaks(): boolean
  /** Something reached the service: resolves when it has done its work. */
  served(): Promise<void>
  /** A message reaches the member. */
  message(bytes: Bytes): Promise<void>
  /** The member learns that the connection is over. */
  offline(): Promise<void>
  /** Whoever carries the bytes looks at them. */
  carried(way: "to-service" | "to-member", bytes: Bytes): void
  /** Whether the service still works: one that was killed sends nothing any more. */
  alive(): boolean
}

/** A side learns of a break that is not told to it after at most this long: its next message gets no answer. */
const noticeMs = 10_000

/** One connection to the key service: order holds each way, and it may break at any point. Its service side is a `ws`. */
export class Line {
  readonly #ports: LinePorts
  readonly #socket: FakeSocket
  #broken = false
  #memberGone = false
  #serviceGone = false
  #toService = 0
  #toMember = 0

  constructor(ports: LinePorts) {
    this.#ports = ports
    this.#socket = new FakeSocket(this)
  }

  /** What the service is handed. It has the parts of a `ws` that the service uses. */
  get socket(): WebSocket {
    return this.#socket as unknown as WebSocket
  }

  /** Whether it is broken, or one side has gone. */
  get over(): boolean {
    return this.#broken || this.#memberGone || this.#serviceGone
  }

  /** Whether something is under way that takes longer than in calm weather. */
  get isSlow(): boolean {
    return Math.max(this.#toService, this.#toMember) > this.#ports.agenda.now + calmDelayMs
  }

  /** The member says something. */
  send(bytes: Bytes): void {
    const { agenda } = this.#ports
    if (this.#broken || this.#memberGone) return
    if (this.#ports.breaks()) return this.break()
    this.#ports.carried("to-service", bytes)
    this.#toService = Math.max(this.#toService, agenda.now + this.#ports.delay())
    agenda.at(this.#toService, async () => {
      if (this.#broken || this.#serviceGone) return
      this.#socket.emit("message", Buffer.from(bytes), true)
      await this.#ports.served()
    })
  }

  /** The service says something. */
  push(bytes: Bytes): void {
    const { agenda } = this.#ports
    if (!this.#ports.alive() || this.#broken) return
    if (this.#ports.breaks()) return this.break()
    this.#ports.carried("to-member", bytes)
    this.#toMember = Math.max(this.#toMember, agenda.now + this.#ports.delay())
    agenda.at(this.#toMember, () => (this.#broken || this.#memberGone ? undefined : this.#ports.message(bytes)))
  }

  /** The connection is cut without a word; each side finds out in its own time. */
  break(noticeWithin = noticeMs): void {
    this.#broken = true
    const { agenda } = this.#ports
    agenda.after(Math.min(noticeWithin, this.#ports.delay() * 2), () => this.#tellMember())
    agenda.after(Math.min(noticeWithin, this.#ports.delay() * 4), () => this.#tellService())
  }

  /** The member closes after what it has said. */
  closeByMember(): void {
    this.#memberGone = true
    const { agenda } = this.#ports
    agenda.at(Math.max(this.#toService, agenda.now + 1), () => this.#tellService())
  }

  /** The member's process is gone: the service may find out late. */
  die(): void {
    this.#memberGone = true
    this.break()
  }

  /** The service closes after what it has said. */
  closeByService(): void {
    const { agenda } = this.#ports
    this.#toMember = Math.max(this.#toMember, agenda.now + this.#ports.delay())
    agenda.at(this.#toMember, async () => {
      await this.#tellMember()
      await this.#tellService()
    })
  }

  /** The service's side is over now, the member's soon. @param lose - whether what it sent last gets lost, too */
  endService(lose = true): Promise<void> {
    const { agenda } = this.#ports
    if (lose) this.#broken = true
    agenda.at(Math.max(this.#toMember, agenda.now) + this.#ports.delay(), () => this.#tellMember())
    return this.#tellService()
  }

  async #tellMember(): Promise<void> {
    if (this.#memberGone) return
    this.#memberGone = true
    await this.#ports.offline()
  }

  async #tellService(): Promise<void> {
    if (this.#serviceGone) return
    this.#serviceGone = true
    this.#socket.readyState = closed
    this.#socket.emit("close")
    await this.#ports.served()
  }
}
