import { equal, fromHex, toHex } from "#crypto/base/bytes"
import type { InviteId } from "#crypto/base/ids"
import { inviteRefusal } from "#crypto/link/invite"
import { signerOf } from "#crypto/room/head"
import { lastDeputyRank, leaderRank, standbys } from "#crypto/room/leaders"
import { roles } from "#crypto/room/roles"
import { counterStates, type Row } from "#crypto/room/seats"
import { helloKinds, serviceCodec, type ServiceMessage } from "#crypto/wire/wire"
import type { Clock } from "../clock.ts"
import { Refusal } from "../errors.ts"
import type { Connection, Proof } from "../socket/connection.ts"
import type { RoomState } from "./room-state.ts"

/** How long a room is without a Head before a speaker may lead it on. */
const silenceMs = 20_000

/**
 * One space in memory: its public state and the sockets that are here. Everything that reads or changes it goes through
 * {@link run}, one at a time, so what members are sent has one order: first the transaction, then this state, then the
 * pushes.
 */
export class Room {
  readonly state: RoomState
  readonly #clock: Clock
  readonly #sockets = new Set<Connection>()
  readonly #byProof = new Map<string, Set<Connection>>()
  #standing: Connection | undefined
  #tail: Promise<unknown> = Promise.resolve()
  #ended = false
  #leaderShown = false

  constructor(state: RoomState, clock: Clock) {
    this.state = state
    this.#clock = clock
  }

  /** Runs `work` after everything that was asked for before. @throws Refusal `not-available` once the space ended */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(() => {
      if (this.#ended) throw new Refusal("not-available")
      return work()
    })
    this.#tail = result.catch(() => undefined)
    return result
  }

  /** Whether a key stands for anything here. */
  knows({ kind, key }: Proof): boolean {
    switch (kind) {
      case helloKinds.host:
        return key === toHex(this.state.hostPub)
      case helloKinds.seat:
        return this.state.byKey.has(key) || this.state.waiting.ofSeat(key).length > 0
      case helloKinds.invite:
        return this.state.chain.invites.has(key)
    }
  }

  /** The rows whose seat keys a socket has shown. */
  rowsOf(connection: Connection): readonly Row[] {
    return connection.proofs.flatMap(({ kind, key }) => {
      const row = kind === helloKinds.seat ? this.state.byKey.get(key) : undefined
      return row === undefined ? [] : [row]
    })
  }

  /**
   * Whether a socket may lead now: the host's key, a deputy's seat or the leader's own; any other seat on stage that the
   * policy in force allows to only while nobody leads.
   */
  mayLead(connection: Connection): boolean {
    if (this.isHost(connection)) return true
    const { policy, roster } = this.state.chain
    const ranks = this.rowsOf(connection).map((row) => leaderRank(policy.fields, roster, row.index))
    const rank = Math.min(...ranks.map((one) => one ?? Infinity))
    return rank <= lastDeputyRank || (rank < Infinity && (this.leaderless || this.leads(connection)))
  }

  /** Whether no Head has come for so long that a speaker may lead the room on. */
  get leaderless(): boolean {
    return this.#clock() - this.state.headCameAt >= silenceMs
  }

  /** Whether a socket has shown the host's key, or the key of the host's row. */
  isHost(connection: Connection): boolean {
    return (
      connection.proofs.some(({ kind }) => kind === helloKinds.host) ||
      this.rowsOf(connection).some((row) => row.role === roles.host)
    )
  }

  /** Whether a socket is the leader's: whose seat signed the newest Head, or before it the host's. */
  leads(connection: Connection): boolean {
    const leader = signerOf(this.state.chain)
    if (leader === undefined || leader.role === roles.host) return this.isHost(connection)
    return this.rowsOf(connection).some((row) => equal(row.seatPub, leader.seatPub))
  }

  /** Whether somebody who may admit people is here: the leader, the host or a deputy. */
  get leaderHere(): boolean {
    for (const _ of this.leaders()) return true
    return false
  }

  enter(connection: Connection): void {
    this.#sockets.add(connection)
    for (const { kind, key } of connection.proofs) {
      const name = `${kind} ${key}`
      this.#byProof.set(name, (this.#byProof.get(name) ?? new Set()).add(connection))
    }
    this.showLeaders()
  }

  leave(connection: Connection): void {
    this.#sockets.delete(connection)
    for (const { kind, key } of connection.proofs) {
      const name = `${kind} ${key}`
      const holders = this.#byProof.get(name)
      holders?.delete(connection)
      if (holders?.size === 0) this.#byProof.delete(name)
    }
    this.showLeaders()
  }

