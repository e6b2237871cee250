import { equal, toHex } from "#crypto/base/bytes"
import type { SignedInvite } from "#crypto/link/invite"
import { hostInviteId, inviteRefusal } from "#crypto/link/invite"
import { counterStates, type Row } from "#crypto/room/seats"
import { acceptSeatRequest, seatRequestKind, type SignedSeatRequest } from "#crypto/seat/seat-request"
import { helloKinds } from "#crypto/wire/wire"
import { Refusal } from "../errors.ts"
import { recentHeads } from "../room/room-state.ts"
import type { Room } from "../room/room.ts"
import { putRequest, sealedSeatsOf, type WaitingRequest } from "../seat/request.store.ts"
import type { Service } from "../service.ts"
import type { Connection } from "./connection.ts"
import { ok, roomOf, type Handler } from "./handler.ts"
import { shownRequest } from "./shown-request.ts"

/** Requests of one seat key, and of all, that may wait at once. */
const waitingPerSeat = 4
const waitingInAll = 20_000
const askedPerSocket = 16
/** The leader's clock decides about an invite's window; what is out of it by more than this never reaches the leader. */
const windowSlackMs = 300_000

/** Takes a SeatRequest, checked as far as anybody can, and hands it to whoever leads. */
export const request: Handler<"request"> = async (service, connection, { ref, request: bytes }) => {
  const room = roomOf(connection)
  return room.run(async () => {
    const { p, db, clock, openRooms } = service
    const { chain, waiting } = room.state
    const named = seatRequestKind.decode(p, bytes).fields
    const invite = chain.invites.get(toHex(named.inviteId))
    // An invite that is not stored has no holder here; the host needs none for the row it has.
    const isHost = equal(named.inviteId, hostInviteId) && room.isHost(connection)
    if (invite === undefined && !isHost) throw new Refusal("not-allowed")
    const row = room.state.byKey.get(toHex(named.seatPub))
    requireHolder(connection, named, row)
    const accepted = await acceptSeatRequest(p, bytes, { ...room.state, invite })
    const id = toHex(accepted.id)
    const again = waiting.get(id)
    if (again !== undefined) {
      remember(connection, id, toHex(named.seatPub))
      // Asked again because no answer came: whoever leads may have lost it with what it had under way.
      showRequest(room, again, bytes, (leader) => room.leads(leader) || !leader.wasShown(again))
      return ok(ref)
    }
    if (await answeredBefore(service, room, connection, accepted, row)) return ok(ref)
    if (!room.state.headIds.slice(-recentHeads).includes(toHex(named.head))) throw new Refusal("stale")
    if (row === undefined) {
      if (invite === undefined) throw new Refusal("not-allowed")
      checkNew(service, room, connection, accepted, invite)
    } else checkRenewal(service, room, accepted, row)
    await db.transaction().execute((tx) => putRequest(tx, accepted, clock()))
    const { seatPub, inviteId, n } = named
    remember(connection, id, toHex(named.seatPub))
    const added = { id, seatPub: toHex(seatPub), inviteId: toHex(inviteId), n, receivedAt: clock() }
    waiting.add(added)
    // the room only: a ticket is for the seated
    openRooms.prepare(room.state.sfuRoom)
    showRequest(room, added, bytes)
    return ok(ref)
  })
}

function showRequest(
  room: Room,
  request: WaitingRequest,
  bytes: Uint8Array,
  to: (leader: Connection) => boolean = () => true,
): void {
  for (const leader of room.syncedLeaders())
    if (to(leader)) for (const message of shownRequest(room, leader, request, bytes)) leader.send(message)
}

/** Answers go where the request came from; the older ones have had theirs. */
function remember({ asked }: Connection, id: string, seatPub: string): void {
  asked.set(id, seatPub)
  for (const oldest of asked.keys()) if (asked.size > askedPerSocket) asked.delete(oldest)
}

/** The invite's holder may ask; a row may renew over a socket that has shown its own key, too. */
function requireHolder(connection: Connection, named: SignedSeatRequest["fields"], row: Row | undefined): void {
  const holds = connection.proofs.some(({ kind, key }) =>
    kind === helloKinds.seat ? row !== undefined && key === toHex(row.seatPub) : key === toHex(named.inviteId),
  )
  if (!holds) throw new Refusal("not-allowed")
}

/** A request that already has its Seat gets it again. */
async function answeredBefore(
  { db }: Service,
  room: Room,
  connection: Connection,
  accepted: SignedSeatRequest,
  row: Row | undefined,
): Promise<boolean> {
  if (row === undefined) return false
  for (const seat of await sealedSeatsOf(db, room.state.space, row.serial, waitingPerSeat))
    if (equal(seat.request, accepted.id)) {
      connection.send({ TAG: "seat", data: { seat: Uint8Array.from(seat.bytes) } })
      return true
    }
  return false
}

function checkNew(
  { clock, limits }: Service,
  room: Room,
  connection: Connection,
  accepted: SignedSeatRequest,
  invite: SignedInvite,
): void {
  const { inviteId, seatPub } = accepted.fields
  const { chain, seats, waiting } = room.state
  const id = toHex(inviteId)
  const counter = seats.counters.get(id)
  if (counter?.state === counterStates.burnt) throw new Refusal("burnt")
  const refusal = inviteRefusal(invite, inviteId, chain.policy.fields, clock(), windowSlackMs)
  if (refusal !== undefined) throw new Refusal(refusal)
  const { seats: places, uses } = invite.fields
  if (places > 1 && uses > 0 && counter !== undefined && counter.used >= uses) throw new Refusal("used-up")
  if (waiting.size >= waitingInAll || waiting.ofInvite(id) >= 2 * places + 8) throw new Refusal("busy")
  if (waiting.ofSeat(toHex(seatPub)).length >= waitingPerSeat) throw new Refusal("rate-limited")
  if (!limits.requestsByAddress.take(connection.address)) throw new Refusal("rate-limited")
  if (!limits.requestsByInvite.take(`${toHex(chain.space)} ${id}`)) throw new Refusal("rate-limited")
}

function checkRenewal({ limits }: Service, room: Room, accepted: SignedSeatRequest, row: Row): void {
  const { n, inviteId, seatPub } = accepted.fields
  const { answered, waiting, space } = room.state
  if (!equal(inviteId, row.inviteId)) throw new Refusal("not-allowed")
  const mine = waiting.ofSeat(toHex(seatPub))
  if (n <= Math.max(answered.get(row.serial) ?? 0, ...mine.map((other) => other.n))) throw new Refusal("replayed")
  if (mine.length >= waitingPerSeat) throw new Refusal("rate-limited")
  if (!limits.renewals.take(`${toHex(space)} ${row.serial}`)) throw new Refusal("rate-limited")
}
