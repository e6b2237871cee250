import type { Primitives } from "#crypto/base/primitives"
import type { Clock } from "./clock.ts"
import type { Database } from "./db/schema.ts"
import type { Store } from "./db/open.ts"
import type { Buckets } from "./http/buckets.ts"
import type { Log } from "./log.ts"
import type { Rooms } from "./room/rooms.ts"
import type { OpenRooms } from "./sfu/open-rooms.ts"
import type { SfuOrders } from "./sfu/orders.ts"
import type { Sfu } from "./sfu/sfu.ts"

/** How often what may happen. */
export interface Limits {
  /** Messages of one socket: members, and who leads. */
  readonly member: Buckets
  readonly leader: Buckets
  /** New requests of one address, and on one invite. */
  readonly requestsByAddress: Buckets
  readonly requestsByInvite: Buckets
  readonly renewals: Buckets
  /** App messages of one seat. */
  readonly messages: Buckets
  readonly spaces: Buckets
  readonly sockets: Buckets
}

/** The parts every handler works with. */
export interface Service {
  readonly p: Primitives
  readonly clock: Clock
  readonly log: Log
  readonly store: Store
  readonly db: Database
  readonly rooms: Rooms
  readonly sfu: Sfu
  readonly sfuOrders: SfuOrders
  readonly openRooms: OpenRooms
  readonly limits: Limits
}
