import type { Clock } from "../clock.ts"
import type { Database } from "../db/schema.ts"
import { denyIdentities, identitiesOf, livingIdentity, returnTicket, roleNow, takeTicket } from "./identity.store.ts"
import type { SfuOrders } from "./orders.ts"
import type { Sfu, SfuRole } from "./sfu.ts"
import type { SeatSerial, SpaceId } from "#crypto/base/ids"
import { findSpace } from "../space/space.store.ts"

/** What a request at the gate carries. */
export interface Ticket {
  readonly token: string | null
  /** An SFU client that resumes: its ticket was used at its join. */
  readonly reconnect: boolean
}

/** What is known of an identity that lives; the role is the one in its token. */
interface Living {
  readonly name: string
  readonly role: SfuRole
  readonly space: SpaceId
  readonly serial: SeatSerial
  readonly joinedAt: number | null
}

/** Somebody who may pass; `undo` gives the ticket back when the SFU then did not answer. */
export interface Pass {
  readonly undo: () => Promise<void>
  /** The join took place: older connections of the seat go, and a token older than the seat's role is set right. */
  readonly joined: () => Promise<void>
}

/**
 * Admission to the SFU. LiveKit renews tokens by itself, so a token that is good proves little: the identity in it must
 * be one we made, for a row that is still there and was not shut out; joining uses its ticket up, resuming does not.
 */
export class Gate {
  readonly #db: Database
  readonly #sfu: Sfu
  readonly #orders: SfuOrders
  readonly #clock: Clock

  constructor(parts: {
    readonly db: Database
    readonly sfu: Sfu
    readonly sfuOrders: SfuOrders
    readonly clock: Clock
  }) {
    this.#db = parts.db
    this.#sfu = parts.sfu
    this.#orders = parts.sfuOrders
    this.#clock = parts.clock
  }

  /** Whether somebody with this ticket would pass; uses nothing up. */
  async mayPass({ token, reconnect }: Ticket): Promise<boolean> {
    const identity = await this.#living(token)
    return identity !== undefined && reconnect === (identity.joinedAt !== null)
  }

  /** Lets somebody through, or not (undefined). */
  async pass({ token, reconnect }: Ticket): Promise<Pass | undefined> {
    const identity = await this.#living(token)
    if (identity === undefined) return undefined
    const nothing = async (): Promise<void> => undefined
    if (reconnect) return identity.joinedAt === null ? undefined : { undo: nothing, joined: nothing }
    if (!(await takeTicket(this.#db, identity.name, this.#clock()))) return undefined
    return {
      undo: () => returnTicket(this.#db, identity.name),
      joined: () => this.#settle(identity),
    }
  }

  async #living(token: string | null): Promise<Living | undefined> {
    const read = token === null ? undefined : await this.#sfu.read(token)
    const stored = read && (await livingIdentity(this.#db, read.identity))
    if (read === undefined || stored === undefined) return undefined
    return {
      name: read.identity,
      role: read.role,
      space: stored.space as SpaceId,
      serial: stored.serial as SeatSerial,
      joinedAt: stored.joined_at,
    }
  }

  async #settle({ name, role, space: id, serial }: Living): Promise<void> {
    const space = await findSpace(this.#db, id)
    if (space === undefined) return
    // It came on stage, or left it, between its ticket and now: whoever was not there yet could not be told.
    const now = () => roleNow(this.#db, name)
    if ((await now()) !== role) this.#orders.setRole(space.sfu_room, name, now)
    // One connection per seat: a new one ends the older ones.
    const all = await identitiesOf(this.#db, id, [serial])
    const others = all.filter((other) => other.joined_at !== null && other.identity !== name)
    await denyIdentities(
      this.#db,
      others.map((other) => other.identity),
      this.#clock(),
    )
    for (const other of others) this.#orders.remove(space.sfu_room, other.identity)
  }
}

/** What an SFU client says of itself and of how it wants to join. */
const passed = [
  "adaptive_stream",
  "auto_subscribe",
  "browser",
  "browser_version",
  "client_protocol",
  "device_model",
  "disable_ice_lite",
  "network",
  "os",
  "os_version",
  "protocol",
  "reconnect_reason",
  "sdk",
  "sid",
  "subscriber_allow_pause",
  "version",
]

/** Reads what an SFU client puts into its query string, which never meets a log. */
export function ticketIn(query: URLSearchParams): Ticket {
  return { token: query.get("access_token"), reconnect: query.get("reconnect") === "1" }
}

/**
 * The query that the SFU gets: what the gate has read, and what cannot matter to it. The SFU knows names that would
 * give a client another identity than its ticket's (publish), a say of its own (attributes) or another way to join
 * (join_request).
 */
export function sfuQuery(query: URLSearchParams): URLSearchParams {
  const { token, reconnect } = ticketIn(query)
  const target = new URLSearchParams({ access_token: token ?? "", ...(reconnect && { reconnect: "1" }) })
  for (const name of passed) {
    const value = query.get(name)
    if (value !== null) target.set(name, value)
  }
  return target
}
