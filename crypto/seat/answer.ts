import { objectId, oneOf, spaceId, struct } from "../base/codec.ts"
import type { ObjectId, SpaceId } from "../base/ids.ts"
import { signedKind } from "../base/signed.ts"

/** What a leader says to a request when it is not a Seat. `pending`: a human is asked. */
export const answers = {
  pending: 0,
  /** The Head named is too old: send again with a newer one. */
  stale: 1,
  revoked: 2,
  notYet: 3,
  expired: 4,
  usedUp: 5,
  /** Its holder was removed: ask the host for a new link. */
  burnt: 6,
  full: 7,
  /** The request does not verify, or the row is not there. */
  refused: 8,
} as const
export type AnswerReason = (typeof answers)[keyof typeof answers]

/** A leader's signed refusal, so that the key service cannot refuse in its name. */
export interface Answer {
  readonly space: SpaceId
  /** Id of the request. */
  readonly request: ObjectId
  readonly reason: AnswerReason
}

export const answerKind = signedKind<Answer>(
  "sign-answer",
  8,
  struct({ space: spaceId, request: objectId, reason: oneOf(Object.values(answers)) }),
  256,
)
