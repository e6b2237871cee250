import { toHex, type Bytes } from "#crypto/base/bytes"
import { createOpener, type Opener } from "#crypto/media/opener"
import { createSealer, type Sealer } from "#crypto/media/sealer"
import type { MediaOrder, MemberCommand, MemberReply, MemberState, VaultRecord } from "#crypto/member/types"
import type { ServiceMessage } from "#crypto/wire/wire"
import { Driver } from "../../web/keys/driver.ts"
import { decodeRecord, encodeRecord } from "../../web/keys/vault-record.ts"
import { obey } from "../../web/media/keys-port.ts"
import type { Household } from "./household.ts"
import { keysOnly } from "./keys-only.ts"

/** Of the real clock: a busy machine is slow, and what never comes costs only the test that fails. */
const patienceMs = Number(process.env["PATIENCE_MS"] ?? 45_000)

/** A frame that somebody sealed, with what only its sender knew. */
export interface SealedFrame {
  readonly who: string
  readonly bytes: Bytes
  readonly epoch: number
  readonly step: number
}

/** A member with its machine, driver, vault and frame layer: a browser without the browser. */
export class Person {
  readonly who: string
  /** Every order to the media worker so far, with bytes of its own. */
  readonly orders: MediaOrder[] = []
  /** Every byte string that stood in its state, its record or its orders at any time, in hex: what a spy in it knows. */
  readonly everKnown = new Set<string>()
  record: VaultRecord | undefined
  /** Whether the machine threw. */
  broken = false
  readonly sealer: Sealer
  readonly opener: Opener
  #stopped = false
  #turns = 0
  readonly #house: Household
  readonly #driver: Driver
  readonly #waiting = new Set<() => void>()

  constructor(house: Household, who: string, state: MemberState, record: VaultRecord | undefined) {
    const p = house.primitivesOf(who)
    this.who = who
    this.#house = house
    this.record = record
    this.sealer = createSealer(p, { onCounterLimit: (epoch) => this.#driver.push({ kind: "counter-limit", epoch }) })
    this.opener = createOpener(p, (ms, run) => house.after(ms, run), keysOnly)
    this.#know(state)
    this.#driver = new Driver(state, {
      step: async (before, input, world) => {
        this.#turns++
        return house.step(before, input, world).finally(() => this.#turns--)
      },
      p,
      now: () => house.now,
      monotonic: () => house.monotonic,
      every: (_ms, run) => house.every(run),
      connect: (events) => house.connect(who, events),
      notice: (bytes) => house.carryNotice(this, bytes),
      persist: async (next) => {
        this.record = decodeRecord(p, encodeRecord(next))
        this.#know(this.record)
      },
      forget: async () => {
        this.record = undefined
      },
      media: (order) => {
        this.#know(order)
        this.orders.push(structuredClone(order))
        obey(structuredClone(order), this.sealer, this.opener)
        this.#tell()
      },
      changed: (next) => {
        this.#know(next)
        this.#tell()
      },
      broken: () => {
        this.broken = true
        this.#tell()
      },
    })
  }

  get state(): MemberState {
    return this.#driver.state
  }

  /** Whether a turn of its machine is under way. */
  get turning(): boolean {
    return this.#turns > 0
  }

  /** Whether it waits for nothing: no turn under way, no message without its answer. */
  get idle(): boolean {
    const { socket, asked, phase } = this.state
    const answered = socket !== "synced" || asked.size === 0
    return this.#stopped || phase === "gone" || (this.#turns === 0 && answered)
  }

  /** Whether its tab was closed or loaded again. */
  get stopped(): boolean {
    return this.#stopped
  }

  get refusals(): ReadonlyMap<string, number> {
    return this.#driver.refusals
  }

  /** Epoch of the newest Head it has taken. */
  get epoch(): number {
    return this.state.chain?.head?.fields.epoch ?? 0
  }

  /** Whether it seals with the newest step of the newest epoch. */
  get upToDate(): boolean {
    const { sending, chain } = this.state
    return sending.silence === undefined && sending.epoch === this.epoch && sending.step === chain?.step
  }

  get serial(): number {
    return this.state.serial ?? 0
  }

  command(command: MemberCommand): Promise<MemberReply> {
    return this.#driver.command(command)
  }

  /** Resolves as soon as it holds of the state. @throws Error that says where it stood */
  async until(holds: (state: MemberState) => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => finish(), patienceMs)
      const look = (): void => {
        if (this.broken || this.#stopped || holds(this.state)) finish()
      }
      const finish = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
    if (holds(this.state)) return
    const { phase, problem, socket, sending } = this.state
    const where = JSON.stringify({ phase, problem, socket, sending, broken: this.broken, refused: [...this.refusals] })
    throw new Error(`In vain: ${holds.toString()}. ${this.who} is ${where}.`)
  }

  /** Resolves once this person seals with the newest epoch it knows of, and with that one at least. */
  async untilSending(epoch = 0): Promise<void> {
    await this.until(({ sending }) => sending.silence === undefined && (sending.epoch ?? -1) >= epoch)
  }

  /** Seals one packet as its media worker would. */
  async speak(packet = Uint8Array.of(1, 2, 3, 4)): Promise<SealedFrame> {
    const { sending } = this.state
    const bytes = await this.sealer.seal(packet)
    return { who: this.who, bytes, epoch: sending.epoch ?? -1, step: sending.step }
  }

  /** Whether its media worker plays a frame. */
  async hears(frame: SealedFrame): Promise<boolean> {
    const { kind } = await this.opener.open(frame.who, frame.bytes, this.#house.monotonic)
    return kind === "packet"
  }

  /** What it knows right now: its state, its record, and the epochs its media worker has not forgotten. */
  knowsNow(): ReadonlySet<string> {
    const known = new Set<string>()
    const held = new Set([...this.sealer.held(), ...this.opener.held()])
    const live = this.orders.filter((order) => order.kind === "epoch" && held.has(order.epoch))
    for (const part of [this.state, this.record, live]) collect(part, known)
    return known
  }

  /** Its media worker says that a counter is used up. */
  exhaust(): void {
    const { epoch } = this.state.sending
    if (epoch !== undefined) this.#driver.push({ kind: "counter-limit", epoch })
  }

  /** The service says something to it that no honest one would. */
  hear(message: ServiceMessage): void {
    this.#driver.push({ kind: "message", message })
  }

  /** The media server brings it a signed Head or policy. */
  notice(bytes: Bytes): void {
    this.#driver.push({ kind: "notice", bytes: bytes.slice() })
  }

  /** A checkpoint of the sender with this index names a Head: the first 16 bytes of its id. */
  seeHead(index: number, head: Bytes): void {
    this.#driver.push({ kind: "head-seen", index, head: head.slice() })
  }

  /** Its connection breaks; it dials again by itself. */
  hangUp(): void {
    this.#house.hangUp(this.who)
  }

  /** Ends it as a closed tab would. */
  stop(): void {
    this.#driver.stop("left")
    this.#stopped = true
    this.#tell()
  }

  #know(part: unknown): void {
    collect(part, this.everKnown)
  }

  #tell(): void {
    for (const look of [...this.#waiting]) look()
  }
}

/** Every byte string in a value, however deep. */
function collect(value: unknown, into: Set<string>): void {
  if (value instanceof Uint8Array) into.add(toHex(value))
  else if (value instanceof Map)
    for (const [key, part] of value as Map<unknown, unknown>) {
      collect(key, into)
      collect(part, into)
    }
  else if (typeof value === "object" && value !== null) for (const part of Object.values(value)) collect(part, into)
}
