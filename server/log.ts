import { pino, type DestinationStream } from "pino"

/** The life-cycle steps and faults the service speaks of. */
export type LogEvent =
  "listening" | "stopping" | "stopped" | "space-created" | "space-ended" | "space-expired" | "sfu-failed" | "fault"

/** All that a log line may carry: no address, agent, name, title, id, key or token has a field here. */
export interface LogFields {
  readonly port?: number
  readonly build?: string
  readonly action?: string
  readonly code?: string
  readonly attempt?: number
  readonly fault?: string
}

const allowed = ["port", "build", "action", "code", "attempt", "fault"] as const

export interface Log {
  info(event: LogEvent, fields?: LogFields): void
  error(event: LogEvent, fields?: LogFields): void
}

/** Pino behind an allow-list: what is not named above is dropped, whatever a caller passes. */
export function createLog(destination?: DestinationStream): Log {
  const options = { base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }
  const logger = destination === undefined ? pino(options) : pino(options, destination)
  return {
    info(event, fields = {}) {
      logger.info(picked(fields), event)
    },
    error(event, fields = {}) {
      logger.error(picked(fields), event)
    },
  }
}

function picked(fields: LogFields): LogFields {
  return Object.fromEntries(allowed.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]))
}

/** What may be said of an unexpected error: its class and where in our code it arose, never its text or its data. */
export function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const where = /(server|crypto)\/[\w./-]+:\d+/.exec(error.stack ?? "")
  return where === null ? error.name : `${error.name} at ${where[0]}`
}
