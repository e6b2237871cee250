import type { Bytes } from "#crypto/base/bytes"
import type { SeatSerial } from "#crypto/base/ids"
import type { Seats } from "#crypto/room/seats"
import { Refusal } from "../errors.ts"
import type { SeatWrap } from "./wrap.store.ts"

const serialBytes = 4
const wrapBytes = 48
const entryBytes = serialBytes + wrapBytes

/**
 * Cuts the leader's wraps (serial 4 ‖ wrap 48, again and again) into one per row.
 * @throws Refusal `bad-wraps` if they are not whole, or name a row twice or one that is not there
 */
export function sliceWraps(joined: Bytes, rows: Seats["rows"]): readonly SeatWrap[] {
  if (joined.length % entryBytes !== 0) throw new Refusal("bad-wraps")
  const view = new DataView(joined.buffer, joined.byteOffset, joined.byteLength)
  const wraps = new Map<SeatSerial, SeatWrap>()
  for (let at = 0; at < joined.length; at += entryBytes) {
    const serial = view.getUint32(at) as SeatSerial
    if (!rows.has(serial) || wraps.has(serial)) throw new Refusal("bad-wraps")
    wraps.set(serial, { serial, wrap: joined.slice(at + serialBytes, at + entryBytes) })
  }
  return [...wraps.values()]
}
