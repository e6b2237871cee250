import type { Bytes } from "#crypto/base/bytes"
import type { Primitives } from "#crypto/base/primitives"
import type { MemberState } from "#crypto/member/types"
import type { Chain } from "#crypto/room/head"
import type { Seats } from "#crypto/room/seats"
import type { SimulatedSfu } from "./sfu-ear.ts"

/** A page as far as the invariants look at it. */
export interface WatchedPage {
  readonly id: number
  readonly who: string
  readonly p: Primitives
  /** Its clock that never jumps, in ms. */
  readonly monotonic: number
  readonly state: MemberState
  /** The public key of its seat, or of the seat it asks for. */
  readonly seatPub: Bytes
  readonly isAsleep: boolean
}

/** What the service has in memory of the room, as far as the invariants look at it. */
export interface WatchedRoom {
  readonly state: {
    readonly chain: Chain
    readonly seats: Seats
    readonly headIds: readonly string[]
    readonly answered: { readonly size: number }
    readonly byKey: { readonly size: number }
    readonly waiting: { readonly size: number }
  }
}

/** A house as far as the invariants look at it. */
export interface WatchedHouse {
  readonly service: {
    readonly up: boolean
    /** Undefined while the service is down. */
    readonly room: WatchedRoom | undefined
    readonly sfu: Pick<SimulatedSfu, "present" | "serials">
    stored(): Promise<readonly Uint8Array[]>
  }
  readonly weather: { readonly tickFactor: number }
  readonly devices: readonly WatchedPage[]
}
