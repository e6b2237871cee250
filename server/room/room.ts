import { fromHex, toHex } from "#crypto/base/bytes"
import type { InviteId } from "#crypto/base/ids"
import { inviteRefusal } from "#crypto/link/invite"
import { roles } from "#crypto/room/roles"
import { counterStates, type Row } from "#crypto/room/seats"
import { helloKinds, serviceCodec, type ServiceMessage } from "#crypto/wire/wire"
import type { Clock } from "../clock.ts"
import { Refusal } from "../errors.ts"
import type { Connection, Proof } from "../socket/connection.ts"
import type { RoomState } from "./room-state.ts"

/**
 * One space in memory: its public state and the sockets that are here. Everything that reads or changes it goes through
 * {@link run}, one at a time, so what members are sent has one order: first the transaction, then this state, then the
 * pushes.
 */
export class Room {
  readonly state: RoomState
  readonly #clock: Clock
  readonly #sockets = new Set<Connection>()
  readonly #leaders = new Set<Connection>()
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

  /** Whether a socket may act as the leader: the host's key, or a seat whose row is the host's. */
  leads(connection: Connection): boolean {
    return (
      connection.proofs.some(({ kind }) => kind === helloKinds.host) ||
      this.rowsOf(connection).some((row) => row.role === roles.host)
    )
  }

  /** Whether somebody who may lead is here. */
  get leaderHere(): boolean {
    return this.#leaders.size > 0
  }

  enter(connection: Connection): void {
    this.#sockets.add(connection)
    if (this.leads(connection)) this.#leaders.add(connection)
    this.#showPresence()
  }

  leave(connection: Connection): void {
    this.#sockets.delete(connection)
    this.#leaders.delete(connection)
    this.#showPresence()
  }

  /** Tells everybody whether a leader is here, if that has changed. */
  #showPresence(): void {
    const leader = this.leaderHere
    if (leader === this.#leaderShown) return
    this.#leaderShown = leader
    this.toAll({ TAG: "presence", data: { leader } })
  }

  /** Sockets that have synced and show a key that is not shut out. */
  *listeners(): Iterable<Connection> {
    for (const connection of this.#sockets) if (connection.synced && this.#hears(connection)) yield connection
  }

  /** The sockets that have shown one key, synced or not. */
  *holders(kind: Proof["kind"], key: string): Iterable<Connection> {
    for (const connection of this.#sockets)
      if (connection.proofs.some((proof) => proof.kind === kind && proof.key === key)) yield connection
  }

  /** The sockets where a request came from or whose seat key it names. */
  *requesters(id: string, seatPub: string): Iterable<Connection> {
    for (const connection of this.#sockets)
      if (
        connection.asked.has(id) ||
        connection.proofs.some(({ kind, key }) => kind === helloKinds.seat && key === seatPub)
      )
        yield connection
  }

  /** Sends one message to everybody who listens, encoded once. */
  toAll(message: ServiceMessage): void {
    const bytes = serviceCodec.encode(message)
    for (const connection of this.listeners()) connection.sendBytes(bytes)
  }

  toLeaders(message: ServiceMessage): void {
    const bytes = serviceCodec.encode(message)
    for (const connection of this.#leaders) if (connection.synced) connection.sendBytes(bytes)
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
