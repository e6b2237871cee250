import type { Bytes } from "#crypto/base/bytes"

export interface SeatTables {
  seats: {
    space: Bytes
    serial: number
    seat_pub: Bytes
    invite_id: Bytes
    proof: Bytes
    role: number
    /** Sender index, 255 for the audience. */
    place: number
    /** Number of the last request that was answered with a Seat. */
    n: number
  }
  counters: { space: Bytes; invite_id: Bytes; used: number; state: number }
  requests: {
    space: Bytes
    id: Bytes
    seat_pub: Bytes
    invite_id: Bytes
    n: number
    bytes: Bytes
    received_at: number
  }
  sealed_seats: { space: Bytes; request: Bytes; serial: number; bytes: Bytes; made_at: number }
  leaves: { space: Bytes; serial: number; bytes: Bytes }
}
