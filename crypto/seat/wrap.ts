import { concat, uint, wipe, type Bytes } from "../base/bytes.ts"
import type { ObjectId, SeatSerial, SpaceId } from "../base/ids.ts"
import { info } from "../base/labels.ts"
import type { Primitives } from "../base/primitives.ts"

/** Bytes of one wrap: secret 32 + tag 16. */
export const wrapBytes = 48

/** The key-encrypting key of a row under one leader, at the epoch of its Seat. */
export function kekOf(p: Primitives, seatSecret: Uint8Array, space: SpaceId, serial: SeatSerial): Bytes {
  return p.expand(seatSecret, info("kek", space, uint(serial, 4)), 32)
}

/** A KEK and the epoch at which it wraps. */
export interface Kek {
  readonly key: Bytes
  readonly epoch: number
}

/** How many epochs a KEK may be stepped at once: five minutes each, so days; bounds the work a bad Head can cause. */
const maxKekSteps = 4096

/**
 * The KEK some epochs later: KEK ← Expand(KEK, info(next)) each. Whoever seizes the later one opens no earlier epoch.
 * @returns undefined if `epoch` lies before the KEK's, or unreasonably far ahead.
 */
export function stepKek(p: Primitives, kek: Kek, epoch: number): Kek | undefined {
  if (epoch < kek.epoch || epoch - kek.epoch > maxKekSteps) return undefined
  let key = kek.key.slice()
  for (let at = kek.epoch; at < epoch; at++) {
    const next = p.expand(key, info("next"), 32)
    wipe(key)
    key = next
  }
  return { key, epoch }
}

function context(space: SpaceId, head: ObjectId, serial: SeatSerial): Bytes {
  return info("wrap", space, head, uint(serial, 4))
}

/**
 * Wraps secret(e, 0) for one row. One Head, one secret: made again, the bytes are the same, so the nonce may come from
 * the Head.
 * @param kek - the row's KEK stepped to the Head's epoch.
 */
export function wrapSecret(
  p: Primitives,
  kek: Uint8Array,
  space: SpaceId,
  head: ObjectId,
  serial: SeatSerial,
  secret: Uint8Array,
): Bytes {
  return p.seal(kek, p.hash(head).subarray(0, 12), context(space, head, serial), secret)
}

/** The inverse of {@link wrapSecret}; undefined if it does not open. */
export function unwrapSecret(
  p: Primitives,
  kek: Uint8Array,
  space: SpaceId,
  head: ObjectId,
  serial: SeatSerial,
  wrap: Uint8Array,
): Bytes | undefined {
  return p.open(kek, p.hash(head).subarray(0, 12), context(space, head, serial), wrap)
}

/** serial ‖ wrap, concatenated: what the leader sends and the key service slices. */
export function joinWraps(wraps: readonly { readonly serial: SeatSerial; readonly wrap: Bytes }[]): Bytes {
  return concat(...wraps.flatMap(({ serial, wrap }) => [uint(serial, 4), wrap]))
}
