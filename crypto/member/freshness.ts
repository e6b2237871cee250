import { equal, type Bytes } from "../base/bytes.ts"
import { signerOf, type Chain } from "../room/head.ts"
import { sync } from "./hello.ts"
import { acts, chainOf, patch, type Turn } from "./turn.ts"
import type { ClockReading } from "./types.ts"

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

/** The clock of whoever leads by this chain, if it is known well enough to tell how old its Heads are. */
function readingOf(turn: Turn, chain: Chain): ClockReading | undefined {
  const leader = signerOf(chain)
  return turn.state.clocks.find(
    (reading) => leader !== undefined && equal(reading.leader, leader.seatPub) && reading.error <= maxErrorMs,
  )
}

export function clockKnown(turn: Turn): boolean {
  return readingOf(turn, chainOf(turn)) !== undefined
}

/** How far the wall clock has run ahead of the monotonic one since both were last compared, in ms; behind: below 0. */
function wallAhead(turn: Turn): number {
  const { now, monotonic } = turn.world
  const offset = now - monotonic
  return offset - (turn.state.wallOffset ?? offset)
}

/** How old the newest Head of a chain is by its own leader's clock, in ms, at least; undefined if that is not known. */
export function headAge(turn: Turn, chain: Chain): number | undefined {
  const reading = readingOf(turn, chain)
  // What comes first after a sleep comes before anybody has noticed it.
  const slept = turn.state.wallOffset === undefined || Math.abs(wallAhead(turn)) > sleepMs
  if (chain.head === undefined || reading === undefined || slept) return undefined
  return turn.world.monotonic + reading.offset - chain.head.fields.time
}

/**
 * How old the newest news of the leader is, in ms: by its own clock where a Seat has told it, never less than what has
 * passed since its arrival. So a service that delays everything evenly is found out as well as one that goes silent.
 */
export function newsAge(turn: Turn): number {
  const { monotonic } = turn.world
  const { headAt, signerSince, noticed, wokeAt } = turn.state
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
  const reading = readingOf(turn, chain)
  if (reading === undefined) return monotonic - (signerSince ?? monotonic) > unreadMs ? Infinity : arrival
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
  const ahead = wallAhead(turn)
  if (wallOffset !== undefined && Math.abs(ahead) <= sleepMs) return
  patch(turn, { wallOffset: now - monotonic })
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
