import { toHex } from "#crypto/base/bytes"
import type { SpaceId } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import type { Clock } from "../clock.ts"
import type { Database } from "../db/schema.ts"
import { Room } from "./room.ts"
import { readRoomState } from "./room-state.ts"

interface Entry {
  readonly room: Promise<Room | undefined>
  /** The room once it has been read. */
  read: Room | undefined
  users: number
}

/** The rooms in use. A room is read when its first user comes and forgotten when its last one goes: one copy at a time. */
export class Rooms {
  readonly #db: Database
  readonly #p: Primitives
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()

  constructor(db: Database, p: Primitives, clock: Clock) {
    this.#db = db
    this.#p = p
    this.#clock = clock
  }

  /** Takes a room into use; undefined if there is no such space. Each call that gives a room needs one `release`. */
  async acquire(space: SpaceId): Promise<Room | undefined> {
    const key = toHex(space)
    const entry = this.#entries.get(key) ?? { room: this.#read(space), read: undefined, users: 0 }
    this.#entries.set(key, entry)
    entry.users++
    let room: Room | undefined
    try {
      room = await entry.room
      entry.read = room
    } finally {
      if (room === undefined) this.release(space)
    }
    return room
  }

  release(space: SpaceId): void {
    const key = toHex(space)
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    entry.users--
    if (entry.users <= 0) this.#entries.delete(key)
  }

  /** The rooms that somebody uses right now. */
  inUse(): readonly Room[] {
    return [...this.#entries.values()].flatMap((entry) => entry.read ?? [])
  }

  /** Resolves when nothing that was asked for is still running. */
  async idle(): Promise<void> {
    for (const room of this.inUse()) await room.run(async () => undefined).catch(() => undefined)
  }

  async #read(space: SpaceId): Promise<Room | undefined> {
    const state = await readRoomState(this.#db, this.#p, space)
    return state === undefined ? undefined : new Room(state, this.#clock)
  }
}
