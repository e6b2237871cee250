import { wipe, type Bytes } from "#crypto/base/bytes"
import type { EpochMs } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import type {
  Input,
  MediaOrder,
  MemberCommand,
  MemberReply,
  MemberState,
  Output,
  TurnResult,
  VaultRecord,
  World,
} from "#crypto/member/types"
import { secretsOf } from "#crypto/member/secrets"
import type { ClientMessage } from "#crypto/wire/wire"
import type { CourierEvents } from "../courier/courier.ts"

/** The connection of a member: a courier, or what stands for one. */
export interface Socket {
  send(message: ClientMessage): void
  /** Breaks the connection and dials again. */
  hangUp(): void
  /** Closes for good. */
  stop(): void
}

/** Everything a member's machine touches, in a worker as in a bot. */
export interface DriverPorts {
  /** One turn of the machine (crypto/member). */
  step(state: MemberState, input: Input, world: World): Promise<TurnResult>
  readonly p: Primitives
  now(): EpochMs
  /** Milliseconds that never jump. */
  monotonic(): number
  /** Runs something every `ms`; returns how to end it. */
  every(ms: number, run: () => void): () => void
  connect(events: CourierEvents): Socket
  /** Resolves once the record is on the disk. */
  persist(record: VaultRecord): Promise<void>
  forget(): Promise<void>
  /** The order's bytes are the machine's own: whoever keeps them copies them before returning. */
  media(order: MediaOrder): void
  /** A signed Head or policy that goes out over the media server, too. */
  notice(bytes: Bytes): void
  /** A turn changed the state. */
  changed(state: MemberState): void
  /** The machine or the disk failed: everything was wiped and stopped. */
  broken(): void
}

const tickMs = 100

/** Runs one member: one input at a time, its outputs in order, a record stored before anything that follows it. */
export class Driver {
  readonly #ports: DriverPorts
  readonly #inputs: Input[] = []
  readonly #replies = new Map<number, (reply: MemberReply) => void>()
  /** Commands the machine has taken; their answer may still be on its way from the service. */
  readonly #taken = new Set<number>()
  readonly #refusals = new Map<string, number>()
  readonly #socket: Socket
  readonly #stopTicks: () => void
  #state: MemberState
  #nextId = 1
  #busy = false
  #stopped = false

  constructor(state: MemberState, ports: DriverPorts) {
    this.#state = state
    this.#ports = ports
    this.#socket = ports.connect({
      online: () => this.push({ kind: "online" }),
      offline: () => this.push({ kind: "offline" }),
      message: (message) => this.push({ kind: "message", message }),
    })
    this.#stopTicks = ports.every(tickMs, () => this.#tick())
  }

  get state(): MemberState {
    return this.#state
  }

  /** How often something was refused, by code. */
  get refusals(): ReadonlyMap<string, number> {
    return this.#refusals
  }

  /** Takes an input; it is worked off after those before it. */
  push(input: Input): void {
    if (this.#stopped) return
    this.#inputs.push(input)
    if (!this.#busy) void this.#workOff()
  }

  /** Asks the member; answered exactly once, never rejected. */
  command(command: MemberCommand): Promise<MemberReply> {
    if (this.#stopped) return Promise.resolve({ kind: "failed", code: "internal" })
    const id = this.#nextId++
    return new Promise((resolve) => {
      this.#replies.set(id, resolve)
      this.push({ kind: "command", id, command })
    })
  }

  /** Ends it: nothing more is stored or sent, the media worker forgets its keys, open commands fail with `code`. */
  stop(code: string): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#inputs.length = 0
    this.#stopTicks()
    this.#socket.stop()
    this.#ports.media({ kind: "wipe" })
    for (const id of [...this.#replies.keys()]) this.#reply(id, { kind: "failed", code })
    if (!this.#busy) this.#forget()
  }

  /** Nothing will be done with these any more. The record on the disk has its own. */
  #forget(): void {
    wipe(...secretsOf(this.#state))
  }

  /** The machine will never answer these: what they waited for is gone. */
  #failTaken(code: string): void {
    for (const id of [...this.#taken]) this.#reply(id, { kind: "failed", code })
  }

  #tick(): void {
    if (this.#state.phase === "gone" || this.#inputs.some((input) => input.kind === "tick")) return
    this.push({ kind: "tick" })
  }

  async #workOff(): Promise<void> {
    this.#busy = true
    try {
      for (let input = this.#inputs.shift(); input !== undefined; input = this.#inputs.shift()) await this.#turn(input)
    } catch {
      // What went wrong is a fault of ours and may quote secrets: nobody gets to read it.
      this.stop("internal")
      this.#ports.broken()
    } finally {
      this.#busy = false
      if (this.#isStopped()) this.#forget()
    }
  }

  async #turn(input: Input): Promise<void> {
    const { p } = this.#ports
    const before = this.#state
    if (input.kind === "command") this.#taken.add(input.id)
    const turn = await this.#ports.step(before, input, {
      p,
      now: this.#ports.now(),
      monotonic: this.#ports.monotonic(),
    })
    const replies: Extract<Output, { kind: "reply" }>[] = []
    try {
      this.#state = turn.state
      for (const output of turn.out) {
        // stopped meanwhile: another tab has this seat now, and the disk and the socket with it
        if (this.#isStopped()) return
        if (output.kind === "reply") replies.push(output)
        else await this.#carryOut(output)
      }
    } finally {
      wipe(...turn.consumed)
    }
    if (turn.state !== before && !this.#isStopped()) this.#ports.changed(turn.state)
    // After the change was told, so that whoever asked sees what came of it.
    for (const { id, value } of replies) this.#reply(id, value)
    if (turn.state.phase === "gone") this.#failTaken(turn.state.problem ?? "not-allowed")
    else if (input.kind === "offline") this.#failTaken("offline")
  }

  async #carryOut(output: Exclude<Output, { kind: "reply" }>): Promise<void> {
    switch (output.kind) {
      case "persist":
        await this.#ports.persist(output.record)
        return
      case "forget":
        await this.#ports.forget()
        return
      case "send":
        this.#socket.send(output.message)
        return
      case "media":
        this.#ports.media(output.order)
        return
      case "notice":
        this.#ports.notice(output.bytes)
        return
      case "hang-up":
        this.#socket.hangUp()
        return
      case "close":
        this.#socket.stop()
        return
      case "refused":
        this.#refusals.set(output.code, (this.#refusals.get(output.code) ?? 0) + 1)
        return
      default:
        output satisfies never
    }
  }

  #reply(id: number, value: MemberReply): void {
    this.#replies.get(id)?.(value)
    this.#replies.delete(id)
    this.#taken.delete(id)
  }

  #isStopped(): boolean {
    return this.#stopped
  }
}
