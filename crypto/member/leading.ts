import { reasons, type Reason } from "../room/head.ts"
import { batchDue, makeBatch, tickKnocking } from "./admitting.ts"
import { change, isAgainstUs } from "./pending.ts"
import { newPolicy } from "./policies.ts"
import { makeHead, revokedRows } from "./rotating.ts"
import { askRows } from "./standby.ts"
import { hasRunOut } from "./takeover.ts"
import { sendChunk } from "./wrapping.ts"
import { acts, chainOf, leading, type Turn } from "./turn.ts"

/** Protocol §6. All in ms. */
const beatMs = 10_000
const rotationMs = 300_000
const rotationSpacingMs = 250
const keksMs = 60_000
const leaveWaitMs = 5_000
const longLeaveWaitMs = 60_000
const silentSeatMs = 900_000
/** A promotion or a speaker's reload waits at most this long for company. */
const stageWaitMs = 300
/** The host's tab renews a policy that has less than this left. */
const policyRenewMs = 12 * 3600 * 1000

/** What a leader does next: one POST at a time, kicks first, then rotations, batches, beats; wraps beside them. */
export async function lead(turn: Turn): Promise<void> {
  const state = leading(turn)
  if (turn.state.socket === "offline") return kickOffline(turn)
  if (turn.state.socket !== "synced" || !acts(turn)) return
  // Whoever the host has taken the invite from makes no Head any more: the next one leads, and names the policy.
  if (isAgainstUs(turn, turn.state.noticedPolicy?.policy)) return
  if (turn.state.host === undefined && hasRunOut(turn)) return
  if (state.seats === undefined) {
    if (chainOf(turn).head !== undefined) askRows(turn)
    return
  }
  if (state.inflight === undefined) {
    nameNoticed(turn)
    dropSilent(turn)
    await tickKnocking(turn)
    await renewPolicy(turn)
    const reason = dueHead(turn)
    if (reason !== undefined) {
      await makeHead(turn, reason)
      return
    }
    if (batchDue(turn) && knowsNewest(turn)) await makeBatch(turn)
  }
  sendChunk(turn)
}

/** Whoever comes to lead names the policy that it knows of and that no Head names yet. */
function nameNoticed(turn: Turn): void {
  const known = turn.state.noticedPolicy?.policy
  const waiting = leading(turn).pending.policy?.fields.serial ?? 0
  if (known !== undefined && known.fields.serial > waiting) change(turn, { policy: known, urgent: true })
}

/** Out of the service's reach a kick is made all the same: the media server carries it, and senders fall silent. */
async function kickOffline(turn: Turn): Promise<void> {
  const { seats, inflight, pending, lastRotationAt } = leading(turn)
  const spaced = turn.world.monotonic - lastRotationAt >= rotationSpacingMs
  if (seats === undefined || inflight !== undefined || !pending.urgent || !spaced) return
  if (chainOf(turn).head !== undefined) await makeHead(turn, reasons.urgent)
}

/** Why a Head is due now, if one is. */
function dueHead(turn: Turn): Exclude<Reason, typeof reasons.takeover> | undefined {
  const { monotonic } = turn.world
  const { pending, lastHeadAt, lastRotationAt, seats } = leading(turn)
  const chain = chainOf(turn)
  if (chain.head === undefined) return reasons.stage
  const waited = monotonic - (pending.since ?? monotonic)
  const spaced = monotonic - lastRotationAt >= rotationSpacingMs
  // Another page of this seat has made the newest Head: what its secret was went with that page.
  if (!knowsNewest(turn)) return spaced ? reasons.rotate : undefined
  if (spaced && (pending.urgent || revokedRows(turn, chain.policy).length > 0)) return reasons.urgent
  if (spaced && (pending.rotate || chain.step >= 63)) return reasons.rotate
  const newcomers = [...(seats?.rows.values() ?? [])].some((row) => row.role > 0 && row.index === 0xff)
  if (spaced && (newcomers || (pending.promote.length > 0 && waited >= stageWaitMs))) return reasons.stage
  if (spaced && pending.remove.length > 0 && waited >= leaveWait(turn)) return reasons.leave
  // Counted from the epoch's own beginning, whoever led then; who has just taken over gets everybody's KEK first.
  const age = monotonic - (turn.state.epochAt ?? -Infinity)
  if (age >= rotationMs && monotonic - lastRotationAt >= keksMs) return reasons.rotate
  if (monotonic - lastHeadAt >= beatMs) return reasons.beat
  return undefined
}

/** Whether the leading half has the secret of the newest Head or Step. */
function knowsNewest(turn: Turn): boolean {
  const { secret } = leading(turn)
  const { head, step } = chainOf(turn)
  return secret !== undefined && secret.epoch === head?.fields.epoch && secret.step === step
}

/** After a takeover those who stay get time to fetch their KEKs, or a leave would silence them. */
function leaveWait(turn: Turn): number {
  const { seats, keks, pending } = leading(turn)
  const staying = [...(seats?.rows.keys() ?? [])].filter((serial) => !pending.remove.includes(serial))
  const without = staying.filter((serial) => !keks.has(serial)).length - 1
  return without > staying.length / 10 ? longLeaveWaitMs : leaveWaitMs
}

/** Seats that have not renewed for 15 minutes leave with the next batch. */
function dropSilent(turn: Turn): void {
  const { monotonic } = turn.world
  const { renewals, pending, seats } = leading(turn)
  const silent = [...renewals].filter(
    ([serial, { at }]) =>
      monotonic - at > silentSeatMs &&
      serial !== turn.state.serial &&
      seats?.rows.has(serial) &&
      !pending.remove.includes(serial),
  )
  if (silent.length > 0) change(turn, { remove: silent.map(([serial]) => serial) })
}

async function renewPolicy(turn: Turn): Promise<void> {
  const { policy } = chainOf(turn)
  if (turn.state.host === undefined || leading(turn).pending.policy !== undefined) return
  if (policy.fields.notAfter - turn.world.now > policyRenewMs) return
  change(turn, { policy: await newPolicy(turn, {}), rotate: true })
}
