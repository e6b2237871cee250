import { equal, type Bytes } from "../base/bytes.ts"
import { fixed, inviteId, oneOf, serial, spaceId, struct } from "../base/codec.ts"
import { VerifyError } from "../base/errors.ts"
import type { InviteId, SeatSerial, SpaceId } from "../base/ids.ts"
import type { Primitives } from "../base/primitives.ts"
import { signedKind, type Signed } from "../base/signed.ts"
import { signerOf, type Chain } from "../room/head.ts"
import { standbys } from "../room/leaders.ts"
import { allRoles, type Role } from "../room/roles.ts"
import type { Row } from "../room/seats.ts"

/**
 * A leader's word for a row, given with its Seat: the audience knows the stage only, and checks by this whose message it
 * is when somebody else in the audience speaks up.
 */
export interface SeatCert {
  readonly space: SpaceId
  readonly serial: SeatSerial
  readonly seatPub: Bytes
  readonly inviteId: InviteId
  /** When the Seat was made. */
  readonly role: Role
}

export type SignedCert = Signed<SeatCert>

export const certKind = signedKind<SeatCert>(
  "sign-cert",
  13,
  struct({ space: spaceId, serial, seatPub: fixed(32), inviteId, role: oneOf(allRoles) }),
  160,
)

/** The certificate of a row. */
export function signCert(p: Primitives, leaderSeed: Uint8Array, space: SpaceId, row: Row): Promise<SignedCert> {
  return certKind.sign(p, leaderSeed, {
    space,
    serial: row.serial,
    seatPub: row.seatPub,
    inviteId: row.inviteId,
    role: row.role,
  })
}

/**
 * Accepts a certificate of one serial: this space, a sound key, signed by whoever leads, the host or a deputy on stage.
 * @throws CodecError, VerifyError `wrong-space`, `wrong-seat`, `weak-key`, `bad-signature`
 */
export async function acceptCert(
  p: Primitives,
  chain: Chain,
  bytes: Uint8Array,
  wanted: SeatSerial,
): Promise<SignedCert> {
  const cert = certKind.decode(p, bytes)
  if (!equal(cert.fields.space, chain.space)) throw new VerifyError("wrong-space", "This row is of another space.")
  if (cert.fields.serial !== wanted) throw new VerifyError("wrong-seat", "This is another row's certificate.")
  if (!p.isStrictPublicKey(cert.fields.seatPub)) throw new VerifyError("weak-key", "The seat key is not sound.")
  for (const signer of certifiers(chain)) {
    try {
      await certKind.verify(p, cert, signer)
      return cert
    } catch (error) {
      if (!(error instanceof VerifyError)) throw error
    }
  }
  throw new VerifyError("bad-signature", "Nobody who may lead has signed this certificate.")
}

/** Seat keys of whoever may have made a Seat: the host, deputies on stage, and whoever leads now. */
function certifiers(chain: Chain): readonly Bytes[] {
  const leader = signerOf(chain)
  const keys = standbys(chain.policy.fields, chain.roster).map(({ seatPub }) => seatPub)
  return leader === undefined ? keys : [leader.seatPub, ...keys]
}
