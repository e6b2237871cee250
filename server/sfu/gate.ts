import type { Clock } from "../clock.ts"
import type { Database } from "../db/schema.ts"
import { denyIdentities, identitiesOf, livingIdentity, returnTicket, takeTicket } from "./identity.store.ts"
import type { SfuOrders } from "./orders.ts"
import type { Sfu } from "./sfu.ts"
import type { SeatSerial, SpaceId } from "#crypto/base/ids"
import { findSpace } from "../space/space.store.ts"

/** What a request at the gate carries. */
export interface Ticket {
  readonly token: string | null
  /** An SFU client that resumes: its ticket was used at its join. */
  readonly reconnect: boolean
}

/** Somebody who may pass; `undo` gives the ticket back when the SFU then did not answer. */
export interface Pass {
  readonly undo: () => Promise<void>
  /** The join took place: older connections of the seat go. */
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
      joined: () => this.#removeOthers(identity),
    }
  }

  async #living(token: string | null) {
    const name = token === null ? undefined : await this.#sfu.identityIn(token)
    const stored = name === undefined ? undefined : await livingIdentity(this.#db, name)
    if (name === undefined || stored === undefined) return undefined
    return { name, space: stored.space as SpaceId, serial: stored.serial as SeatSerial, joinedAt: stored.joined_at }
  }

  /** One connection per seat: a new one ends the older ones. */
  async #removeOthers(current: { readonly name: string; readonly space: SpaceId; readonly serial: SeatSerial }) {
    const all = await identitiesOf(this.#db, current.space, [current.serial])
    const others = all.filter((other) => other.joined_at !== null && other.identity !== current.name)
    if (others.length === 0) return
    await denyIdentities(
      this.#db,
      others.map((other) => other.identity),
      this.#clock(),
    )
    const space = await findSpace(this.#db, current.space)
    if (space === undefined) return
    for (const other of others) this.#orders.remove(space.sfu_room, other.identity)
  }
}

/** Reads what an SFU client puts into its query string. That string never meets a log. */
export function ticketIn(query: URLSearchParams): Ticket {
  return { token: query.get("access_token"), reconnect: query.get("reconnect") === "1" }
}
