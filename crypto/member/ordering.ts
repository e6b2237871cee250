import { fromHex, toHex } from "../base/bytes.ts"
import { ProtocolError, UsageError } from "../base/errors.ts"
import { noIndex, type ObjectId, type SeatSerial } from "../base/ids.ts"
import { acts as actNumbers, type ActName } from "../message/order.ts"
import { may, type Role } from "../room/roles.ts"
import type { Row } from "../room/seats.ts"
import { patchTalk } from "./app-secrets.ts"
import type { PendingOrder } from "./conversation.ts"
import type { PendingChanges } from "./leadership.ts"
import { admitKnock, refuseKnock } from "./admitting.ts"
import { mayEnd, signEnd } from "./ending.ts"
import { change } from "./pending.ts"
import { markOrdered } from "./knocks.ts"
import { maxOrders } from "./watching.ts"
import { enqueue, ownRole, roleOf } from "./saying.ts"
import { acts, ask, chainOf, leading, patchLead, type Turn } from "./turn.ts"

/** What people ask to be done to a seat. */
export type SeatAct = "promote" | "demote" | "kick"

/**
 * Does something to a seat: whoever leads does it with the next Head, everybody else orders it.
 * @returns whether it is done, or only ordered (then the command is answered when the order is out).
 * @throws UsageError `not-allowed`, `no-such-seat`, `stage-full`, `offline`, `rate-limited`
 */
export function actOn(turn: Turn, id: number | undefined, act: SeatAct, serial: SeatSerial): "done" | "ordered" {
  // A host who does not lead just now leads again at once: what it decides must not wait for anybody.
  if (acts(turn) || (turn.state.host !== undefined && turn.state.lead !== undefined)) {
    carryOut(turn, ownRole(turn), act, serial)
    return "done"
  }
  order(turn, id, act, serial)
  return "ordered"
}

/** Sends an order. @throws UsageError `not-allowed`, `offline`, `rate-limited` */
export function order(turn: Turn, id: number | undefined, act: ActName, target: SeatSerial): void {
  const targetRole = act === "end" ? undefined : roleOf(turn, target)
  if (!may(ownRole(turn), act, targetRole) || target === turn.state.serial)
    throw new UsageError("not-allowed", "That takes a higher role.")
  enqueue(turn, { TAG: "order", data: { act: actNumbers[act], target, request: [], reason: 0 } }, id)
}

/** Puts a decision into the next Head; a host who does not lead just now leads again for it. */
export function decide(turn: Turn, changes: Partial<PendingChanges>): void {
  change(turn, changes)
  if (!acts(turn)) patchLead(turn, { wanted: true })
}

/** Orders an answer to whoever knocks. @param request - its id in hex. @throws UsageError `not-allowed`, `offline`, `rate-limited`; CodecError `hex` */
export function orderAnswer(turn: Turn, id: number, act: "admit" | "refuse", request: string): void {
  if (!may(ownRole(turn), act)) throw new UsageError("not-allowed", "That takes a higher role.")
  const data = { act: actNumbers[act], target: 0 as SeatSerial, request: [fromHex(request) as ObjectId], reason: 0 }
  enqueue(turn, { TAG: "order", data }, id)
  markOrdered(turn, request)
}

/** A leader's part of an order, its own or a moderator's. */
function carryOut(turn: Turn, by: Role, act: SeatAct, serial: SeatSerial): void {
  const rows = leading(turn).seats?.rows
  const row = rows?.get(serial)
  if (rows === undefined || row === undefined || serial === turn.state.serial)
    throw new UsageError("no-such-seat", "There is no such seat.")
  if (!may(by, act, row.role)) throw new UsageError("not-allowed", "That takes a higher role.")
  switch (act) {
    case "kick":
      return decide(turn, { remove: [serial], burn: [toHex(row.inviteId)], urgent: true })
    case "demote":
      return decide(turn, { demote: [serial], urgent: true })
    case "promote":
      if (stageIsFull(turn, rows.values())) throw new UsageError("stage-full", "The stage is full.")
      return decide(turn, { promote: [serial] })
    default:
      act satisfies never
  }
}

function stageIsFull(turn: Turn, rows: Iterable<Row>): boolean {
  const onStage = [...rows].filter(({ index }) => index !== noIndex).length
  return onStage >= chainOf(turn).policy.fields.stage
}

/** Keeps an order that has just been verified, for whoever leads now or in a moment. Its number makes it come once. */
export function takeOrder(turn: Turn, pending: Omit<PendingOrder, "at" | "epoch">): void {
  const { orders } = turn.state.conversation
  const epoch = chainOf(turn).head?.fields.epoch ?? 0
  patchTalk(turn, { orders: [...orders, { ...pending, epoch, at: turn.world.monotonic }].slice(-maxOrders) })
  // A deputy does not wait long for a leader who lets a removal lie.
  const { lead } = turn.state
  const urgent = pending.act === "kick" || pending.act === "demote"
  // Nobody waits for the removal of somebody who is not there.
  const there = lead?.seats?.rows.has(pending.target) !== false
  if (urgent && there && lead !== undefined && !acts(turn))
    patchLead(turn, { urgentSince: lead.urgentSince ?? turn.world.monotonic })
}

/** Whoever leads carries out what was ordered: each order once, by the role its sender has now. */
export async function carryOutOrders(turn: Turn): Promise<void> {
  const { orders } = turn.state.conversation
  if (orders.length === 0 || turn.state.lead?.seats === undefined) return
  patchTalk(turn, { orders: [] })
  for (const { from, act, target, request } of orders) {
    const by = roleOf(turn, from)
    try {
      if (act === "end") await endFor(turn, by)
      else if (act === "promote" || act === "demote" || act === "kick") carryOut(turn, by, act, target)
      else if (request !== undefined) await answerKnock(turn, by, act, request)
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.fault === "us") throw error
      turn.out.push({ kind: "refused", code: error.code })
    }
  }
}

async function answerKnock(turn: Turn, by: Role, act: ActName, request: string): Promise<void> {
  if (act !== "admit" && act !== "refuse") return
  if (!may(by, act)) throw new UsageError("not-allowed", "That takes a higher role.")
  if (act === "admit") admitKnock(turn, request)
  else await refuseKnock(turn, request)
}

/** A cohost ends the room by the hand of whoever leads it. */
async function endFor(turn: Turn, by: Role): Promise<void> {
  if (!mayEnd(turn) || !may(by, "end")) throw new UsageError("not-allowed", "That takes a higher role.")
  const signed = await signEnd(turn)
  ask(turn, { kind: "quiet" }, (ref) => ({ TAG: "end", data: { ref, end: signed } }))
}
