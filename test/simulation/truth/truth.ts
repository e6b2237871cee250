import { equal, toHex, type Bytes } from "#crypto/base/bytes"
import type { AlarmKind } from "#crypto/member/alarms"
import type { Input, MemberState, Output, TurnResult } from "#crypto/member/types"
import type { Chain } from "#crypto/room/head"
import { noSeats, seatsHash, type Seats } from "#crypto/room/seats"
import { Broken } from "../broken.ts"
import type { WatchedHouse, WatchedPage } from "../watched.ts"
import { secretMark } from "../symbolic.ts"
import { checkBounds, checkRoom } from "./bounds.ts"
import { ChainTruth } from "./chain.ts"
import { MediaTruth } from "./media.ts"
import { SeatTruth } from "./seats.ts"

/** Alarms that say somebody cheats. Here nobody does. */
const falseAlarms: ReadonlySet<AlarmKind> = new Set([
  "fork",
  "host-key-twice",
  "wrong-secret",
  "led-too-soon",
  "admitted-without-invite",
] as const)
const hostIndex = 0
/** The dearer checks run once in so many turns. */
const seldom = 64

/** All invariants, checked after every step. Each throws {@link Broken}. */
export class Truth {
  readonly chain: ChainTruth
  readonly seats: SeatTruth
  readonly media: MediaTruth
  readonly #house: WatchedHouse
  #chain: Chain | undefined
  #rows: Seats = noSeats
  #turns = 0
  #hostTwice = false

  /** @param before - what was known so far, of another house that was the same until now */
  constructor(house: WatchedHouse, before?: Truth) {
    this.#house = house
    this.chain = new ChainTruth(before?.chain)
    this.seats = new SeatTruth(before?.seats)
    this.media = new MediaTruth(before?.media)
    if (before === undefined) return
    this.#chain = before.#chain
    this.#rows = before.#rows
    this.#hostTwice = before.#hostTwice
    this.#turns = before.#turns
  }

  /** All that it will judge by: two houses that know the same and are the same go on alike. */
  get memory(): string {
    return [this.#hostTwice, this.chain.memory, this.seats.memory, this.media.memory].join("\n")
  }

  /** From here on the host's key is in use twice, and whoever says so is right. */
  hostHasTwoPages(): void {
    this.#hostTwice = true
  }

  /** A member's turn. */
  turned(device: WatchedPage, before: MemberState, input: Input, { state: after }: TurnResult): void {
    const { who } = device
    this.chain.followed(who, before, after)
    const { secret, lead } = after
    if (secret !== undefined && secret !== before.secret) {
      this.chain.holds(who, secret)
      this.seats.holds(who, toHex(device.seatPub), secret)
    }
    const newest = this.#chain?.head?.fields.epoch
    if (lead?.acted === true && lead.secret !== undefined && lead.secret !== before.lead?.secret)
      if (lead.secret.epoch === newest && lead.inflight === undefined) this.chain.holds(who, lead.secret)
    // A deputy that loses the lead has promised nothing any more; a host goes on wanting what it wanted.
    const stoodBack = before.lead?.acted === true && lead?.acted !== true
    if (stoodBack && after.host === undefined) this.seats.forgets(toHex(device.seatPub))
    if (after.alarms !== before.alarms)
      for (const { kind, about } of after.alarms)
        if (falseAlarms.has(kind) && !(this.#hostTwice && isOfHost(kind, about)))
          throw new Broken("false-alarm", `${who} raises ${kind} about ${about ?? "nobody"}`)
    this.media.turned(device, before, input, after, 600 * this.#house.weather.tickFactor)
    if (++this.#turns % seldom !== 0) return
    checkBounds(who, after)
    if (!SeatTruth.rowsAgree(after, (seats) => seatsHash(device.p, seats.rows.values(), seats.counters.values())))
      throw new Broken("rows", `${who} keeps other rows than were signed`)
  }

  carriesOut(device: WatchedPage, output: Output): void {
    if (output.kind === "media") this.media.ordered(device, output.order)
  }

  /** Bytes on a wire that others read. */
  carried(who: string, way: string, bytes: Bytes): void {
    if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(Buffer.from(secretMark)))
      throw new Broken("leak", `a secret on the way ${way} of ${who}`)
  }

  /** The service has done something. */
  served(): void {
    const { room, sfu } = this.#house.service
    if (room === undefined) return
    const { chain, seats } = room.state
    if (chain !== this.#chain) {
      this.chain.accepted(chain)
      if (seats !== this.#rows) this.seats.moved(this.#rows, seats, chain)
      this.#chain = chain
      this.#rows = seats
      checkRoom(room)
    }
    for (const identity of sfu.present) {
      const serial = sfu.serials.get(identity)
      if (![...seats.rows.keys()].some((live) => live === serial))
        throw new Broken("sfu-ghost", `seat ${serial ?? "?"} is gone and still at the media server`)
    }
  }

  /** The service is back: what it had accepted it still has. */
  restarted(): void {
    const { room } = this.#house.service
    const head = room?.state.chain.head
    if (room === undefined || head === undefined || this.#chain?.head === undefined) return
    if (!equal(head.id, this.#chain.head.id) || room.state.chain.step !== this.#chain.step)
      throw new Broken("lost-commit", "the service came back without what it had accepted")
  }

  /** Nothing that is stored holds a secret. */
  async stored(): Promise<void> {
    for (const bytes of await this.#house.service.stored())
      if (Buffer.from(bytes).includes(Buffer.from(secretMark))) throw new Broken("leak", "a secret in the database")
  }
}

/** Whether an alarm says that two things are signed by the host. */
function isOfHost(kind: AlarmKind, about: number | undefined): boolean {
  return kind === "host-key-twice" || (kind === "fork" && about === hostIndex)
}
