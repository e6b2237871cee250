import { hash } from "node:crypto"

import { toHex, type Bytes } from "#crypto/base/bytes"
import type { Input, MemberCommand, MemberReply, Output } from "#crypto/member/types"
import { waitBefore } from "../../../web/courier/courier.ts"
import { Truth } from "../truth/truth.ts"
import type { WatchedHouse } from "../watched.ts"
import type { Machine } from "./machine.ts"
import { messageIn, packetFrom, packetOf, type Packet } from "./packets.ts"
import { Page } from "./page.ts"
import type { ServiceOutput, ServiceState } from "./service-state.ts"
import type { ServiceTree } from "./service-tree.ts"
import { copyOf, digestOfWire, type Wire } from "./wire.ts"

/** The parts that all copies of a world share: they keep no state of their own. */
export interface Engine {
  readonly machine: Machine
  readonly tree: ServiceTree
}

/** Pages, connections and the service at one moment, to be copied at will. What happens next is decided outside. */
export class World implements WatchedHouse {
  readonly engine: Engine
  readonly truth: Truth
  readonly weather = { tickFactor: 1 }
  readonly clock = { now: 0 }
  readonly pages: Page[] = []
  readonly wires = new Map<string, Wire>()
  /** What the media server carries from page to page, by `from to`. */
  readonly notices = new Map<string, Packet[]>()
  /** Whose network is away. */
  readonly cutOff = new Set<string>()
  /** What may still happen, by name. */
  readonly budget = new Map<string, number>()
  /** How many of its orders each person has given. */
  readonly given = new Map<string, number>()
  replies: MemberReply[] = []
  state: ServiceState

  constructor(engine: Engine, before?: World) {
    this.engine = engine
    this.state = before?.engine === engine ? before.state : engine.tree.root
    this.truth = new Truth(this, before?.truth)
  }

  /** @param engine - another one, to go on elsewhere with its service where it starts */
  copy(engine = this.engine): World {
    return new World(engine, this).#takeAfter(this)
  }

  get service(): WatchedHouse["service"] {
    return { up: true, room: this.state.room, sfu: nobodyAtTheSfu, stored: () => Promise.resolve([]) }
  }

  /** Pages that are open and in the room, or on their way in. */
  get devices(): readonly Page[] {
    return this.pages.filter((page) => page.lives)
  }

  /** Whether the media server carries no notices. */
  get isMute(): boolean {
    return this.budget.has("mute")
  }

  /** Equal for worlds that go on alike. */
  get digest(): string {
    const notices = [...this.notices].map(([name, queue]) => `${name} ${queue.map(({ id }) => id).join()}`)
    const parts = [
      this.clock.now,
      this.state.digest,
      ...this.pages.map((page) => page.digest),
      [...this.wires]
        .map(([name, wire]) => digestOfWire(name, wire))
        .sort()
        .join("\n"),
      notices.sort().join("\n"),
      [...this.cutOff].join(),
      [...this.budget].join(),
      [...this.given].sort().join(),
      this.truth.memory,
    ]
    return hash("sha1", parts.join("\n\n"), "base64")
  }

  page(id: number): Page | undefined {
    return this.pages.find((page) => page.id === id)
  }

  /** The newest page of somebody. */
  pageOf(who: string): Page | undefined {
    return this.pages.findLast((page) => page.who === who)
  }

  /** One input to a page, and its outputs in order. @param upTo - dies before it carries out this one */
  async take(page: Page, input: Input, upTo = Infinity): Promise<void> {
    if (!page.lives) return
    const before = page.state
    const turn = await this.engine.machine.turn(page, input, this.clock.now)
    page.state = turn.state
    this.truth.turned(page, before, input, turn)
    for (const [at, output] of turn.out.entries()) {
      if (at >= upTo) return this.die(page)
      this.truth.carriesOut(page, output)
      this.#carryOut(page, output)
    }
    if (turn.state.phase === "gone") this.#forgetNotices(page)
  }

  async command(page: Page, command: MemberCommand, upTo?: number): Promise<void> {
    this.replies = []
    await this.take(page, { kind: "command", id: ++page.commands, command }, upTo)
    const done = this.replies.some(({ kind }) => kind === "done")
    if (command.kind === "remove" && done) this.truth.seats.kicked(command.serial, toHex(page.seatPub))
  }

  dial(page: Page): void {
    if (!page.lives || page.wire !== undefined) return
    page.dialAt = undefined
    page.wire = `${page.id}.${page.dials++}`
    this.wires.set(page.wire, {
      page: page.id,
      up: [{ kind: "dial" }],
      down: [],
      memberGone: false,
      serviceGone: false,
      broken: false,
    })
  }

  /** The service takes what comes next on a connection. */
  async serve(name: string): Promise<void> {
    const wire = this.wires.get(name)
    const what = wire?.up.shift()
    if (wire === undefined || what === undefined) return
    const { tree } = this.engine
    const { state, out } = await tree.after(this.state, { wire: name, what, now: this.clock.now })
    this.state = state
    for (const output of out) this.#push(output)
    if (what.kind === "close") wire.serviceGone = true
    if (wire.serviceGone && wire.memberGone) this.wires.delete(name)
    this.truth.served()
  }

