import type { Bytes } from "#crypto/base/bytes"
import { toHex } from "#crypto/base/bytes"
import type { EpochMs, SpaceId } from "#crypto/base/ids"
import { helloKinds } from "#crypto/wire/wire"
import type { Connection } from "../../../server/socket/connection.ts"
import { closed, FakeSocket } from "../fake-socket.ts"
import { Pending } from "../real-primitives.ts"
import { SimulatedService, type ServedLine } from "../simulated-service.ts"
import { symbolicPrimitives, type KeyBook } from "../symbolic.ts"
import type { WatchedRoom } from "../watched.ts"
import { Chance } from "./chance.ts"
import { digestNow } from "./digest.ts"
import { beginning } from "./machine.ts"
import { MemoryStore } from "./memory-store.ts"
import { packetOf } from "./packets.ts"
import type { ServiceEvent, ServiceOutput } from "./service-state.ts"

interface Served extends ServedLine {
  readonly socket: ServedLine["socket"]
  readonly fake: FakeSocket
  /** What it was told last of each kind that the service tells only when it changes. */
  readonly told: Map<string, number>
  events: number
}

/** The real key service in one process, at one point of one history. */
export class LiveService {
  readonly #store: MemoryStore
  readonly #service: SimulatedService
  readonly #lines = new Map<string, Served>()
  readonly #chance: Chance
  readonly #clock: { now: number }
  #out: ServiceOutput[] = []
  #leaderShown = false

  private constructor(store: MemoryStore, service: SimulatedService, chance: Chance, clock: { now: number }) {
    this.#store = store
    this.#service = service
    this.#chance = chance
    this.#clock = clock
    const { room } = service
    if (room === undefined) return
    // What the room has last said of leaders to all, be it to nobody: it remembers that and says only what is new.
    const toAll = room.toAll.bind(room)
    room.toAll = (message) => {
      if (message.TAG === "presence") this.#leaderShown = message.data.leader
      toAll(message)
    }
  }

  /** @param origin - how it starts: over a database with its space, or by the message that makes a space */
  static async start(book: KeyBook, origin: Origin): Promise<LiveService> {
    const chance = new Chance()
    const clock = { now: 0 }
    const store = "image" in origin ? MemoryStore.from(origin.image) : await MemoryStore.empty()
    const service = await SimulatedService.open({
      p: symbolicPrimitives(book, (length) => chance.bytes(length), []),
      clock: () => (beginning + clock.now) as EpochMs,
      pending: new Pending(),
      forgetful: false,
      store,
    })
    if ("image" in origin) await service.resume(origin.space)
    else await service.create(origin.body)
    return new LiveService(store, service, chance, clock)
  }

  get image(): Buffer {
    return this.#store.image
  }

  /** One event, and all that comes of it. */
  async take({ wire, what, now }: ServiceEvent): Promise<readonly ServiceOutput[]> {
    this.#clock.now = now
    this.#out = []
    const line = this.#lines.get(wire) ?? this.#lineOf(wire)
    const { events } = line
    this.#chance.begin(() => `service ${wire} ${events}`)
    line.events++
    switch (what.kind) {
      case "dial":
        this.#lines.set(wire, line)
        this.#out.push({ wire, what: { kind: "open" } })
        this.#service.accept(line)
        break
      case "message":
        line.fake.emit("message", Buffer.from(what.bytes), true)
        break
      case "close":
        this.#lines.delete(wire)
        line.fake.readyState = closed
        line.fake.emit("close")
    }
    await this.#service.settled()
    return [...this.#out]
  }

  /** The part of the room's state that the invariants look at, as it is now. */
  get room(): WatchedRoom | undefined {
    const state = this.#service.room?.state
    if (state === undefined) return undefined
    const { chain, seats, headIds, answered, byKey, waiting } = state
    const sizes = { answered: { size: answered.size }, byKey: { size: byKey.size }, waiting: { size: waiting.size } }
    return { state: { chain, seats, headIds, ...sizes } }
  }

  /**
   * A name of all that its future hangs on: its database, its room, its connections. Left out are its speed limits,
   * which nobody here comes near to.
   */
  get digest(): string {
    const { room } = this.#service
    const lines = [...this.#lines].map(([wire, { told, events }]) => [wire, events === 1, told])
    const parts: unknown[] = [
      this.#leaderShown,
      this.#store.rows,
      lines.sort(),
      room?.state.headCameAt,
      room?.state.waiting.all().map(({ id }) => id),
    ]
    const shown: unknown[] = []
    if (room !== undefined) {
      const { hostPub, byKey, chain } = room.state
      const kinds = [
        { kind: helloKinds.host, keys: [toHex(hostPub)] },
        { kind: helloKinds.seat, keys: [...byKey.keys(), ...room.state.waiting.all().map(({ seatPub }) => seatPub)] },
        { kind: helloKinds.invite, keys: [...chain.invites.keys()] },
      ]
      for (const { kind, keys } of kinds)
        for (const key of keys) shown.push(room.holders(kind, key).map((connection) => [key, shownBy(connection)]))
    }
    return digestNow([...parts, shown])
  }

  async close(): Promise<void> {
    await this.#service.close()
  }

  #lineOf(wire: string): Served {
    const say = (what: ServiceOutput["what"]): void => void this.#out.push({ wire, what })
    const push = (bytes: Bytes): void => {
      const packet = packetOf(bytes)
      say(packet)
      if (shownWhenChanged.has(bytes[0] ?? 0)) told.set(`${bytes[0] ?? 0}`, packet.id)
    }
    const told = new Map<string, number>()
    const end = (): void => say({ kind: "close" })
    const fake = new FakeSocket({ push, closeByService: end, endService: async () => end() })
    return {
      socket: fake as unknown as ServedLine["socket"],
      fake,
      told,
      events: 0,
      endService: () => this.#hangUp(wire),
    }
  }

  async #hangUp(wire: string): Promise<void> {
    const line = this.#lines.get(wire)
    this.#lines.delete(wire)
    if (line === undefined) return
    line.fake.readyState = closed
    line.fake.emit("close")
  }
}

/** Where a service begins. */
export type Origin = { readonly image: Buffer; readonly space: SpaceId } | { readonly body: Bytes }

/** Tags of presence and standby: what of them was said last is all that the room remembers beside its state. */
const shownWhenChanged: ReadonlySet<number> = new Set([77, 84])

const shownBy = ({ nonce, synced, proofs, asked, cut }: Connection): unknown => [nonce, synced, proofs, asked, cut]
