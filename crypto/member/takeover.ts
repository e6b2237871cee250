import type { SeatSerial } from "../base/ids.ts"
import { signerOf } from "../room/head.ts"
import { lastDeputyRank, leaderRank } from "../room/leaders.ts"
import { askRows } from "./standby.ts"
import { makeTakeover } from "./rotating.ts"
import { newLeading } from "./start.ts"
import { acts, chainOf, leading, ownRank, patch, patchLead, persist, type Turn } from "./turn.ts"
import type { Sending } from "./types.ts"
import { noPending } from "./pending.ts"

/** Protocol §6, "Takeover". All in ms; each rank waits a little longer than the one before. */
const quietMs = 20_000
const unansweredMs = 4_000
const rankMs = 2_000
const urgentMs = 300
const urgentRankMs = 600
const goodbyeRankMs = 500
const maxRetakeMs = 600_000
/** How far the clocks of a host and a deputy may differ before a policy counts as run out. */
const policySlackMs = 3_600_000

/** Notes whether we lead, and has us lead where nobody else does, or where somebody of a lower rank does. */
export async function leadIfNobodyDoes(turn: Turn): Promise<void> {
  const { monotonic } = turn.world
  const { lead } = turn.state
  if (acts(turn)) {
    if (lead?.acted === false)
      patchLead(turn, {
        acted: true,
        wanted: false,
        retakeAt: undefined,
        goodbye: undefined,
        urgentSince: undefined,
      })
    dropOwnRequest(turn)
    return
  }
  forgetLedSecret(turn)
  const rank = ownRank(turn)
  if (lead?.acted === true) standBack(turn)
  if (rank === undefined || turn.state.socket !== "synced" || chainOf(turn).head === undefined) return
  if (lead !== undefined && outranks(turn, rank) && leading(turn).retakeAt === undefined)
    patchLead(turn, { retakeAt: monotonic + lead.retakeMs })
  if (!isDue(turn, rank)) {
    if (lead?.wanted === true && turn.state.host === undefined && lead.inflight === undefined)
      patchLead(turn, { wanted: false })
    return
  }
  if (turn.state.lead === undefined) patch(turn, { lead: newLeading(undefined) })
  const { seats, inflight } = leading(turn)
  patchLead(turn, { wanted: true })
  // With the rows it shows whether a Head of ours from before a reload still follows the newest one.
  if (seats === undefined) askRows(turn)
  else if (inflight === undefined) await takeOver(turn, rank)
}

/** Whoever leads needs no Seat: the key of a request under way is wiped. */
function dropOwnRequest(turn: Turn): void {
  const { request } = turn.state
  if (request === undefined) return
  turn.consumed.push(request.kemSecret)
  patch(turn, { request: undefined, heldSeat: undefined })
}

/** The secret of an epoch that one led in once is of no more use, and would open it for whoever seizes the device. */
function forgetLedSecret(turn: Turn): void {
  const { lead } = turn.state
  if (lead?.secret === undefined || lead.acted || lead.inflight !== undefined || turn.state.socket !== "synced") return
  turn.consumed.push(lead.secret.secret)
  patchLead(turn, { secret: undefined })
  persist(turn)
}

/** Somebody else signed the newest Head: what we had under way is theirs now, what a host wanted it still wants. */
function standBack(turn: Turn): void {
  const { monotonic } = turn.world
  const { pending, retakeMs, secret, wraps } = leading(turn)
  if (secret !== undefined) turn.consumed.push(secret.secret)
  if (wraps !== undefined) turn.consumed.push(wraps.secret)
  const isHost = turn.state.host !== undefined
  patchLead(turn, {
    acted: false,
    secret: undefined,
    wraps: undefined,
    goodbye: undefined,
    wanted: isHost && pending.urgent,
    pending: isHost ? pending : noPending,
    retakeAt: monotonic + retakeMs,
    retakeMs: Math.min(2 * retakeMs, maxRetakeMs),
  })
  persist(turn)
}

function outranks(turn: Turn, rank: number): boolean {
  const { policy, roster, head } = chainOf(turn)
  if (head === undefined) return false
  return rank < (leaderRank(policy.fields, roster, head.fields.signer) ?? Infinity)
}

/** Whether the host's word that others may lead is too old. */
export const hasRunOut = (turn: Turn): boolean => turn.world.now > chainOf(turn).policy.fields.notAfter + policySlackMs

/** Whether it is this member's turn to lead. */
function isDue(turn: Turn, rank: number): boolean {
  const { monotonic } = turn.world
  const { lead, headAt, noticed, sending } = turn.state
  if (hasRunOut(turn)) return false
  const over = (since: number | undefined, ms: number): boolean => since !== undefined && monotonic - since >= ms
  const quiet = over(headAt && Math.max(headAt, noticed?.at ?? headAt), quietMs + rankMs * rank)
  // A successor is somebody who is on air, or would be if the news were not so old: the later ones wait longer than that.
  if (rank > lastDeputyRank) return quiet && (sending.epoch !== undefined || isLate(sending.silence))
  if (lead === undefined) return quiet
  const mine = outranks(turn, rank) && (lead.wanted || over(lead.retakeAt, 0))
  const oldest = lead.waiting[0]?.since
  const unanswered = oldest === undefined ? undefined : Math.max(oldest, lead.heardAt)
  return (
    mine ||
    quiet ||
    over(unanswered, unansweredMs + rankMs * rank) ||
    over(lead.urgentSince, urgentMs + urgentRankMs * rank) ||
    over(saidGoodbye(turn), goodbyeRankMs * (rank - 1))
  )
}

/** Silent only because nobody leads as the host wants it. */
const isLate = (silence: Sending["silence"]): boolean => silence === "stale-head" || silence === "withheld"

/** In the same epoch if we know its secret; only the host opens a new one without it, and only when nobody else answers. */
async function takeOver(turn: Turn, rank: number): Promise<void> {
  const { monotonic } = turn.world
  const { secret, headAt } = turn.state
  const { head, step } = chainOf(turn)
  if (head === undefined) return
  const knows = secret?.epoch === head.fields.epoch && secret.step === step
  const alone = monotonic - (headAt ?? monotonic) >= quietMs + rankMs * (lastDeputyRank + 1)
  if (!knows && (rank !== 0 || !alone)) return
  await makeTakeover(turn, knows ? secret : undefined)
}

/** The leader gives up its seat, or says goodbye: the next one need not wait. @param n - newest Head of its own that it covers */
export function leaderLeft(turn: Turn, serial: SeatSerial, n: number): boolean {
  const leader = signerOf(chainOf(turn))
  if (leader?.serial !== serial || turn.state.lead === undefined) return false
  if (acts(turn)) return true
  patchLead(turn, { goodbye: { at: turn.world.monotonic, serial, n } })
  return true
}

/** When whoever leads said goodbye: another leader, or one that came back since, has not. */
function saidGoodbye(turn: Turn): number | undefined {
  const { goodbye } = leading(turn)
  const chain = chainOf(turn)
  const stands = goodbye?.serial === signerOf(chain)?.serial && (chain.head?.fields.seq ?? 0) <= (goodbye?.n ?? -1)
  return stands ? goodbye?.at : undefined
}
