import { concat, uint, type Bytes } from "../base/bytes.ts"
import { epoch, fixed, restOf, serial, spaceId, step, struct, u48 } from "../base/codec.ts"
import type { Epoch, SeatSerial, SpaceId, Step } from "../base/ids.ts"
import { signedKind, type Signed } from "../base/signed.ts"

/** A message is of one of two sizes, so that its length says next to nothing about what is in it. */
export const appSizes = { small: 256, large: 1280 } as const

const type = 12
const version = 1
/** type, version, space 16, epoch u32, step u8, serial u32, n u48, nonce 12. */
export const appHeaderBytes = 45
const signatureBytes = 64
const tagBytes = 16

/** Bytes of the padded plaintext in each size. */
export const plaintextBytes = {
  small: appSizes.small - appHeaderBytes - signatureBytes - tagBytes,
  large: appSizes.large - appHeaderBytes - signatureBytes - tagBytes,
} as const

/** What a seat says to the others: the shell that the key service sees, around a body that only seats open. */
export interface AppMessage {
  readonly space: SpaceId
  readonly epoch: Epoch
  readonly step: Step
  /** Whose it is. */
  readonly serial: SeatSerial
  /** Higher with each message of this seat: its clock in ms, or one more than the last. */
  readonly n: number
  /** 12 random bytes. */
  readonly nonce: Bytes
  /** Padded body and tag. */
  readonly ct: Bytes
}

export type SignedAppMessage = Signed<AppMessage>

/** The clear fields of a message. */
export type AppHeader = Omit<AppMessage, "ct">

/** Signed by the sender's seat key; 256 or 1,280 B and nothing else. */
export const appMessageKind = signedKind<AppMessage>(
  "sign-app",
  type,
  struct({
    space: spaceId,
    epoch,
    step,
    serial,
    n: u48,
    nonce: fixed(12),
    ct: restOf(Object.values(plaintextBytes).map((length) => length + tagBytes)),
  }),
  appSizes.large,
)

/** The first 45 bytes of a message, which its seal is bound to. */
export function appHeader({ space, epoch: at, step: r, serial: who, n, nonce }: AppHeader): Bytes {
  return concat(Uint8Array.of(type, version), space, uint(at, 4), uint(r, 1), uint(who, 4), uint(n, 6), nonce)
}
