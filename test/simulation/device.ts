import { wipe, type Bytes } from "#crypto/base/bytes"
import type { EpochMs } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { step } from "#crypto/member/member"
import type { Input, MemberCommand, MemberReply, MemberState, Output, TurnResult, World } from "#crypto/member/types"
import { clientCodec, serviceCodec } from "#crypto/wire/wire"
import { waitBefore } from "../../web/courier/courier.ts"
import { encodeRecord } from "../../web/keys/vault-record.ts"
import { Broken } from "./broken.ts"
import type { Line } from "./line.ts"

/** What a device needs of the world it is in. */
export interface DevicePorts {
  readonly p: Primitives
  /** Virtual time in ms. */
  now(): number
  /** The wall clock at virtual time 0, as this device has it. */
  readonly wallStart: number
  after(ms: number, run: () => unknown): void
  /** A number in [0, 1). */
  random(): number
  /** Opens a connection; undefined if the service is out of reach. */
  dial(device: Device): Line | undefined
  notice(device: Device, bytes: Bytes): void
  /** A turn has been worked out; nothing of it has been carried out yet. */
  turned(device: Device, before: MemberState, input: Input, turn: TurnResult): void
  /** An output is about to be carried out. */
  carriesOut(device: Device, output: Output): void
  gone(device: Device): void
  /** A machine with a fault of its own, if the run has one. */
  readonly alter: ((before: MemberState, input: Input, turn: TurnResult) => TurnResult) | undefined
}

const noKey: Bytes = new Uint8Array(32)

const answerMs = 10_000

/** One run of a page: it begins with what the vault has, and ends with a crash, a goodbye or the end of the run. */
export class Device {
  readonly id: number
  readonly who: string
  state: MemberState
  /** What is on the disk. */
  record: Bytes | undefined
  /** Its process has ended. */
  dead = false
  /** Dies before it carries out this output of its next turn that has any. */
  crashAt: number | undefined
  readonly bornAt: number
  readonly #ports: DevicePorts
  readonly #replies = new Map<number, (reply: MemberReply) => void>()
  #line: Line | undefined
  #lineOpen = false
  #failures = 0
  #nextCommand = 1
  #heard = 0
  #watched = -1
  #sleptMs = 0
  #asleep: Input[] | undefined
  #busy = false
  #key: { readonly seed: Bytes; readonly pub: Bytes } | undefined

  constructor(id: number, who: string, state: MemberState, record: Bytes | undefined, ports: DevicePorts) {
    this.id = id
    this.who = who
    this.state = state
    this.record = record
    this.#ports = ports
    this.bornAt = ports.now()
  }

  get p(): Primitives {
    return this.#ports.p
  }

