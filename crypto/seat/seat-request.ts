import { equal, type Bytes } from "../base/bytes.ts"
import { fixed, inviteId, objectId, spaceId, struct, u32, u8, upTo } from "../base/codec.ts"
import { VerifyError } from "../base/errors.ts"
import type { InviteId, ObjectId, SpaceId } from "../base/ids.ts"
import type { Primitives } from "../base/primitives.ts"
import { signedKind, type Signed } from "../base/signed.ts"
import { hostInviteId, inviteIdOf, memberStatement, type SignedInvite } from "../link/invite.ts"

/** Bits of `flags`. */
export const requestFlags = {
  /** "I have no counters": after a reload, so that the leader rotates before a stage seat sends again. */
  noCounters: 1,
} as const

/** The one message for joining, recovering and healing. */
export interface SeatRequest {
  readonly space: SpaceId
  /** Newest Head seen. */
  readonly head: ObjectId
  readonly inviteId: InviteId
  readonly seatPub: Bytes
  /** Fresh X-Wing public key, 1216 B. */
  readonly kemPub: Bytes
  /** 0 for a new seat; a renewal's is higher than the last one's. */
  readonly n: number
  readonly flags: number
  readonly proof: Bytes
}

export type SignedSeatRequest = Signed<SeatRequest>

export const seatRequestKind = signedKind<SeatRequest>(
  "sign-seat-request",
  6,
  struct({
    space: spaceId,
    head: objectId,
    inviteId,
    seatPub: fixed(32),
    kemPub: fixed(1216),
    n: u32,
    flags: upTo(u8, 1),
    proof: fixed(64),
  }),
  1536,
)

/**
 * Accepts a request as far as anybody can tell: the seat key signed it, and the invite key wants that seat key here.
 * Whether the invite still admits, and whether there is room, is the leader's to say.
 * @param invite - the invite it names (undefined only for the host's own seat, which needs none).
 * @throws CodecError, VerifyError `wrong-space`, `weak-key`, `wrong-invite`, `bad-signature`, `bad-proof`
 */
export async function acceptSeatRequest(
  p: Primitives,
  bytes: Uint8Array,
  context: { readonly space: SpaceId; readonly hostPub: Uint8Array; readonly invite: SignedInvite | undefined },
): Promise<SignedSeatRequest> {
  const request = seatRequestKind.decode(p, bytes)
  const fields = request.fields
  if (!equal(fields.space, context.space)) throw new VerifyError("wrong-space", "This request is for another space.")
  const named = context.invite === undefined ? hostInviteId : inviteIdOf(p, context.invite.fields.invitePub)
  if (!equal(fields.inviteId, named)) throw new VerifyError("wrong-invite", "This request names another invite.")
  if (!p.isStrictPublicKey(fields.seatPub)) throw new VerifyError("weak-key", "The seat key is not sound.")
  await seatRequestKind.verify(p, request, fields.seatPub)
  const prover = context.invite === undefined ? context.hostPub : context.invite.fields.invitePub
  if (!(await p.verify(prover, memberStatement(fields.space, fields.seatPub), fields.proof)))
    throw new VerifyError("bad-proof", "The invite key did not sign for this seat key.")
  return request
}
