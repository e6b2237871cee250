import type { Bytes } from "#crypto/base/bytes"
import { signerOf } from "#crypto/room/head"
import type { ClientData, ClientTag, ServiceMessage } from "#crypto/wire/wire"
import { Refusal } from "../errors.ts"
import type { Room } from "../room/room.ts"
import type { Service } from "../service.ts"
import type { Connection } from "./connection.ts"

/** What answers one kind of message: returns the one answer, or throws a refusal that becomes `error`. */
export type Handler<T extends ClientTag> = (
  service: Service,
  connection: Connection,
  data: ClientData<T>,
) => Promise<ServiceMessage | undefined>

export const ok = (ref: number): ServiceMessage => ({ TAG: "ok", data: { ref } })

/** The room of a socket that has shown a key. @throws Refusal `not-available` */
export function roomOf(connection: Connection): Room {
  if (connection.room === undefined) throw new Refusal("not-available")
  return connection.room
}

/** @throws Refusal `not-leader` unless it is the leader's socket */
export function requireLeader(room: Room, connection: Connection): void {
  if (!room.leads(connection)) throw new Refusal("not-leader")
}

/** @throws Refusal `not-leader` unless it is the socket of somebody who may lead */
export function requireMayLead(room: Room, connection: Connection): void {
  if (!room.mayLead(connection)) throw new Refusal("not-leader")
}

/** The seat key of whoever signed the newest Head. @throws Refusal `not-leader` before the first Head */
export function leaderKey(room: Room): Bytes {
  const signer = signerOf(room.state.chain)
  if (signer === undefined) throw new Refusal("not-leader")
  return signer.seatPub
}
