import { senderIndex, serial, spaceId, struct, time, u32 } from "../base/codec.ts"
import type { EpochMs, SeatSerial, SenderIndex, SpaceId } from "../base/ids.ts"
import { signedKind } from "../base/signed.ts"

/** Somebody gives up a seat; signed by its seat key. */
export interface Leave {
  readonly space: SpaceId
  readonly serial: SeatSerial
  /** Place of the newest Head its signer knows or has made: a leader's goodbye is worth nothing under a later one of its own. */
  readonly n: number
}

export const leaveKind = signedKind<Leave>("sign-leave", 9, struct({ space: spaceId, serial, n: u32 }), 128)

/** The host or a deputy ends the space: clients wipe all secrets, the key service deletes everything. */
export interface End {
  readonly space: SpaceId
  readonly time: EpochMs
  /** 0xff: signed by the host key; else the sender index of the deputy whose seat key signed. */
  readonly signer: SenderIndex
}

export const endKind = signedKind<End>("sign-end", 10, struct({ space: spaceId, time, signer: senderIndex }), 128)
