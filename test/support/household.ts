import { WebSocket } from "ws"

import type { Bytes } from "#crypto/base/bytes"
import type { EpochMs } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { webPrimitives } from "#crypto/base/web-primitives"
import type { Link } from "#crypto/link/link"
import type { SpaceKindName } from "#crypto/link/policy"
import { step } from "#crypto/member/member"
import { createSpace, startFromLink, startFromRecord } from "#crypto/member/start"
import type { MemberCommand, MemberState, VaultRecord } from "#crypto/member/types"
import { Courier } from "../../web/courier/courier.ts"
import { roomUrl, type Dial } from "../../web/courier/line.ts"
import type { Socket } from "../../web/keys/driver.ts"
import type { CourierEvents } from "../../web/courier/courier.ts"
import { Person } from "./person.ts"
import { startTestService, type TestService } from "./service.ts"

/** A message on the wire, as whoever carries it saw it. */
export interface Carried {
  readonly who: string
  readonly way: "to-service" | "to-member"
  readonly bytes: Bytes
}

export interface HouseholdOptions {
  /** A file, so that the service can be started again. */
  readonly database?: string
  /** What a person's machine runs with: a broken one, where a test must see itself fail. */
  readonly primitives?: (who: string) => Primitives
  /** What runs everybody's turns in the machine's place. */
  readonly step?: typeof step
}

const tickMs = 100
/** Virtual time runs while the event loop does, twenty times as fast, and waits for whoever is at work: a slow machine slows it too. */
const tickEveryMs = 5
/** As many ticks it waits for a turn, and for an answer, which may have been lost on purpose. */
const turnTicks = 400
const answerTicks = 8
const quietTicks = 20

/** A real key service and the members around it, all on one clock that a test can hurry. */
export class Household {
  readonly service: TestService
  readonly people: Person[] = []
  readonly carried: Carried[] = []
  /** Dumps of the whole database, one for each change a test asked to note. */
  readonly dumps: string[] = []
  /** Answers what reaches a member in the service's place; undefined: nothing is changed. */
  tamper: ((who: string, bytes: Bytes) => readonly Bytes[]) | undefined
  /** Whether the media server keeps a signed Head or policy from somebody. */
  noticeLost: ((from: string, to: string, bytes: Bytes) => boolean) | undefined
  /** Whether a message to the service gets lost on its way. */
  loses: ((who: string, bytes: Bytes) => boolean) | undefined
  readonly #options: HouseholdOptions
  readonly #timers = new Map<object, { readonly at: number; readonly run: () => void }>()
  readonly #sockets = new Map<string, WebSocket>()
  readonly #every = new Set<() => void>()
  readonly #began: number
  readonly #pulse: NodeJS.Timeout
  #elapsed = 0
  #slept = 0
  #waited = 0
  readonly #deliver = new Map<string, (bytes: Bytes) => void>()

  private constructor(service: TestService, options: HouseholdOptions) {
    this.service = service
    this.#options = options
    this.#began = service.clock.now
    this.#pulse = setInterval(() => this.#tick(), tickEveryMs)
  }

  static async open(options: HouseholdOptions = {}): Promise<Household> {
    return new Household(await startTestService({ ...(options.database && { database: options.database }) }), options)
  }

