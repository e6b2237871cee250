import { createHash, type Hash } from "node:crypto"

import { toHex, type Bytes } from "#crypto/base/bytes"
import type { EpochMs } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { createSpace, startFromLink, startFromRecord } from "#crypto/member/start"
import type { Input, MemberState } from "#crypto/member/types"
import { encodeRecord, decodeRecord } from "../../web/keys/vault-record.ts"
import { Agenda } from "./agenda.ts"
import { Device, type DevicePorts } from "./device.ts"
import { Draws } from "./draws.ts"
import { Line } from "./line.ts"
import type { KnownInvite, Person } from "./person.ts"
import { Pending, realPrimitives } from "./real-primitives.ts"
import { SimulatedService } from "./simulated-service.ts"
import { newKeyBook, symbolicPrimitives } from "./symbolic.ts"
import { Truth } from "./truth/truth.ts"
import type { Weather } from "./weather.ts"
import type { Plant } from "./plants.ts"

export interface HouseOptions {
  readonly seed: string
  readonly crypto: "symbolic" | "real"
  /** A bug to plant, so that the invariants can be seen to fail. */
  readonly plant?: Plant | undefined
}

/** When it all begins, by everybody's wall clock. */
const beginning = 1_800_000_000_000
const keptEvents = 40

/** One space with its key service, media server and members, all moved by one agenda and one seed. */
export class House {
  readonly agenda = new Agenda()
  readonly draws: Draws
  readonly truth: Truth
  readonly people: Person[] = []
  readonly invites: KnownInvite[] = []
  readonly weather: Weather
  readonly events: string[] = []
  readonly service: SimulatedService
  steps = 0
  readonly #options: HouseOptions
  readonly #member: Primitives
  readonly #creation: Primitives
  readonly #trace: Hash = createHash("sha256")
  #pages: readonly Device[] = []
  #opened = 0

  private constructor(options: HouseOptions, draws: Draws, weather: Weather, parts: Parts) {
    this.#options = options
    this.draws = draws
    this.weather = weather
    this.service = parts.service
    this.#member = parts.member
    this.#creation = parts.creation
    this.truth = new Truth(this)
  }

  static async open(options: HouseOptions, weather: Weather): Promise<House> {
    const draws = new Draws(options.seed)
    const pending = new Pending()
    const random = (length: number): Bytes => draws.bytes(length)
    const book = newKeyBook()
    const made = (secretLengths: readonly number[]): Primitives => {
      const p =
        options.crypto === "real"
          ? pending.over(realPrimitives(random))
          : symbolicPrimitives(book, random, secretLengths)
      return options.plant?.primitives?.(p) ?? p
    }
    const clock = (): EpochMs => (beginning + house.agenda.now) as EpochMs
    const service = await SimulatedService.open({
      p: made([]),
      clock,
      pending,
      forgetful: options.plant?.forgetful === true,
    })
    const house = new House(options, draws, weather, { service, member: made([16, 32]), creation: made([32]) })
    await house.#create()
    return house
  }

  /** A hash of all that has happened. */
  get trace(): string {
    return this.#trace.copy().digest("hex")
  }

  get host(): Person {
    const [host] = this.people
    if (host === undefined) throw new Error("There is no host.")
    return host
  }

  /** Pages that are open and in the room, or on their way in; of somebody with a duplicated tab that may be two. */
  get devices(): readonly Device[] {
    this.#pages = this.#pages.filter(({ lives }) => lives)
    return this.#pages
  }

  note(event: string): void {
    const line = `${this.agenda.now} ${event}`
    this.#trace.update(line)
    this.events.push(line)
    if (this.events.length > 2 * keptEvents) this.events.splice(0, keptEvents)
  }

  /** A person opens the link of an invite and asks to be let in. */
  enter(invite: KnownInvite): Person {
    const person: Person = {
      who: `p${this.people.length}`,
      invite,
      device: undefined,
      out: false,
      skewMs: this.#skew(),
    }
    this.people.push(person)
    this.openPage(person)
    return person
  }

  /** The page is opened (again): with what the vault has, or with the link alone. */
  openPage(person: Person): void {
    const record = person.device?.record
    if (person.device !== undefined) this.truth.seats.forgets(toHex(person.device.seatPub))
    person.device?.die()
    const p = this.#member
    const kept = record && decodeRecord(p, record)
    if (kept !== undefined) return this.#open(person, startFromRecord(p, kept), record)
    if (person.invite === undefined) throw new Error("The host's record is gone.")
    this.#open(person, startFromLink(person.invite.link), undefined)
  }

  /** The same record in one more page, while the first goes on: a duplicated tab. */
  duplicate(person: Person): void {
    const { device } = person
    if (device?.record === undefined) return
    this.truth.seats.forgets(toHex(device.seatPub))
    if (person === this.host) this.truth.hostHasTwoPages()
    const kept = decodeRecord(this.#member, device.record)
    if (kept !== undefined) this.#open(person, startFromRecord(this.#member, kept), device.record)
  }

  /** Runs until an entry of the agenda says that it is enough. */
  async runFor(ms: number): Promise<void> {
    const until = this.agenda.now + ms
    this.agenda.at(until, () => undefined)
    while (this.agenda.now < until && (await this.agenda.next())) await this.#afterwards()
  }

  async close(): Promise<void> {
    for (const device of this.devices) device.die()
    await this.service.close()
  }

  async #afterwards(): Promise<void> {
    if (!this.service.burntOut) return
    this.note("service killed while it spoke")
    await this.service.kill(this.draws.chance(0.5))
    this.restartSoon()
  }

