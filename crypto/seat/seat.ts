import { concat, equal, uint, wipe, type Bytes } from "../base/bytes.ts"
import { VerifyError } from "../base/errors.ts"
import type { Epoch, EpochMs, ObjectId, SeatSerial, SenderIndex, SpaceId, Step } from "../base/ids.ts"
import { info } from "../base/labels.ts"
import type { Primitives } from "../base/primitives.ts"
import { seatKind, type SignedSeat } from "./seat-object.ts"
import { kekOf } from "./wrap.ts"

/** All clear fields of a Seat, in order: what the HPKE seal is bound to beside the request. */
function clearFields(fields: SeatTerms): Bytes {
  return concat(
    fields.space,
    fields.request,
    uint(fields.serial, 4),
    fields.head,
    uint(fields.epoch, 4),
    uint(fields.step, 1),
    uint(fields.time, 6),
    uint(fields.signer, 1),
  )
}

/** What a Seat says in clear. */
export interface SeatTerms {
  readonly space: SpaceId
  readonly request: ObjectId
  readonly serial: SeatSerial
  readonly head: ObjectId
  readonly epoch: Epoch
  readonly step: Step
  readonly time: EpochMs
  readonly signer: SenderIndex
}

/**
 * Seals a Seat to the request's fresh key and signs it with the leader's seat key.
 * @param secret - secret(epoch, step), 32 B; left unchanged.
 * @returns the Seat, and the row's KEK at the Seat's epoch; undefined if the request's key is none, which is its sender's
 * fault and must hold up nobody else. The seat secret itself is wiped.
 */
export async function sealSeat(
  p: Primitives,
  leaderSeed: Uint8Array,
  kemPub: Uint8Array,
  terms: SeatTerms,
  secret: Uint8Array,
): Promise<{ readonly seat: SignedSeat; readonly kek: Bytes } | undefined> {
  const seatSecret = p.random(32)
  const plaintext = concat(seatSecret, secret)
  try {
    const context = info("seat", terms.space, terms.request)
    const { enc, ct } = await p.hpkeSeal(kemPub, context, clearFields(terms), plaintext)
    const seat = await seatKind.sign(p, leaderSeed, { ...terms, enc, ct })
    return { seat, kek: kekOf(p, seatSecret, terms.space, terms.serial) }
  } catch (error) {
    if (error instanceof VerifyError && error.code === "bad-kem-key") return undefined
    throw error
  } finally {
    wipe(seatSecret, plaintext)
  }
}

/**
 * Opens a Seat with the request's private key.
 * @returns the row's KEK at the Seat's epoch, and secret(epoch, step).
 * @throws VerifyError `wrong-request` (not the answer to `request`), `bad-seat` (does not open)
 */
export async function openSeat(
  p: Primitives,
  seat: SignedSeat,
  request: ObjectId,
  kemSecret: Uint8Array,
): Promise<{ readonly kek: Bytes; readonly secret: Bytes }> {
  const fields = seat.fields
  if (!equal(fields.request, request)) throw new VerifyError("wrong-request", "This Seat answers another request.")
  const plaintext = await p.hpkeOpen(
    kemSecret,
    fields.enc,
    info("seat", fields.space, fields.request),
    clearFields(fields),
    fields.ct,
  )
  if (plaintext?.length !== 64) throw new VerifyError("bad-seat", "This Seat does not open.")
  const seatSecret = plaintext.slice(0, 32)
  const kek = kekOf(p, seatSecret, fields.space, fields.serial)
  const secret = plaintext.slice(32)
  wipe(seatSecret, plaintext)
  return { kek, secret }
}