  get now(): EpochMs {
    return (this.#began + this.#slept + this.#elapsed) as EpochMs
  }

  /** Everybody's machine sleeps: wall clocks go on, clocks that never jump stand still. */
  sleep(ms: number): void {
    this.#slept += ms
  }

  get monotonic(): number {
    return this.#elapsed
  }

  get step(): typeof step {
    return this.#options.step ?? step
  }

  primitivesOf(who: string): Primitives {
    return this.#options.primitives?.(who) ?? webPrimitives
  }

  /** Creates a space and opens its room. */
  async host(who = "host", kind: SpaceKindName = "invited"): Promise<Person> {
    const p = this.primitivesOf(who)
    const made = await createSpace(p, this.now, { title: "A talk", hostName: "Ada", language: "en", kind })
    const answer = await this.service.post(made.body)
    if (answer.status !== 201) throw new Error(`The space was not made: ${await answer.text()}`)
    const host = this.enter(who, made.state, made.record)
    await host.until(({ phase }) => phase === "seated")
    return host
  }

  /** Opens a link and asks to be let in. */
  async join(who: string, link: Link): Promise<Person> {
    const person = await this.knock(who, link)
    await person.until(({ phase }) => phase === "seated" || phase === "gone")
    return person
  }

  /** Opens a link and asks to be let in, without waiting for an answer. */
  async knock(who: string, link: Link): Promise<Person> {
    const person = this.enter(who, startFromLink(link), undefined)
    await person.until(({ phase }) => phase !== "opening")
    await person.command({ kind: "join" })
    return person
  }

  /** The same person in a tab that was loaded again: only the vault's record is left. */
  reload(person: Person): Person {
    person.stop()
    if (person.record === undefined) throw new Error(`${person.who} has no record.`)
    // As from the disk: bytes of its own.
    const record = structuredClone(person.record)
    return this.enter(person.who, startFromRecord(this.primitivesOf(person.who), record), record)
  }

  enter(who: string, state: MemberState, record: VaultRecord | undefined): Person {
    const person = new Person(this, who, state, record)
    this.people.push(person)
    return person
  }

  /** Makes an invite and gives its link. */
  async invite(host: Person, wish: Partial<Omit<Extract<MemberCommand, { kind: "invite" }>, "kind">> = {}) {
    const reply = await host.command({
      kind: "invite",
      label: "",
      role: "listener",
      personal: false,
      uses: 0,
      lifetimeMs: 86_400_000,
      ...wish,
    })
    if (reply.kind !== "link") throw new Error(`No invite: ${JSON.stringify(reply)}`)
    return reply
  }

  /** Lets time pass in strides short enough for every timer of the protocol; everybody gets to act in each. */
  async elapse(ms: number): Promise<void> {
    const stride = ms > 60_000 ? 5000 : 1000
    for (let left = ms; left > 0; left -= stride) {
      this.#advance(Math.min(left, stride))
      await this.#quiet()
    }
  }

  /** Resolves when nobody is at work and all that was asked is answered, or soon after: answers may have been lost. */
  async #quiet(): Promise<void> {
    for (let waited = 0; waited < (this.#isTurning ? turnTicks : quietTicks); waited++) {
      await new Promise((resolve) => setTimeout(resolve, tickEveryMs))
      if (this.people.every((person) => person.idle)) return
    }
  }

  /** Notes all that the service has stored right now. */
  async noteStored(): Promise<void> {
    this.dumps.push(await this.service.dump())
  }

  every(run: () => void): () => void {
    this.#every.add(run)
    return () => this.#every.delete(run)
  }

  /** Runs something once when `ms` have passed; returns how to call it off. */
  after(ms: number, run: () => void): () => void {
    const timer = {}
    this.#timers.set(timer, { at: this.#elapsed + ms, run })
    return () => this.#timers.delete(timer)
  }

  connect(who: string, events: CourierEvents): Socket {
    return new Courier(
      {
        url: roomUrl(this.service.url),
        dial: this.#recordingDial(who),
        monotonic: () => this.monotonic,
        random: () => 0.5,
        after: (ms, run) => this.after(ms, run),
      },
      events,
    )
  }

  /** Hands somebody a message of the service that was held back; nobody tampers with it again. */
  deliver(who: string, bytes: Bytes): void {
    this.#deliver.get(who)?.(bytes)
  }

  /** The media server carries a signed Head or policy to everybody else. */
  carryNotice(from: Person, bytes: Bytes): void {
    for (const person of this.people)
      if (person !== from && this.noticeLost?.(from.who, person.who, bytes) !== true) person.notice(bytes)
  }

  /** Breaks somebody's connection. */
  hangUp(who: string): void {
    this.#sockets.get(who)?.terminate()
  }

  async close(): Promise<void> {
    clearInterval(this.#pulse)
    for (const person of this.people) person.stop()
    await this.service.stop()
  }

  #tick(): void {
    const patience = this.#isTurning ? turnTicks : answerTicks
    if (this.people.some(({ idle }) => !idle) && this.#waited++ < patience) return
    this.#waited = 0
    this.#advance(tickMs)
  }

  get #isTurning(): boolean {
    return this.people.some(({ turning }) => turning)
  }

  #advance(ms: number): void {
    this.#elapsed += ms
    this.service.clock.now = this.now
    for (const [timer, { at, run }] of [...this.#timers]) if (at <= this.#elapsed && this.#timers.delete(timer)) run()
    for (const run of [...this.#every]) run()
  }

  #recordingDial(who: string): Dial {
    return (url, events) => {
      const socket = new WebSocket(url, { perMessageDeflate: false })
      this.#sockets.set(who, socket)
      this.#deliver.set(who, (bytes) => {
        this.carried.push({ who, way: "to-member", bytes })
        events.message(bytes)
      })
      socket.on("open", () => events.open())
      socket.on("close", () => events.close())
      socket.on("error", () => undefined)
      socket.on("message", (data: Buffer) => {
        const sent = Uint8Array.from(data)
        for (const bytes of this.tamper?.(who, sent) ?? [sent]) {
          this.carried.push({ who, way: "to-member", bytes })
          events.message(bytes)
        }
      })
      return {
        send: (bytes) => {
          this.carried.push({ who, way: "to-service", bytes: Uint8Array.from(bytes) })
          if (this.loses?.(who, bytes) !== true) socket.send(bytes)
        },
        close: () => socket.close(),
      }
    }
  }
}