  /** Tells everybody whether a leader is here, and the deputies which of them stands by, if that has changed. */
  showLeaders(): void {
    const leader = this.leaderHere
    if (leader !== this.#leaderShown) {
      this.#leaderShown = leader
      this.toAll({ TAG: "presence", data: { leader } })
    }
    const standing = this.#firstStandby()
    if (standing === this.#standing) return
    this.#standing?.send({ TAG: "standby", data: { on: false } })
    this.#standing = standing
    standing?.send({ TAG: "standby", data: { on: true } })
  }

  /** The synced socket of the highest rank that could lead and does not. */
  #firstStandby(): Connection | undefined {
    const { policy, roster } = this.state.chain
    const leader = signerOf(this.state.chain)
    for (const { seatPub } of standbys(policy.fields, roster)) {
      if (leader !== undefined && equal(leader.seatPub, seatPub)) continue
      for (const connection of this.holders(helloKinds.seat, toHex(seatPub))) if (connection.synced) return connection
    }
    return undefined
  }

  /** The sockets of the leader, the host and the deputies. */
  *leaders(): Iterable<Connection> {
    const { chain, hostPub } = this.state
    const leader = signerOf(chain)
    const keys = new Set(standbys(chain.policy.fields, chain.roster).map(({ seatPub }) => toHex(seatPub)))
    if (leader !== undefined) keys.add(toHex(leader.seatPub))
    const all = new Set(this.holders(helloKinds.host, toHex(hostPub)))
    for (const key of keys) for (const connection of this.holders(helloKinds.seat, key)) all.add(connection)
    yield* all
  }

  /** Sockets that have synced and show a key that is not shut out. */
  *listeners(): Iterable<Connection> {
    for (const connection of this.#sockets) if (connection.synced && this.#hears(connection)) yield connection
  }

  /** The sockets that have shown one key, synced or not. */
  holders(kind: Proof["kind"], key: string): readonly Connection[] {
    return [...(this.#byProof.get(`${kind} ${key}`) ?? [])]
  }

  /** The sockets where a request came from or whose seat key it names. */
  *requesters(id: string, seatPub: string): Iterable<Connection> {
    for (const connection of this.#sockets) if (connection.asked.has(id) || shows(connection, seatPub)) yield connection
  }

  /** The sockets that have shown one of these seat keys, or asked for a seat for it and have had no time to show it. */
  seatedOn(seatPubs: ReadonlySet<string>): readonly Connection[] {
    if (seatPubs.size === 0) return []
    return [...this.#sockets].filter((connection) =>
      [...seatsShown(connection), ...connection.asked.values()].some((key) => seatPubs.has(key)),
    )
  }

  /** Sends one message to everybody who listens, encoded once. */
  toAll(message: ServiceMessage): void {
    const bytes = serviceCodec.encode(message)
    for (const connection of this.listeners()) connection.sendBytes(bytes)
  }

  /** Whether a socket stands for a seat, and not only for an invite. */
  seated(connection: Connection): boolean {
    return this.rowsOf(connection).length > 0 || this.isHost(connection)
  }

  /** Sends one message to every seat that listens, and to nobody who only holds an invite. */
  toSeats(message: ServiceMessage): void {
    const bytes = serviceCodec.encode(message)
    for (const connection of this.listeners()) if (this.seated(connection)) connection.sendBytes(bytes)
  }

  /** The synced sockets of the leader, the host and the deputies, but not `but`. */
  *syncedLeaders(but?: Connection): Iterable<Connection> {
    for (const connection of this.leaders()) if (connection.synced && connection !== but) yield connection
  }

  /** Whoever may not lead any more keeps no requests, and is shown them anew if it may again on the same socket. */
  forgetShown(): void {
    const leaders = new Set(this.leaders())
    for (const connection of this.#sockets) if (!leaders.has(connection)) connection.forgetShown()
  }

  /** Sends one message to the leader, the host and the deputies, but not to `but`. */
  toLeaders(message: ServiceMessage, but?: Connection): void {
    const bytes = serviceCodec.encode(message)
    for (const connection of this.syncedLeaders(but)) connection.sendBytes(bytes)
  }

  /** Ends the room: nothing runs any more, and every socket hears why and is closed. */
  end(message: ServiceMessage): void {
    this.#ended = true
    const bytes = serviceCodec.encode(message)
    for (const connection of [...this.#sockets]) {
      connection.sendBytes(bytes)
      connection.close()
    }
  }

  #hears(connection: Connection): boolean {
    return connection.proofs.some((proof) => this.knows(proof) && !this.#shutOut(proof))
  }

  /** A revoked or burnt invite still tells its holder so, but hears nothing of the room. */
  #shutOut({ kind, key }: Proof): boolean {
    if (kind !== helloKinds.invite) return false
    const invite = this.state.chain.invites.get(key)
    if (invite === undefined || this.state.seats.counters.get(key)?.state === counterStates.burnt) return true
    const id = fromHex(key) as InviteId
    return inviteRefusal(invite, id, this.state.chain.policy.fields, this.#clock()) === "revoked"
  }
}

const seatsShown = (connection: Connection): readonly string[] =>
  connection.proofs.flatMap(({ kind, key }) => (kind === helloKinds.seat ? [key] : []))

const shows = (connection: Connection, seatPub: string): boolean => seatsShown(connection).includes(seatPub)
