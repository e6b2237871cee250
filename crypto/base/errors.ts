/** Who must act on an error: the first half of every decision a caller takes. */
export type Fault = "caller" | "bytes" | "peer" | "missing" | "us"

/**
 * The base of every error the protocol throws. Callers test `code`, never the text; the text carries no secret.
 */
export class ProtocolError extends Error {
  readonly code: string
  readonly fault: Fault
  constructor(fault: Fault, code: string, message: string) {
    super(message)
    this.name = new.target.name
    this.fault = fault
    this.code = code
  }
}

/** The caller asked for something that cannot be done (a bad argument, an exhausted counter). */
export class UsageError extends ProtocolError {
  constructor(code: string, message: string) {
    super("caller", code, message)
  }
}

/** Bytes that are not what they claim to be: truncated, oversized, trailing, unknown version, out of range. */
export class CodecError extends ProtocolError {
  constructor(code: string, message: string) {
    super("bytes", code, message)
  }
}

/** A well-formed object that a peer should not have sent: bad signature, stale, not allowed. State stays as it was. */
export class VerifyError extends ProtocolError {
  constructor(code: string, message: string) {
    super("peer", code, message)
  }
}

/** Something that is needed has not arrived yet (an invite a roster names, a policy a Head names). */
export class MissingError extends ProtocolError {
  constructor(code: string, message: string) {
    super("missing", code, message)
  }
}

/** A state that our own code should never reach. */
export class InternalError extends ProtocolError {
  constructor(code: string, message: string) {
    super("us", code, message)
  }
}
