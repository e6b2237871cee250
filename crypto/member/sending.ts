import { newsAge } from "./freshness.ts"
import { chainOf, leaveRoom, order, ownEntry, patch, type Turn } from "./turn.ts"
import type { Sending } from "./types.ts"

/** A sender switches at wraps-complete, at the latest this long after the Head's arrival. */
const switchMs = 4_000
const urgentSwitchMs = 800
/** A policy of the host that no Head names after this long is being held back. */
const policyMs = 3_000
/** Without a Head for this long a sender seals silence, and then a member leaves. */
const staleMs = 30_000
const lostMs = 100_000

/** A Head opened a new epoch: when this sender will switch to it. */
export function announceEpoch(turn: Turn, epoch: number, urgent: boolean): void {
  const { monotonic } = turn.world
  const { sending } = turn.state
  // Whoever has not switched to the one before keeps its deadline: the key to be left is the same.
  const before = sending.epoch === undefined ? undefined : sending.switchTo
  const at = Math.min(before?.at ?? Infinity, monotonic + (urgent ? urgentSwitchMs : switchMs))
  // A later one that only the media server has shown stays the one that counts, until the chain has passed it.
  const newest = Math.max(epoch, sending.switchTo?.epoch ?? 0)
  patch(turn, { sending: { ...sending, switchTo: { epoch: newest, at } } })
  if (!isOnStage(turn)) stall(turn, "no-key")
}

/** Moves to the newest epoch and step if it is time and the secret is there; silence if it is time and it is not. */
export function switchNow(turn: Turn): void {
  const { monotonic } = turn.world
  const { sending, secret, seated, noticedPolicy } = turn.state
  const entry = ownEntry(turn)
  const newest = chainOf(turn).head?.fields.epoch
  if (entry === undefined || seated === undefined || newest === undefined) return
  // An urgent Head may have reached us over the media server alone: its epoch is the one that counts.
  const epoch = Math.max(newest, sending.switchTo?.epoch ?? newest)
  if (newsAge(turn) > staleMs) {
    stall(turn, "stale-head")
    return
  }
  if (noticedPolicy !== undefined && monotonic - noticedPolicy.at > policyMs) {
    stall(turn, "withheld")
    return
  }
  if (sending.silence === "counter-limit" && sending.epoch === undefined && sending.switchTo === undefined) return
  const waiting = sending.switchTo !== undefined && sending.switchTo.at > monotonic
  if (waiting && sending.epoch !== undefined) return
  if (secret?.epoch !== epoch || epoch <= seated.firstEpoch) {
    if (!waiting) stall(turn, secret?.epoch === epoch ? "no-key" : "no-wrap")
    return
  }
  if (waiting) return
  if (sending.epoch === epoch && sending.step === secret.step && sending.silence === undefined) return
  order(turn, { kind: "send", epoch, step: secret.step, index: entry.index })
  patch(turn, { sending: { epoch, step: secret.step, silence: undefined, switchTo: undefined } })
}

/** Sealed silence: cells go on under a key nobody has. */
export function stall(turn: Turn, silence: NonNullable<Sending["silence"]>): void {
  const { sending } = turn.state
  if (sending.silence === silence && sending.epoch === undefined) return
  order(turn, { kind: "stall" })
  patch(turn, { sending: { ...sending, epoch: undefined, silence } })
}

/** Deadlines of switching, freshness and patience. */
export function tickSending(turn: Turn): void {
  const { monotonic } = turn.world
  const { headAt, wokeAt, seated, chain } = turn.state
  if (seated === undefined || chain?.head === undefined) return
  if (headAt !== undefined && monotonic - Math.max(headAt, wokeAt ?? headAt) > lostMs) {
    leaveRoom(turn, "lost", true)
    return
  }
  switchNow(turn)
}

function isOnStage(turn: Turn): boolean {
  return ownEntry(turn) !== undefined
}
