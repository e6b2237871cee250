import { equal, type Bytes } from "../base/bytes.ts"
import { signerOf } from "../room/head.ts"
import { sync } from "./hello.ts"
import { acts, chainOf, patch, type Turn } from "./turn.ts"

/** A reading that may be off by more is no reading: the Seat took too long on its way. */
const maxErrorMs = 5_000
/** A new leader's first Heads count by their arrival, until its Seat tells its clock. */
const unreadMs = 30_000
/** A wall clock that has run ahead of the monotonic one by more was asleep. */
const sleepMs = 5_000
const keptReadings = 4

/** A Seat is a clock reading: made by `leader` at `time`, after we asked for it and before it came. */
export function readClock(turn: Turn, time: number, leader: Bytes, askedAt: number): void {
  const { monotonic } = turn.world
  const reading = { leader, offset: time - monotonic, error: monotonic - askedAt }
  const others = turn.state.clocks.filter((other) => !equal(other.leader, leader))
  patch(turn, { clocks: [...others, reading].slice(-keptReadings) })
}

/** Whether the clock of the leader is known well enough to tell how old its Heads are. */
export function clockKnown(turn: Turn): boolean {
  const leader = signerOf(chainOf(turn))
  return turn.state.clocks.some(
    (reading) => leader !== undefined && equal(reading.leader, leader.seatPub) && reading.error <= maxErrorMs,
  )
}

/**
 * How old the newest news of the leader is, in ms: by its own clock where a Seat has told it, never less than what has
 * passed since its arrival. So a service that delays everything evenly is found out as well as one that goes silent.
 */
export function newsAge(turn: Turn): number {
  const { monotonic } = turn.world
  const { headAt, signerSince, clocks, noticed, wokeAt } = turn.state
  const chain = chainOf(turn)
  const leader = signerOf(chain)
  if (headAt === undefined || leader === undefined || chain.head === undefined || headAt < (wokeAt ?? headAt))
    return Infinity
  const notice =
    noticed !== undefined && noticed.seq > chain.head.fields.seq && equal(noticed.signer, leader.seatPub)
      ? noticed
      : undefined
  const arrival = monotonic - Math.max(headAt, notice?.at ?? headAt)
  if (acts(turn)) return arrival
  const reading = clocks.find((one) => equal(one.leader, leader.seatPub))
  if (reading === undefined || reading.error > maxErrorMs)
    return monotonic - (signerSince ?? monotonic) > unreadMs ? Infinity : arrival
  const made = Math.max(chain.head.fields.time, notice?.time ?? 0)
  return Math.max(arrival, monotonic + reading.offset - made)
}

/**
 * A machine that slept knows nothing of what happened meanwhile: no reading of a clock holds any more, and no news
 * counts that came before it woke.
 */
export function tickClocks(turn: Turn): void {
  const { now, monotonic } = turn.world
  const { wallOffset, seated } = turn.state
  const offset = now - monotonic
  const ahead = offset - (wallOffset ?? offset)
  if (wallOffset !== undefined && Math.abs(ahead) <= sleepMs) return
  patch(turn, { wallOffset: offset })
  if (ahead <= sleepMs) return
  const { request, answered } = turn.state
  patch(turn, {
    wokeAt: monotonic,
    clocks: [],
    seated: seated && { ...seated, renewAt: monotonic },
    // What was asked for before the sleep tells no time.
    request: request && { ...request, askedAt: -Infinity },
    answered: answered && { ...answered, askedAt: -Infinity },
  })
  sync(turn)
}
