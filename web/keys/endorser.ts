import { concat, equal, type Bytes } from "#crypto/base/bytes"
import type { Primitives } from "#crypto/base/primitives"
import type { MediaOrder, MemberState } from "#crypto/member/types"
import { checkpointMessage, headBytes } from "#crypto/media/checkpoint"
import { decodeFrames } from "#crypto/media/checkpoint-body"
import type { EndorseRequest, KeysToMedia } from "../media/messages.ts"

type Endorsement = Extract<KeysToMedia, { kind: "endorsed" }>["endorsement"]

/** Frames sealed before a change are named by a checkpoint after it. */
const lateMs = 2000

/** A place that the media worker was told to seal for, and until when it may say what it sealed. */
interface Place {
  readonly epoch: number
  readonly index: number
  until: number
  /** The last number signed. */
  seq: number
}

/** Signs this member's checkpoints: the seat key does not leave the worker it is in. */
export interface Endorser {
  /** Every order to the media worker, as it goes out. */
  ordered(order: MediaOrder, now: number): void
  /** Undefined for what the member's own orders do not cover. Times are milliseconds of one monotonic clock. */
  endorse(state: MemberState, request: EndorseRequest, now: number): Promise<Endorsement>
}

/**
 * The media worker is asked for nothing but frames and a number: space, epoch and index are what it was ordered to send
 * as, the Head is the newest of the member's own chain. A media worker that is fooled cannot make the seat key sign for
 * any other place, nor one number twice.
 */
export function createEndorser(p: Primitives): Endorser {
  const places = new Map<number, Place>()

  function leaveAll(now: number): void {
    for (const place of places.values()) place.until = Math.min(place.until, now + lateMs)
  }

  return {
    ordered(order, now) {
      if (order.kind === "wipe") places.clear()
      if (order.kind === "stall") leaveAll(now)
      if (order.kind !== "send") return
      leaveAll(now)
      for (const [epoch, { until }] of places) if (until < now) places.delete(epoch)
      const before = places.get(order.epoch)
      const seq = before?.index === order.index ? before.seq : -1
      places.set(order.epoch, { epoch: order.epoch, index: order.index, until: Infinity, seq })
    },
    async endorse({ phase, space, seatSeed, chain }, request, now) {
      const place = places.get(request.epoch)
      if (phase !== "seated" || seatSeed === undefined || chain?.head === undefined || place === undefined)
        return undefined
      if (!equal(request.space, space) || request.index !== place.index || now > place.until) return undefined
      if (request.seq <= place.seq || decodeFrames(request.frames) === undefined) return undefined
      place.seq = request.seq
      const head: Bytes = chain.head.id.slice(0, headBytes)
      const { epoch, index, seq, frames } = request
      return {
        head,
        signature: await p.sign(seatSeed, checkpointMessage({ space, epoch, index, seq }, concat(head, frames))),
      }
    },
  }
}
