import { wipe, type Bytes } from "#crypto/base/bytes"
import {
  noIndex,
  type Epoch,
  type EpochMs,
  type InviteId,
  type ObjectId,
  type SeatSerial,
  type SenderIndex,
  type SpaceId,
  type Step,
} from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { noObject } from "#crypto/link/policy"
import { commit, rootSecret } from "#crypto/media/key-schedule"
import { headKind, reasons } from "#crypto/room/head"
import { roles } from "#crypto/room/roles"
import { rosterHash } from "#crypto/room/roster"
import { applySeatChanges, rosterOf, seatsHash, type Row, type Seats } from "#crypto/room/seats"
import { joinWraps, stepKek, wrapSecret, type Kek } from "#crypto/seat/wrap"
import { maxChunk } from "#crypto/wire/wire"

export interface RotationWish {
  readonly seats: number
  readonly times: number
}

/** What one rotation took: the Head, then the wraps of everybody who stays. */
export interface Rotation {
  readonly makeMs: number
  readonly wrapMs: number
  readonly wrapBytes: number
  readonly wrapped: number
}

/** What a leader holds of its room. */
interface Room {
  readonly space: SpaceId
  readonly seed: Bytes
  readonly seats: Seats
  readonly keks: ReadonlyMap<SeatSerial, Kek>
  readonly secret: Bytes
  readonly head: ObjectId
  readonly epoch: number
}

const stage = 16

/** A room with a full stage; the host has serial 1. */
export function makeRoom(size: number): Room {
  const serials = Array.from({ length: size }, (_, i) => (i + 1) as SeatSerial)
  const rows = serials.map((serial): Row => {
    const speaks = serial <= stage
    return {
      serial,
      seatPub: p.random(32),
      inviteId: p.random(16) as InviteId,
      proof: p.random(64),
      role: serial === 1 ? roles.host : speaks ? roles.speaker : roles.listener,
      index: speaks ? ((serial - 1) as SenderIndex) : noIndex,
    }
  })
  return {
    space: p.random(16) as SpaceId,
    seed: p.random(32),
    seats: { rows: new Map(rows.map((row) => [row.serial, row])), counters: new Map() },
    keks: new Map(serials.slice(1).map((serial) => [serial, { key: p.random(32), epoch: 1 }])),
    secret: p.random(32),
    head: p.random(32) as ObjectId,
    epoch: 1,
  }
}

/** Removes the last seat as the leader's machine does (crypto/member/rotating, landing, wrapping), without a service. */
export async function rotate(room: Room): Promise<{ readonly next: Room; readonly rotation: Rotation }> {
  const from = performance.now()
  const last = [...room.seats.rows.keys()].at(-1)
  const seats = applySeatChanges(room.seats, { upserted: [], removed: last === undefined ? [] : [last], counters: [] })
  const secret = rootSecret(p, room.secret, p.random(32))
  const epoch = room.epoch + 1
  const head = await headKind.sign(p, room.seed, {
    space: room.space,
    seq: epoch,
    prev: room.head,
    epoch: epoch as Epoch,
    step: 0 as Step,
    epochHead: noObject,
    policy: noObject,
    roster: rosterHash(p, rosterOf(seats.rows.values())),
    count: seats.rows.size,
    seats: seatsHash(p, seats.rows.values(), seats.counters.values()),
    commit: commit(p, room.space, epoch, 0, secret),
    reason: reasons.urgent,
    time: Date.now() as EpochMs,
    signer: 0 as SenderIndex,
  })
  const made = performance.now()
  const keks = new Map<SeatSerial, Kek>()
  for (const [serial, kek] of room.keks) {
    const stepped = seats.rows.has(serial) ? stepKek(p, kek, epoch) : undefined
    wipe(kek.key)
    if (stepped !== undefined) keks.set(serial, stepped)
  }
  let wrapBytes = 0
  const waiting = [...keks]
  for (let at = 0; at < waiting.length; at += maxChunk) {
    const chunk = waiting.slice(at, at + maxChunk).map(([serial, { key }]) => ({
      serial,
      wrap: wrapSecret(p, key, room.space, head.id, serial, secret),
    }))
    wrapBytes += joinWraps(chunk).length
  }
  const wrapMs = performance.now() - made
  const next = { ...room, seats, keks, secret, head: head.id, epoch }
  return { next, rotation: { makeMs: made - from, wrapMs, wrapBytes, wrapped: waiting.length } }
}
