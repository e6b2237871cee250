import type { Bytes } from "./bytes.ts"

declare const brand: unique symbol
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name }

/** 16 random bytes that name a space. */
export type SpaceId = Branded<Bytes, "SpaceId">
/** First 16 bytes of H(invite public key); sixteen zeros for the host's own row. */
export type InviteId = Branded<Bytes, "InviteId">
/** SHA-256 of a signed object's bytes, 32 B. */
export type ObjectId = Branded<Bytes, "ObjectId">
/** u32, never reused within a space. */
export type SeatSerial = Branded<number, "SeatSerial">
/** 0…63, the place on stage; `noIndex` for the audience. */
export type SenderIndex = Branded<number, "SenderIndex">
/** u32, one fresh secret each. */
export type Epoch = Branded<number, "Epoch">
/** The ratchet inside an epoch, 0…63. */
export type Step = Branded<number, "Step">
/** Milliseconds since 1970, u48. */
export type EpochMs = Branded<number, "EpochMs">

/** The index a row has that is not on stage. */
export const noIndex = 0xff as SenderIndex
