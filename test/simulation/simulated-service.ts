import { sql } from "kysely"
import type { WebSocket } from "ws"

import type { Bytes } from "#crypto/base/bytes"
import type { EpochMs, SpaceId } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { openStore, type Store } from "../../server/db/open.ts"
import { createLimits } from "../../server/http/limits.ts"
import type { Log } from "../../server/log.ts"
import type { Room } from "../../server/room/room.ts"
import { Rooms } from "../../server/room/rooms.ts"
import type { Service } from "../../server/service.ts"
import { Gate } from "../../server/sfu/gate.ts"
import { deniedIdentities } from "../../server/sfu/identity.store.ts"
import { OpenRooms } from "../../server/sfu/open-rooms.ts"
import { SfuOrders } from "../../server/sfu/orders.ts"
import { serveRoomSocket } from "../../server/socket/room-socket.ts"
import { acceptCreate } from "../../server/space/space.rules.ts"
import { createSpace } from "../../server/space/space.store.ts"
import { sweep } from "../../server/sweeper.ts"
import { Broken } from "./broken.ts"
import { remember } from "./forgetting.ts"
import type { Pending } from "./real-primitives.ts"
import { SimulatedSfu } from "./sfu-ear.ts"

/** The service's side of one connection. */
export interface ServedLine {
  readonly socket: WebSocket
  /** The service is gone. @param lose - whether what it sent last gets lost, too */
  endService(lose?: boolean): Promise<void>
}

interface Parts {
  readonly p: Primitives
  readonly clock: () => EpochMs
  readonly pending: Pending
  /** A planted bug: a crash takes what it had accepted since the last sweep along. */
  readonly forgetful: boolean
  /** An open store; undefined: a new one in memory. */
  readonly store?: Store
}

/** Longer than any run: virtual time decides who is too slow, not the machine's. */
const neverMs = 2 ** 31 - 1

/** The real key service over SQLite in memory, which can be killed at any moment; what was committed survives. */
export class SimulatedService {
  readonly sfu = new SimulatedSfu()
  readonly #parts: Parts
  readonly #store: Store
  #space: SpaceId | undefined
  #running: { readonly service: Service; readonly gate: Gate; readonly lines: Set<ServedLine> } | undefined
  /** The room in use, kept read so that what happens in it can be looked at. */
  #room: Room | undefined
  /** Messages the service may still send before it is killed; undefined: it lives. */
  #fuse: number | undefined
  #fault: string | undefined
  #closing = false
  #restore: (() => Promise<void>) | undefined

  private constructor(parts: Parts, store: Store) {
    this.#parts = parts
    this.#store = store
  }

  static async open(parts: Parts): Promise<SimulatedService> {
    return new SimulatedService(parts, parts.store ?? (await openStore(":memory:")))
  }

  get up(): boolean {
    return this.#running !== undefined
  }

  /** The room's public state; undefined while the service is down. */
  get room(): Room | undefined {
    return this.#room
  }

  /** Takes the message that makes a space, and starts. */
  async create(body: Bytes): Promise<void> {
    const { p, clock } = this.#parts
    const made = await acceptCreate(p, body, clock())
    await createSpace(this.#store.db, p, made, "room")
    this.#space = made.space
    await this.start()
  }

  /** Starts over a store that has a space already. */
  async resume(space: SpaceId): Promise<void> {
    this.#space = space
    await this.start()
  }

  async start(): Promise<void> {
    const { p, clock } = this.#parts
    const { db } = this.#store
    const log: Log = {
      info: () => undefined,
      error: (event, { fault }: { readonly fault?: string } = {}) => {
        this.#fault ??= `${event} ${fault ?? ""}`
      },
    }
    const sfuOrders = new SfuOrders(this.sfu, log)
    const rooms = new Rooms(db, p, clock)
    const { sfu } = this
    const service: Service = {
      p,
      clock,
      log,
      store: this.#store,
      db,
      rooms,
      sfu,
      sfuOrders,
      openRooms: new OpenRooms(sfu, clock),
      limits: createLimits(clock),
    }
    this.#fuse = undefined
    this.#running = { service, gate: new Gate(service), lines: new Set() }
    for (const { room, identity } of await deniedIdentities(db)) sfuOrders.remove(room, identity)
    this.#room = this.#space && (await rooms.acquire(this.#space))
    await this.#parts.pending.quiet()
  }

  /** Serves one connection. */
  accept(line: ServedLine): void {
    if (this.#running === undefined) return
    this.#running.lines.add(line)
    serveRoomSocket(this.#running.service, line.socket, "address", neverMs)
  }

  /** Whether it may send one more message. */
  mayPush(line: ServedLine): boolean {
    if (this.#running?.lines.has(line) !== true) return false
    if (this.#fuse === undefined) return true
    if (this.#fuse === 0) return false
    this.#fuse--
    return true
  }

  /** It will be killed after so many of its next messages: between its transaction and what members hear of it. */
  lightFuse(messages: number): void {
    this.#fuse = messages
  }

  /** Whether it was to be killed in what it has just done. */
  get burntOut(): boolean {
    return this.#fuse === 0
  }

  /** Killed: sockets and memory are gone, the database stays. @param lose - whether what was on its way gets lost */
  async kill(lose = true): Promise<void> {
    const { lines } = this.#running ?? { lines: new Set<ServedLine>() }
    this.#running = undefined
    this.#room = undefined
    for (const line of lines) await line.endService(lose)
    await this.#restore?.()
  }

  /** Waits until it has nothing left to do. @throws Broken `service-fault` if it failed at anything */
  async settled(): Promise<void> {
    await this.#parts.pending.quiet()
    if (this.#fault !== undefined && !this.#closing) throw new Broken("service-fault", this.#fault)
  }

  /** Shows a ticket at the gate in front of the media server. */
  async joinSfu(identity: string, serial: number): Promise<void> {
    const pass = await this.#running?.gate.pass({ token: identity, reconnect: false })
    if (pass === undefined) return
    this.sfu.present.add(identity)
    this.sfu.serials.set(identity, serial)
    await pass.joined()
    await this.settled()
  }

  async sweep(): Promise<void> {
    if (this.#running === undefined) return
    await sweep(this.#running.service)
    if (this.#parts.forgetful) this.#restore = await remember(this.#store.db)
    await this.settled()
  }

  /** Every byte string that is stored, table by table. */
  async stored(): Promise<readonly Uint8Array[]> {
    const { db } = this.#store
    const found: Uint8Array[] = []
    for (const { name } of await db.introspection.getTables()) {
      const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db)
      for (const row of rows)
        for (const value of Object.values(row)) {
          if (value instanceof Uint8Array) found.push(value)
          else if (typeof value === "string") found.push(Buffer.from(value))
        }
    }
    return found
  }

  async close(): Promise<void> {
    this.#closing = true
    await this.kill()
    await this.#parts.pending.quiet()
    await this.#store.close()
  }
}