  /** A page is told what comes next on its connection. @param upTo - dies before this output of it @param again - it will be told once more */
  async hear(page: Page, upTo?: number, again = false): Promise<void> {
    const wire = page.wire === undefined ? undefined : this.wires.get(page.wire)
    const what = again ? wire?.down[0] : wire?.down.shift()
    if (wire === undefined || what === undefined) return
    if (what.kind === "message") return this.take(page, { kind: "message", message: messageIn(what) }, upTo)
    if (what.kind === "open") {
      page.online = true
      return this.take(page, { kind: "online" }, upTo)
    }
    this.#hangUp(page)
    page.dialAt = this.clock.now + waitBefore(page.failures++, 0.5)
    if (page.online) {
      page.failures = 1
      page.online = false
      await this.take(page, { kind: "offline" }, upTo)
    }
  }

  /** A page gets the next notice of another one. @param again - it will come once more */
  async notice(from: number, page: Page, upTo?: number, again = false): Promise<void> {
    const queue = this.notices.get(`${from} ${page.id}`)
    const packet = again ? queue?.[0] : queue?.shift()
    if (queue?.length === 0) this.notices.delete(`${from} ${page.id}`)
    if (packet !== undefined) await this.take(page, { kind: "notice", bytes: packet.bytes.slice() }, upTo)
  }

  /** The media server drops the next notice of a page to another. */
  lose(from: number, page: Page): void {
    const [, ...rest] = this.notices.get(`${from} ${page.id}`) ?? []
    if (rest.length > 0) this.notices.set(`${from} ${page.id}`, rest)
    else this.notices.delete(`${from} ${page.id}`)
  }

  async tick(page: Page, upTo?: number): Promise<void> {
    page.ticks = false
    await this.take(page, { kind: "tick" }, upTo)
  }

  /** The process of a page ends; what it has said arrives, what is on the disk stays. */
  die(page: Page): void {
    this.#hangUp(page)
    page.dead = true
    page.online = false
    this.#forgetNotices(page)
  }

  /** A connection breaks, and what is under way on it is lost; each side finds out in its own time. */
  cut(page: Page): void {
    const wire = page.wire === undefined ? undefined : this.wires.get(page.wire)
    if (wire === undefined) return
    wire.broken = true
    wire.up.splice(0, Infinity, { kind: "close" })
    wire.down.splice(0, Infinity, { kind: "close" })
  }

  /** The page of somebody is opened (again), or once more. */
  open(page: Page, id: number): void {
    if (page.record === undefined) return
    this.truth.seats.forgets(toHex(page.seatPub))
    const { machine } = this.engine
    const next = new Page(id, page.who, machine.p, this.clock.now, machine.reloaded(page.record), this.clock)
    next.record = page.record
    this.pages.push(next)
    this.dial(next)
  }

  /** The same record in one more page, while the first goes on. */
  openTwice(page: Page, id: number): void {
    if (page.state.host !== undefined) this.truth.hostHasTwoPages()
    this.open(page, id)
  }

  #carryOut(page: Page, output: Output): void {
    switch (output.kind) {
      case "persist":
        page.record = output.record
        return
      case "forget":
        page.record = undefined
        return
      case "send": {
        const packet = packetFrom(output.message)
        this.truth.carried(page.who, "to-service", packet.bytes)
        const wire = page.online && page.wire !== undefined ? this.wires.get(page.wire) : undefined
        if (wire?.broken === false) wire.up.push(packet)
        return
      }
      case "notice":
        return this.#carryNotice(page, output.bytes)
      case "hang-up":
        return this.cut(page)
      case "close":
        return this.#hangUp(page)
      case "reply":
        this.replies.push(output.value)
        return
      case "media":
      case "refused":
        return
      default:
        output satisfies never
    }
  }

  #carryNotice(from: Page, bytes: Bytes): void {
    this.truth.carried(from.who, "notice", bytes)
    if (this.isMute) return
    for (const page of this.devices) {
      if (page === from || this.cutOff.has(from.who) || this.cutOff.has(page.who)) continue
      const name = `${from.id} ${page.id}`
      this.notices.set(name, [...(this.notices.get(name) ?? []), packetOf(bytes)])
    }
  }

  #forgetNotices(page: Page): void {
    for (const name of this.notices.keys()) if (name.endsWith(` ${page.id}`)) this.notices.delete(name)
  }

  /** The page's side of its connection is over. */
  #hangUp(page: Page): void {
    const { wire: name } = page
    const wire = name === undefined ? undefined : this.wires.get(name)
    page.wire = undefined
    if (name === undefined || wire === undefined) return
    wire.memberGone = true
    wire.down.length = 0
    if (wire.serviceGone) this.wires.delete(name)
    else if (wire.up.at(-1)?.kind !== "close") wire.up.push({ kind: "close" })
  }

  #push({ wire: name, what }: ServiceOutput): void {
    const wire = this.wires.get(name)
    if (what.kind === "message") this.truth.carried(name, "to-member", what.bytes)
    if (wire !== undefined && !wire.memberGone && !wire.broken) wire.down.push(what)
  }

  #takeAfter(before: World): this {
    this.clock.now = before.clock.now
    for (const page of before.pages) this.pages.push(page.copy(this.clock))
    for (const [name, wire] of before.wires) this.wires.set(name, copyOf(wire))
    for (const [name, queue] of before.notices) this.notices.set(name, [...queue])
    for (const who of before.cutOff) this.cutOff.add(who)
    for (const [name, left] of before.budget) this.budget.set(name, left)
    for (const [who, count] of before.given) this.given.set(who, count)
    return this
  }
}

const nobodyAtTheSfu = { present: new Set<string>(), serials: new Map<string, number>() }
