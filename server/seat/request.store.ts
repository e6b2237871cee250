import { fromHex, toHex, type Bytes } from "#crypto/base/bytes"
import type { EpochMs, ObjectId, SeatSerial, SpaceId } from "#crypto/base/ids"
import type { SignedSeatRequest } from "#crypto/seat/seat-request"
import type { Reader } from "../db/schema.ts"

/** How long a request waits for its leader, and a Seat for whoever asked for it, in ms. */
export const requestLifetimeMs = 15 * 60_000
export const sealedSeatLifetimeMs = 10 * 60_000

/** What is remembered of a waiting request without its bytes; ids and keys in hex. */
export interface WaitingRequest {
  readonly id: string
  readonly seatPub: string
  readonly inviteId: string
  readonly n: number
  readonly receivedAt: number
}

export async function putRequest(tx: Reader, request: SignedSeatRequest, receivedAt: EpochMs): Promise<void> {
  const { space, seatPub, inviteId, n } = request.fields
  await tx
    .insertInto("requests")
    .values({
      space,
      id: request.id,
      seat_pub: seatPub,
      invite_id: inviteId,
      n,
      bytes: request.bytes,
      received_at: receivedAt,
    })
    .execute()
}

/** @param ids in hex */
export async function deleteRequests(tx: Reader, space: SpaceId, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx.deleteFrom("requests").where("space", "=", space).where("id", "in", ids.map(fromHex)).execute()
}

/** The bytes of one waiting request. @param id in hex */
export async function requestBytes(db: Reader, space: SpaceId, id: string): Promise<Bytes | undefined> {
  const row = await db
    .selectFrom("requests")
    .select("bytes")
    .where("space", "=", space)
    .where("id", "=", fromHex(id))
    .executeTakeFirst()
  return row?.bytes
}

export async function waitingRequests(db: Reader, space: SpaceId): Promise<readonly WaitingRequest[]> {
  const rows = await db
    .selectFrom("requests")
    .select(["id", "seat_pub", "invite_id", "n", "received_at"])
    .where("space", "=", space)
    .execute()
  return rows.map((row) => ({
    id: toHex(row.id),
    seatPub: toHex(row.seat_pub),
    inviteId: toHex(row.invite_id),
    n: row.n,
    receivedAt: row.received_at,
  }))
}

export async function putSealedSeat(
  tx: Reader,
  space: SpaceId,
  seat: { readonly request: ObjectId; readonly serial: SeatSerial; readonly bytes: Bytes },
  madeAt: EpochMs,
): Promise<void> {
  await tx
    .insertInto("sealed_seats")
    .values({ space, request: seat.request, serial: seat.serial, bytes: seat.bytes, made_at: madeAt })
    .execute()
}

/** The Seats sealed for one row lately, oldest first. */
export async function sealedSeatsOf(db: Reader, space: SpaceId, serial: number, most: number) {
  const rows = await db
    .selectFrom("sealed_seats")
    .select(["bytes", "request"])
    .where("space", "=", space)
    .where("serial", "=", serial)
    .orderBy("made_at", "desc")
    .limit(most)
    .execute()
  return rows.reverse()
}

/** Deletes what has waited too long. */
export async function deleteOutdated(db: Reader, now: EpochMs): Promise<void> {
  await db
    .deleteFrom("requests")
    .where("received_at", "<", now - requestLifetimeMs)
    .execute()
  await db
    .deleteFrom("sealed_seats")
    .where("made_at", "<", now - sealedSeatLifetimeMs)
    .execute()
}