  /** The public key of its seat, or of the seat it asks for. */
  get seatPub(): Bytes {
    const { seatSeed } = this.state
    if (seatSeed === undefined) return noKey
    if (this.#key?.seed !== seatSeed) this.#key = { seed: seatSeed, pub: this.#ports.p.publicKey(seatSeed) }
    return this.#key.pub
  }

  /** Milliseconds that do not pass while it sleeps. */
  get monotonic(): number {
    return this.#ports.now() - this.bornAt - this.#sleptMs
  }

  get isAsleep(): boolean {
    return this.#asleep !== undefined
  }

  /** Whether it is here and in the room, or wants to be. */
  get lives(): boolean {
    return !this.dead && this.state.phase !== "gone"
  }

  /** Whether its connection works, and all that is under way on it comes as soon as in calm weather. */
  get isReached(): boolean {
    return this.#line?.over === false && !this.#line.isSlow
  }

  connect(): void {
    if (!this.lives || this.#line !== undefined) return
    const line = this.isAsleep ? undefined : this.#ports.dial(this)
    if (line === undefined) return this.#retry()
    this.#line = line
    this.#watched = -1
    this.#watch(line)
  }

  /** The connection is up: what the service says comes from here on. */
  async online(): Promise<void> {
    this.#lineOpen = true
    await this.take({ kind: "online" })
  }

  async offline(line: Line): Promise<void> {
    if (line !== this.#line) return
    this.#line = undefined
    const wasOpen = this.#lineOpen
    this.#lineOpen = false
    if (wasOpen) {
      this.#failures = 0
      await this.take({ kind: "offline" })
    }
    this.#retry()
  }

  #retry(): void {
    if (!this.lives) return
    this.#ports.after(waitBefore(this.#failures++, this.#ports.random()), () => this.connect())
  }

  async hear(line: Line, bytes: Bytes): Promise<void> {
    if (line !== this.#line) return
    this.#heard++
    await this.take({ kind: "message", message: serviceCodec.decode(bytes) })
  }

  /** As the courier does: a service that is silent for ten seconds after a message is not there any more. */
  #watch(line: Line | undefined): void {
    const heard = this.#heard
    if (line === undefined || this.#watched === heard) return
    this.#watched = heard
    const look = async (): Promise<void> => {
      if (this.#heard !== heard || line !== this.#line) return
      if (this.isAsleep) this.#ports.after(answerMs, look)
      else line.break(0)
    }
    this.#ports.after(answerMs, look)
  }

  command(command: MemberCommand, reply: (reply: MemberReply) => void = () => undefined): Promise<void> {
    const id = this.#nextCommand++
    this.#replies.set(id, reply)
    return this.take({ kind: "command", id, command })
  }

  /** Nothing runs, the wall clock goes on, the other one stands still. */
  sleep(ms: number): void {
    if (this.dead || this.isAsleep) return
    this.#asleep = []
    this.#ports.after(ms, async () => {
      const missed = this.#asleep ?? []
      this.#asleep = undefined
      this.#sleptMs += ms
      for (const input of missed) await this.take(input)
    })
  }

  /** Breaks the connection at this moment. */
  cut(): void {
    this.#line?.break()
  }

  /** The process ends here and now; what is on the disk stays. */
  die(): void {
    if (this.dead) return
    this.dead = true
    this.#line?.die()
    this.#line = undefined
  }

  /** One input, all of its outputs in order. */
  async take(input: Input): Promise<void> {
    if (!this.lives) return
    if (this.#asleep !== undefined) {
      if (input.kind !== "tick") this.#asleep.push(input)
      return
    }
    // A second turn beside one that is not over would take its state away: the run itself is wrong then.
    if (this.#busy) throw new Error(`${this.who} was handed ${input.kind} in the middle of another input.`)
    this.#busy = true
    const before = this.state
    const turn = await this.#turn(before, input)
    this.#busy = false
    this.state = turn.state
    this.#ports.turned(this, before, input, turn)
    for (const output of turn.out) {
      if (this.crashAt !== undefined && this.crashAt-- <= 0) return this.die()
      this.#ports.carriesOut(this, output)
      this.#carryOut(output)
    }
    wipe(...turn.consumed)
    if (turn.state.phase === "gone" && before.phase !== "gone") this.#ports.gone(this)
  }

  async #turn(before: MemberState, input: Input): Promise<TurnResult> {
    const now = (this.#ports.wallStart + this.#ports.now()) as EpochMs
    const world: World = { p: this.#ports.p, now, monotonic: this.monotonic }
    try {
      const turn = await step(before, input, world)
      return this.#ports.alter?.(before, input, turn) ?? turn
    } catch (error) {
      throw new Broken("member-fault", error instanceof Error ? (error.stack ?? error.message) : "unknown")
    }
  }

  #carryOut(output: Output): void {
    switch (output.kind) {
      case "persist":
        this.record = encodeRecord(output.record)
        return
      case "forget":
        this.record = undefined
        return
      case "send":
        if (this.#lineOpen) this.#line?.send(clientCodec.encode(output.message))
        this.#watch(this.#line)
        return
      case "notice":
        this.#ports.notice(this, output.bytes)
        return
      case "hang-up":
        return this.cut()
      case "close":
        this.#line?.closeByMember()
        return
      case "reply":
        this.#replies.get(output.id)?.(output.value)
        this.#replies.delete(output.id)
        return
      case "media":
      case "refused":
        return
      default:
        output satisfies never
    }
  }
}
