import type { WatchedRoom } from "../watched.ts"
import type { Packet } from "./packets.ts"

/** What reaches the service: one thing at one moment. */
export interface ServiceEvent {
  /** Name of the connection. */
  readonly wire: string
  readonly what: Packet | { readonly kind: "dial" | "close" }
  readonly now: number
}

/** What the service does on a connection, in order. */
export interface ServiceOutput {
  readonly wire: string
  readonly what: Packet | { readonly kind: "open" | "close" }
}

/** The service after a history of events: what it did at the last of them, and what can be seen of it. */
export interface ServiceState {
  /** Undefined: where it started. */
  readonly before: ServiceState | undefined
  readonly event: ServiceEvent | undefined
  readonly out: readonly ServiceOutput[]
  /** Equal for states that go on alike. */
  readonly digest: string
  readonly room: WatchedRoom | undefined
}

/** Everything that led here, oldest first. */
export function historyOf(state: ServiceState): readonly ServiceEvent[] {
  const events: ServiceEvent[] = []
  for (let at: ServiceState | undefined = state; at?.event !== undefined; at = at.before) events.push(at.event)
  return events.reverse()
}
