import { equal, type Bytes } from "#crypto/base/bytes"
import type { SeatSerial, SpaceId } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { certKind, type SignedCert } from "#crypto/message/seat-cert"
import type { Row } from "#crypto/room/seats"
import { Refusal } from "../errors.ts"

/**
 * The certificates of a batch: each the leader's, and for a row that gets its Seat with it, exactly as the row is.
 * @param rows - rows of the batch's Seats.
 * @throws CodecError, VerifyError `bad-signature`; Refusal `unknown-seat`, `conflict`
 */
export async function checkedCerts(
  p: Primitives,
  space: SpaceId,
  leader: Uint8Array,
  rows: ReadonlyMap<SeatSerial, Row>,
  all: readonly Bytes[],
): Promise<readonly SignedCert[]> {
  const certs: SignedCert[] = []
  for (const bytes of all) {
    const cert = certKind.decode(p, bytes)
    const { serial, seatPub, inviteId, role } = cert.fields
    const row = rows.get(serial)
    const same = row !== undefined && equal(row.seatPub, seatPub) && equal(row.inviteId, inviteId) && row.role === role
    if (!same || !equal(cert.fields.space, space)) throw new Refusal("unknown-seat")
    await certKind.verify(p, cert, leader)
    certs.push(cert)
  }
  if (new Set(certs.map(({ fields }) => fields.serial)).size !== certs.length) throw new Refusal("conflict")
  return certs
}
