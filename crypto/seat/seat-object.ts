import type { Bytes } from "../base/bytes.ts"
import { epoch, fixed, objectId, senderIndex, serial, spaceId, step, struct, time } from "../base/codec.ts"
import type { Epoch, EpochMs, ObjectId, SeatSerial, SenderIndex, SpaceId, Step } from "../base/ids.ts"
import { signedKind, type Signed } from "../base/signed.ts"

/** A seat handed to one person: the public shell that anybody may check, around a secret that only one can open. */
export interface Seat {
  readonly space: SpaceId
  /** Id of the request it answers. */
  readonly request: ObjectId
  readonly serial: SeatSerial
  /** The leader's newest Head. */
  readonly head: ObjectId
  readonly epoch: Epoch
  /** A step no sender has used yet. */
  readonly step: Step
  /** The signer's clock. */
  readonly time: EpochMs
  /** Sender index of whoever signed: the leader, or a deputy that stands by. */
  readonly signer: SenderIndex
  /** HPKE: encapsulated key 1120 B. */
  readonly enc: Bytes
  /** seat_secret 32 ‖ secret(epoch, step) 32, sealed: 80 B. */
  readonly ct: Bytes
}

export type SignedSeat = Signed<Seat>

export const seatKind = signedKind<Seat>(
  "sign-seat",
  7,
  struct({
    space: spaceId,
    request: objectId,
    serial,
    head: objectId,
    epoch,
    step,
    time,
    signer: senderIndex,
    enc: fixed(1120),
    ct: fixed(80),
  }),
  1536,
)
