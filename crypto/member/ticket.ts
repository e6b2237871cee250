import { UsageError } from "../base/errors.ts"
import type { ServiceData } from "../wire/wire.ts"
import { ask, ownEntry, patch, type Turn } from "./turn.ts"
import type { MemberReply, Ticket } from "./types.ts"

/** A ticket that was fetched ahead is handed out for this long; the service's are good for twice that. */
const keptMs = 30_000

/**
 * Asks for the first ticket to the media server before anybody wants it: it is here when the page knows of its seat.
 * The service takes it in order, behind the hello that shows the seat.
 */
export function fetchTicket(turn: Turn): void {
  patch(turn, { ticket: { onStage: isOnStage(turn), at: turn.world.monotonic, wantedBy: undefined, reply: undefined } })
  ask(turn, { kind: "ticket" }, (ref) => ({ TAG: "sfu", data: { ref } }))
}

/** The page wants a ticket: the one fetched ahead if it is still good, else a new one. @throws UsageError `offline` */
export function wantTicket(turn: Turn, id: number): void {
  const { socket, ticket } = turn.state
  if (socket !== "synced") throw new UsageError("offline", "The key service is out of reach.")
  if (ticket !== undefined && isGood(turn, ticket)) {
    if (ticket.reply !== undefined) {
      turn.out.push({ kind: "reply", id, value: ticket.reply })
      return patch(turn, { ticket: undefined })
    }
    if (ticket.wantedBy === undefined) return patch(turn, { ticket: { ...ticket, wantedBy: id } })
  }
  ask(turn, { kind: "sfu", id }, (ref) => ({ TAG: "sfu", data: { ref } }))
}

/** The ticket fetched ahead has come: for who waits for it, or to be kept for a moment. */
export function takeTicket(turn: Turn, { url, token, identity }: ServiceData<"sfu">): void {
  const { ticket } = turn.state
  if (ticket === undefined) return
  const reply = { kind: "sfu", url, token, identity } as const
  if (ticket.wantedBy === undefined) return patch(turn, { ticket: { ...ticket, reply } })
  answer(turn, ticket.wantedBy, reply)
}

/** There is none: whoever waits for it is told why, nobody else asked. */
export function ticketRefused(turn: Turn, code: string): void {
  const waiting = turn.state.ticket?.wantedBy
  if (waiting === undefined) return patch(turn, { ticket: undefined })
  turn.out.push({ kind: "refused", code })
  answer(turn, waiting, { kind: "failed", code })
}

/** A ticket nobody wanted is thrown away. */
export function tickTicket(turn: Turn): void {
  const { ticket } = turn.state
  if (ticket?.wantedBy === undefined && ticket !== undefined && !isGood(turn, ticket))
    patch(turn, { ticket: undefined })
}

function answer(turn: Turn, id: number, value: MemberReply): void {
  turn.out.push({ kind: "reply", id, value })
  patch(turn, { ticket: undefined })
}

/** What may be done with it was settled when it was made: after a move to or from the stage it is the wrong one. */
function isGood(turn: Turn, { onStage, at }: Ticket): boolean {
  return turn.world.monotonic - at < keptMs && onStage === isOnStage(turn)
}

const isOnStage = (turn: Turn): boolean => ownEntry(turn) !== undefined