  restartSoon(): void {
    this.agenda.after(this.draws.between(50, 3000), async () => {
      if (this.service.up) return
      this.note("service starts")
      await this.service.start()
      this.truth.restarted()
    })
  }

  async #create(): Promise<void> {
    const wish = { title: "A talk", hostName: "Ada", language: "en" }
    const kind = this.draws.chance(0.15) ? "sealed" : "invited"
    const now = beginning as EpochMs
    const { body, record, state } = await createSpace(this.#creation, now, { ...wish, kind })
    await this.service.create(body)
    const host: Person = { who: "host", invite: undefined, device: undefined, out: false, skewMs: this.#skew() }
    this.people.push(host)
    this.#open(host, state, encodeRecord(record))
    this.#sweepLater()
  }

  /** How wrong somebody's wall clock is. */
  #skew(): number {
    return this.draws.between(-30_000, 30_000)
  }

  #sweepLater(): void {
    this.agenda.after(30_000, async () => {
      await this.service.sweep()
      this.#sweepLater()
    })
  }

  #open(person: Person, state: MemberState, record: Bytes | undefined): void {
    const device = new Device(this.#opened++, person.who, state, record, this.#portsOf(person))
    person.device = device
    this.#pages = [...this.#pages, device]
    this.note(`${person.who} opens page ${device.id}`)
    device.connect()
    this.#tick(device, this.draws.between(250, 500))
    if (!state.wantsIn) this.#joinWhenCard(device)
  }

  #joinWhenCard(device: Device): void {
    this.agenda.after(300, async () => {
      if (!device.lives || device.state.wantsIn) return
      if (device.state.phase === "card") await device.command({ kind: "join" })
      this.#joinWhenCard(device)
    })
  }

  #tick(device: Device, every: number): void {
    this.agenda.after(every * this.weather.tickFactor, async () => {
      if (!device.lives) return
      await device.take({ kind: "tick" })
      this.#tick(device, every)
    })
  }

  #portsOf(person: Person): DevicePorts {
    return {
      p: this.#member,
      now: () => this.agenda.now,
      wallStart: beginning + person.skewMs,
      after: (ms, run) => this.agenda.after(ms, run),
      random: () => this.draws.below(1000) / 1000,
      dial: (device) => this.#dial(person, device),
      notice: (device, bytes) => this.#carryNotice(device, bytes),
      turned: (device, before, input, turn) => {
        this.steps++
        this.note(`${device.who}.${device.id} ${nameOf(input)}`)
        this.truth.turned(device, before, input, turn)
      },
      carriesOut: (device, output) => this.truth.carriesOut(device, output),
      gone: (device) => {
        this.note(`${device.who}.${device.id} gone ${device.state.problem ?? ""}`)
        // What a page promised that lost its seat to another one, nobody has to keep.
        this.truth.seats.forgets(toHex(device.seatPub))
      },
      alter: this.#options.plant?.alter,
    }
  }

  #dial(person: Person, device: Device): Line | undefined {
    const { agenda, weather, service, draws } = this
    if (!service.up || weather.cutOff.has(person.who)) return undefined
    const line: Line = new Line({
      agenda,
      delay: () => weather.delay(draws),
      breaks: () => draws.chance(weather.breaks),
      served: async () => {
        this.steps++
        await service.settled()
        this.truth.served()
      },
      message: (bytes) => device.hear(line, bytes),
      offline: () => device.offline(line),
      carried: (way, bytes) => this.truth.carried(device.who, way, bytes),
      alive: () => service.mayPush(line),
    })
    agenda.after(weather.delay(draws), async () => {
      if (!service.up || !device.lives || line.over) return device.offline(line)
      await device.online()
      service.accept(line)
      await service.settled()
    })
    return line
  }

  #carryNotice(from: Device, bytes: Bytes): void {
    const { weather, draws } = this
    if (weather.sfuDown) return
    this.truth.carried(from.who, "notice", bytes)
    for (const device of this.devices) {
      if (device === from) continue
      const copies = draws.chance(weather.drops) ? 0 : draws.chance(weather.duplicates) ? 2 : 1
      for (let copy = 0; copy < copies; copy++)
        this.agenda.after(weather.delay(draws), () => device.take({ kind: "notice", bytes: bytes.slice() }))
    }
  }
}

interface Parts {
  readonly service: SimulatedService
  readonly member: Primitives
  readonly creation: Primitives
}

function nameOf(input: Input): string {
  switch (input.kind) {
    case "message":
      return input.message.TAG
    case "command":
      return `command ${input.command.kind}`
    default:
      return input.kind
  }
}
