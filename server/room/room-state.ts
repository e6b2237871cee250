import { equal, toHex, type Bytes } from "#crypto/base/bytes"
import type { ObjectId, SeatSerial, SpaceId } from "#crypto/base/ids"
import { InternalError } from "#crypto/base/errors"
import type { Primitives } from "#crypto/base/primitives"
import { inviteIdOf, inviteKind, type SignedInvite } from "#crypto/link/invite"
import { policyKind } from "#crypto/link/policy"
import { headKind, startChain, type Chain } from "#crypto/room/head"
import { decodeRoster } from "#crypto/room/roster"
import type { Row, SeatChanges, Seats } from "#crypto/room/seats"
import { stepKind } from "#crypto/seat/step"
import type { Reader } from "../db/schema.ts"
import { codeSeq, headsFrom, newestHead, newestHeadIds, newestPolicy } from "../head/head.store.ts"
import { newestStep } from "../head/step.store.ts"
import { allInvites } from "../invite/invite.store.ts"
import { newestNumbers } from "../message/message.store.ts"
import { waitingRequests } from "../seat/request.store.ts"
import { readSeats } from "../seat/seat.store.ts"
import { Waiting } from "../seat/waiting.ts"
import { findSpace } from "../space/space.store.ts"

/** How many of the newest Heads a request may name. */
export const recentHeads = 64

/** The public state of one space, as the database has it. */
export interface RoomState {
  readonly space: SpaceId
  readonly hostPub: Bytes
  readonly card: Bytes
  readonly sfuRoom: string
  chain: Chain
  seats: Seats
  /** Rows by seat key in hex. */
  readonly byKey: Map<string, Row>
  /** Number of the last request answered with a Seat, per row. */
  readonly answered: Map<SeatSerial, number>
  readonly waiting: Waiting
  /** Number of the newest app message of each row that has said something. */
  readonly said: Map<SeatSerial, number>
  /** When the newest Head came; 0 if that was before this service began. */
  headCameAt: number
  /** Ids of the newest Heads in hex, newest last. */
  headIds: readonly string[]
  /** The newest Step, if it is of the newest Head. */
  step: Bytes | undefined
}

/** Takes over the rows after a Head or a Step; only what changed is touched, however many there are. */
export function takeSeats(state: RoomState, after: Seats, changes: SeatChanges): void {
  for (const serial of changes.removed) {
    const row = state.seats.rows.get(serial)
    if (row !== undefined) state.byKey.delete(toHex(row.seatPub))
    state.answered.delete(serial)
    state.said.delete(serial)
  }
  for (const row of changes.upserted) state.byKey.set(toHex(row.seatPub), row)
  state.seats = after
}

/** Reads a space from the database; undefined if there is none. What is stored was checked before it was stored. */
export async function readRoomState(db: Reader, p: Primitives, space: SpaceId): Promise<RoomState | undefined> {
  const stored = await findSpace(db, space)
  if (stored === undefined) return undefined
  const hostPub = Uint8Array.from(stored.host_pub)
  const { seats, answered } = await readSeats(db, space)
  const waiting = await waitingRequests(db, space)
  const { chain, step } = await readChain(db, p, space, hostPub)
  return {
    space,
    hostPub,
    card: Uint8Array.from(stored.card),
    sfuRoom: stored.sfu_room,
    chain,
    seats,
    byKey: new Map([...seats.rows.values()].map((row) => [toHex(row.seatPub), row])),
    answered,
    waiting: new Waiting(waiting),
    said: await newestNumbers(db, space),
    headCameAt: 0,
    headIds: await newestHeadIds(db, space, recentHeads),
    step,
  }
}

async function readChain(db: Reader, p: Primitives, space: SpaceId, hostPub: Bytes) {
  const policyBytes = await newestPolicy(db, space)
  if (policyBytes === undefined) throw new InternalError("no-policy", "A space without a policy is stored.")
  const invites = await readInvites(db, p, space)
  const start: Chain = { ...startChain(space, hostPub, policyKind.decode(p, policyBytes)), invites }
  const newest = await newestHead(db, space)
  if (newest === undefined) return { chain: start, step: undefined }
  const head = headKind.decode(p, newest.bytes)
  const codeHead = (await headsFrom(db, space, codeSeq(head.fields.seq)))[0]
  const { step, count, seats, commit } = head.fields
  const chain: Chain = {
    ...start,
    policy: policyKind.decode(p, newest.policy),
    head,
    roster: decodeRoster(newest.roster),
    step,
    count,
    seats,
    commit,
    codeHead: codeHead === undefined ? undefined : (Uint8Array.from(codeHead.id) as ObjectId),
  }
  const stepBytes = await newestStep(db, space)
  if (stepBytes === undefined) return { chain, step: undefined }
  const made = stepKind.decode(p, stepBytes)
  if (!equal(made.fields.head, head.id)) return { chain, step: undefined }
  const { fields } = made
  return {
    chain: { ...chain, step: fields.step, count: fields.count, seats: fields.seats, commit: fields.commit },
    step: made.bytes,
  }
}

async function readInvites(db: Reader, p: Primitives, space: SpaceId): Promise<ReadonlyMap<string, SignedInvite>> {
  const invites = new Map<string, SignedInvite>()
  for (const bytes of await allInvites(db, space)) {
    const invite = inviteKind.decode(p, bytes)
    invites.set(toHex(inviteIdOf(p, invite.fields.invitePub)), invite)
  }
  return invites
}
