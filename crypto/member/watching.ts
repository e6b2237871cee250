import { reasons } from "../room/head.ts"
import { clearAlarm, raise } from "./alarms.ts"
import { patchTalk } from "./app-secrets.ts"
import type { PendingOrder, WatchedOrder } from "./conversation.ts"
import { chainOf, patchLead, type Turn } from "./turn.ts"

/** A Head that shows an order is waited for this long: three seconds, and time for a deputy to step in. */
const orderPatienceMs = 3_000 + 1_800
/** An order that nobody could carry out by then is void. */
const orderLifetimeMs = 10_000
export const maxOrders = 32

/** Whether the newest Head shows what was ordered. The audience's rows are in its seats hash only: there the kick of somebody shows. */
function isShown(turn: Turn, watched: PendingOrder & { readonly onStage?: boolean }): boolean {
  const { head, roster } = chainOf(turn)
  const onStage = roster.some(({ serial }) => serial === watched.target)
  switch (watched.act) {
    case "promote":
      return onStage
    case "demote":
      return !onStage
    case "kick": {
      const rows = turn.state.lead?.seats?.rows
      if (rows !== undefined) return !rows.has(watched.target)
      if (watched.onStage === true) return !onStage
      return head !== undefined && head.fields.epoch > watched.epoch && head.fields.reason === reasons.urgent
    }
    default:
      return false
  }
}

/** Watches over an order of one's own until a Head shows it. */
export function watchOrder(turn: Turn, watched: WatchedOrder): void {
  if (watched.act !== "promote" && watched.act !== "demote" && watched.act !== "kick" && watched.act !== "end") return
  patchTalk(turn, { watched: [...turn.state.conversation.watched, watched].slice(-maxOrders) })
}

/** Our clock has gone back by as much as this, at most, when the service knows a higher number of ours than we do. */
const clockSlackMs = 3_600_000

/** The service has refused to pass a message on, and said so: nobody holds it back in secret. */
export function messageRefused(turn: Turn, n: number, code: string): void {
  const { conversation } = turn.state
  patchTalk(turn, { watched: conversation.watched.filter((watched) => watched.n !== n) })
  if (code === "replayed") patchTalk(turn, { n: Math.max(conversation.n, n + clockSlackMs) })
}

/** Drops orders that are over, and says when one of our own is held back. */
export function tendOrders(turn: Turn): void {
  const { monotonic } = turn.world
  const { orders, watched } = turn.state.conversation
  const open = orders.filter((pending) => monotonic - pending.at < orderLifetimeMs && !isShown(turn, pending))
  if (open.length !== orders.length) patchTalk(turn, { orders: open })
  const urgent = open.some(({ act }) => act === "kick" || act === "demote")
  if (!urgent && turn.state.lead?.urgentSince !== undefined) patchLead(turn, { urgentSince: undefined })
  for (const one of watched) {
    if (isShown(turn, one)) settle(turn, one, undefined)
    else if (one.alarmedAt === undefined && monotonic - one.at >= orderPatienceMs && turn.state.socket === "synced")
      settle(turn, one, monotonic)
  }
}

/** Ends the watch over an order, and its alarm; or raises the alarm and goes on watching. */
function settle(turn: Turn, one: WatchedOrder, alarmedAt: number | undefined): void {
  const rest = turn.state.conversation.watched.filter((other) => other !== one)
  patchTalk(turn, { watched: alarmedAt === undefined ? rest : [...rest, { ...one, alarmedAt }] })
  if (alarmedAt !== undefined) raise(turn, "withheld", one.target)
  else if (!rest.some(({ target, alarmedAt: other }) => target === one.target && other !== undefined))
    clearAlarm(turn, "withheld", (about) => about === one.target)
}
