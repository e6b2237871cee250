import { equal, toHex, type Bytes } from "#crypto/base/bytes"
import { VerifyError } from "#crypto/base/errors"
import type { Chain } from "#crypto/room/head"
import type { SignedCert } from "#crypto/message/seat-cert"
import type { Row, Seats } from "#crypto/room/seats"
import { seatKind, type SignedSeat } from "#crypto/seat/seat-object"
import { acceptStep, type SignedStep } from "#crypto/seat/step"
import type { ClientData } from "#crypto/wire/wire"
import { Refusal } from "../errors.ts"
import { moveChain, positionOf } from "../head/head.store.ts"
import { putStep } from "../head/step.store.ts"
import { checkedCerts } from "../message/cert.rules.ts"
import { putCerts } from "../message/cert.store.ts"
import { takeSeats } from "../room/room-state.ts"
import type { Room } from "../room/room.ts"
import { deleteRequests, putSealedSeat, requestBytes, type WaitingRequest } from "../seat/request.store.ts"
import { seatsAfter } from "../seat/seat.rules.ts"
import { dropLeaves, setAnswered, writeSeatChanges } from "../seat/seat.store.ts"
import type { Service } from "../service.ts"
import type { Connection } from "./connection.ts"
import { invitesOfRows } from "./rows.ts"
import { leaderKey, ok, requireLeader, roomOf, type Handler } from "./handler.ts"
import { shownRequest } from "./shown-request.ts"

/** A join batch: Seats, the rows of whoever is new, and the Step that is their receipt; all of it or nothing. */
export const batch: Handler<"batch"> = async (service, connection, data) => {
  const room = roomOf(connection)
  return room.run(async () => {
    requireLeader(room, connection)
    if (room.state.step !== undefined && equal(room.state.step, data.step)) return ok(data.ref)
    const next = await checked(service, room, data)
    const news = await unseen(service, room, connection, next)
    await store(service, room, data, next)
    connection.send(ok(data.ref))
    // Whoever has begun to stand by (anew) since a request came judges its row by it as well.
    for (const { to, request, bytes } of news)
      for (const message of shownRequest(room, to, request, bytes)) to.send(message)
    publish(room, connection, data, next)
    return undefined
  })
}

interface Unseen {
  readonly to: Connection
  readonly request: WaitingRequest
  readonly bytes: Bytes
}

/** The requests of a batch that somebody who may lead has not been shown; read now, for the batch deletes them. */
async function unseen({ db }: Service, room: Room, leader: Connection, { answers }: Next): Promise<readonly Unseen[]> {
  const found: Unseen[] = []
  for (const { request } of answers) {
    const others = [...room.syncedLeaders(leader)].filter((other) => !other.wasShown(request))
    const bytes = others.length > 0 ? await requestBytes(db, room.state.space, request.id) : undefined
    if (bytes !== undefined) found.push(...others.map((to) => ({ to, request, bytes })))
  }
  return found
}

interface Answered {
  readonly seat: SignedSeat
  readonly request: WaitingRequest
  /** Ids of the requests of this seat key that the Seat makes pointless, in hex. */
  readonly done: readonly string[]
}

interface Next {
  readonly chain: Chain
  readonly step: SignedStep
  readonly seats: Seats
  readonly answers: readonly Answered[]
  readonly certs: readonly SignedCert[]
}

async function checked({ p }: Service, room: Room, data: ClientData<"batch">): Promise<Next> {
  const { state } = room
  const { changes } = data
  const { chain, step } = await acceptStep(p, state.chain, data.step)
  if (changes.removed.length > 0) throw new VerifyError("bad-rows", "A Step removes nobody.")
  const seats = await seatsAfter(p, chain, state.seats, changes, step.fields)
  const answers: Answered[] = []
  for (const bytes of data.seats) answers.push(await checkedSeat(p, room, seatKind.decode(p, bytes), step, seats))
  const seated = new Set(answers.map((answer) => answer.seat.fields.serial))
  if (seated.size !== answers.length) throw new Refusal("conflict")
  for (const row of changes.upserted)
    if (!state.seats.rows.has(row.serial) && !seated.has(row.serial)) throw new Refusal("unknown-request")
  const rows = new Map([...seats.rows].filter(([serial]) => seated.has(serial)))
  const certs = await checkedCerts(p, chain.space, leaderKey(room), rows, data.certs)
  return { chain, step, seats, answers, certs }
}

async function checkedSeat(
  p: Service["p"],
  room: Room,
  seat: SignedSeat,
  step: SignedStep,
  seats: Seats,
): Promise<Answered> {
  const { fields } = seat
  const { space, waiting } = room.state
  if (!equal(fields.space, space)) throw new VerifyError("wrong-space", "This Seat is of another space.")
  const ofStep = fields.epoch === step.fields.epoch && fields.step === step.fields.step
  if (!ofStep || !equal(fields.head, step.fields.head))
    throw new VerifyError("bad-seat", "A Seat is of its batch's Step.")
  await seatKind.verify(p, seat, leaderKey(room))
  const request = waiting.get(toHex(fields.request))
  if (request === undefined) throw new Refusal("unknown-request")
  if (!isFor(seats.rows.get(fields.serial), request)) throw new Refusal("unknown-seat")
  const done = waiting.ofSeat(request.seatPub).filter((other) => other.receivedAt <= request.receivedAt)
  return { seat, request, done: done.map((other) => other.id) }
}

function isFor(row: Row | undefined, request: WaitingRequest): boolean {
  return row !== undefined && toHex(row.seatPub) === request.seatPub && toHex(row.inviteId) === request.inviteId
}

async function store({ db, clock }: Service, room: Room, data: ClientData<"batch">, next: Next): Promise<void> {
  const { state } = room
  const { chain, step, seats, answers, certs } = next
  const { space } = state
  const done = answers.flatMap((answer) => answer.done)
  await db.transaction().execute(async (tx) => {
    await moveChain(tx, space, positionOf(state.chain), positionOf(chain))
    await writeSeatChanges(tx, space, data.changes)
    await putStep(tx, space, step.bytes)
    await putCerts(tx, space, certs)
    await deleteRequests(tx, space, done)
    await dropLeaves(
      tx,
      space,
      answers.map(({ seat }) => seat.fields.serial),
    )
    for (const { seat, request } of answers) {
      const { serial } = seat.fields
      await putSealedSeat(tx, space, { request: seat.fields.request, serial, bytes: seat.bytes }, clock())
      await setAnswered(tx, space, serial, request.n)
    }
  })
  state.chain = chain
  takeSeats(state, seats, data.changes)
  state.step = step.bytes
  for (const { seat, request } of answers) state.answered.set(seat.fields.serial, request.n)
  for (const id of done) state.waiting.delete(id)
}

/** Each requester gets its Seat before the Step; whoever stands by learns what it signs. */
function publish(
  room: Room,
  leader: Connection,
  { changes }: ClientData<"batch">,
  { answers, step, chain }: Next,
): void {
  room.toLeaders(
    {
      TAG: "changes",
      data: {
        of: step.id,
        changes,
        invites: invitesOfRows(changes.upserted, chain.invites, new Set()),
        answered: answers.map(({ seat }) => seat.fields.request),
      },
    },
    leader,
  )
  for (const { seat, request } of answers)
    for (const connection of room.requesters(request.id, request.seatPub))
      connection.send({ TAG: "seat", data: { seat: seat.bytes } })
  room.toAll({ TAG: "step", data: { step: step.bytes } })
}
