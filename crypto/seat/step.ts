import { equal, type Bytes } from "../base/bytes.ts"
import { epoch, fixed, objectId, spaceId, step, struct, u32 } from "../base/codec.ts"
import { VerifyError } from "../base/errors.ts"
import type { Epoch, ObjectId, SpaceId, Step } from "../base/ids.ts"
import type { Primitives } from "../base/primitives.ts"
import { signedKind, type Signed } from "../base/signed.ts"
import { signerOf, type Chain } from "../room/head.ts"

/** The receipt of a join batch: the same epoch, one step on, more seats. */
export interface SeatStep {
  readonly space: SpaceId
  /** The newest Head. */
  readonly head: ObjectId
  readonly epoch: Epoch
  readonly step: Step
  readonly count: number
  readonly seats: ObjectId
  readonly commit: Bytes
}

export type SignedStep = Signed<SeatStep>

export const stepKind = signedKind<SeatStep>(
  "sign-step",
  5,
  struct({ space: spaceId, head: objectId, epoch, step, count: u32, seats: objectId, commit: fixed(32) }),
  256,
)

/**
 * Accepts a Step: names the newest Head, signed by its signer, same epoch, a higher step, no seat fewer.
 * @throws CodecError, VerifyError `wrong-space`, `stale-step`, `bad-step`, `bad-signature`
 */
export async function acceptStep(
  p: Primitives,
  chain: Chain,
  bytes: Uint8Array,
): Promise<{ chain: Chain; step: SignedStep }> {
  const object = stepKind.decode(p, bytes)
  const fields = object.fields
  const head = chain.head
  if (!equal(fields.space, chain.space)) throw new VerifyError("wrong-space", "This Step is of another space.")
  if (head === undefined || !equal(fields.head, head.id))
    throw new VerifyError("stale-step", "This Step does not name the newest Head.")
  if (fields.epoch !== head.fields.epoch) throw new VerifyError("bad-step", "A Step stays in its epoch.")
  if (fields.step <= chain.step) throw new VerifyError("stale-step", "This Step is not newer than the last.")
  if (fields.count < chain.count) throw new VerifyError("bad-step", "A Step removes nobody.")
  const signer = signerOf(chain)
  if (signer === undefined) throw new VerifyError("bad-step", "The leader is not on stage.")
  await stepKind.verify(p, object, signer.seatPub)
  return {
    step: object,
    chain: { ...chain, step: fields.step, count: fields.count, seats: fields.seats, commit: fields.commit },
  }
}
