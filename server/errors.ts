import { ProtocolError } from "#crypto/base/errors"

/**
 * Every code the service makes up itself, and what it means. The accept functions of crypto/ have codes of their own,
 * which pass through unchanged.
 */
export const serviceErrors = {
  "not-available": "No such space, or no right to it: the same answer whether it exists, existed or never did.",
  "not-allowed": "The keys shown on this socket do not carry the right to do this.",
  "not-leader": "Only who leads the space may do this.",
  "too-large": "The message is larger than its sender may send.",
  "rate-limited": "Too many messages or requests: wait and send again.",
  busy: "Too many requests wait for the leader already.",
  stale: "It names a Head that is not recent enough: sync and send again.",
  replayed: "This seat has already sent a request with this or a higher number.",
  conflict: "Somebody else's Head or Step came first, or another object has this id.",
  "unknown-request": "No such request waits for an answer.",
  "unknown-seat": "No such row.",
  "bad-seats": "Rows and counters after these changes are not those whose hash was signed.",
  "bad-wraps": "The wraps are not whole, or name a row that is not there.",
  "bad-card": "The sealed card has a size no sealed card has.",
  "too-many-invites": "The space holds as many invites as it may.",
  revoked: "The invite was revoked.",
  "not-yet": "The invite's window has not opened.",
  expired: "The invite's window has closed.",
  burnt: "The invite's holder was removed.",
  "used-up": "The invite admitted as many as it may.",
  "sfu-unreachable": "The media server did not answer: try again.",
  internal: "A fault of the service; nothing was changed.",
} as const

export type ServiceErrorCode = keyof typeof serviceErrors

/** A refusal with a stable code. Callers test `code`; the text is for tests and carries no data. */
export class Refusal extends Error {
  readonly code: ServiceErrorCode
  constructor(code: ServiceErrorCode) {
    super(serviceErrors[code])
    this.name = "Refusal"
    this.code = code
  }
}

/** The code to answer with: a refusal's, a protocol error's, or `internal` for everything that should not happen. */
export function codeOf(error: unknown): string {
  if (error instanceof Refusal) return error.code
  if (!(error instanceof ProtocolError) || error.fault === "us") return "internal"
  return error.code
}
