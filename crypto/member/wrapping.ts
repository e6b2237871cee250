import { equal } from "../base/bytes.ts"
import type { ObjectId, SeatSerial } from "../base/ids.ts"
import { joinWraps, stepKek, wrapSecret, type Kek } from "../seat/wrap.ts"
import { maxChunk } from "../wire/wire.ts"
import { ask, leading, patchLead, type Turn } from "./turn.ts"

/** Sends the next chunk of the audience's wraps, one in flight; the last one carries a flag. */
export function sendChunk(turn: Turn): void {
  const { p } = turn.world
  const { wraps, keks, secret, seats } = leading(turn)
  if (wraps === undefined || wraps.sent !== undefined || secret === undefined) return
  const serials = wraps.serials.slice(0, maxChunk)
  const rest = wraps.serials.slice(maxChunk)
  const chunk = serials.flatMap((serial) => {
    const kek = keks.get(serial)
    if (kek?.epoch !== secret.epoch || !seats?.rows.has(serial)) return []
    return [{ serial, wrap: wrapSecret(p, kek.key, turn.state.space, wraps.head, serial, wraps.secret) }]
  })
  patchLead(turn, { wraps: { ...wraps, serials: rest, sent: serials } })
  ask(turn, { kind: "wraps", head: wraps.head }, (ref) => ({
    TAG: "wraps",
    data: { ref, head: wraps.head, last: rest.length === 0, wraps: joinWraps(chunk) },
  }))
}

/** A chunk of a Head's wraps arrived, or was refused because a newer epoch is there: go on, or stop. */
export function chunkDone(turn: Turn, head: ObjectId): void {
  // While the chunk was on its way a deputy may have lost its office, and a newer epoch its own wraps have begun.
  const wraps = turn.state.lead?.wraps
  if (wraps === undefined || !equal(wraps.head, head)) return
  if (wraps.serials.length === 0) turn.consumed.push(wraps.secret)
  patchLead(turn, { wraps: wraps.serials.length === 0 ? undefined : { ...wraps, sent: undefined } })
}

/**
 * The KEKs of whoever leads or stands by go on to an epoch: whoever seizes the device later opens no earlier one. Those
 * of the vault are ahead of the older Heads that a reloaded page is shown first.
 */
export function stepKeks(turn: Turn, epoch: number): void {
  const { keks } = leading(turn)
  const next = new Map<SeatSerial, Kek>()
  for (const [serial, kek] of keks) {
    const stepped = kek.epoch < epoch ? stepKek(turn.world.p, kek, epoch) : kek
    if (stepped !== kek) turn.consumed.push(kek.key)
    if (stepped !== undefined) next.set(serial, stepped)
  }
  patchLead(turn, { keks: next })
}

/** Rows that are gone keep no KEK. */
export function keepKeks(turn: Turn, rows: ReadonlyMap<SeatSerial, unknown>): void {
  const { keks } = leading(turn)
  for (const [serial, { key }] of keks) if (!rows.has(serial)) turn.consumed.push(key)
  patchLead(turn, { keks: new Map([...keks].filter(([serial]) => rows.has(serial))) })
}
