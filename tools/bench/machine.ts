import { availableParallelism, cpus, loadavg } from "node:os"

export interface Machine {
  readonly cores: number
  readonly processor: string
  /** Processes that wanted a core in the last minute, when the bench ended: far above `cores`, times are too long. */
  readonly load: number
  readonly node: string
  readonly browsers: Readonly<Record<string, string>>
}

export function describeMachine(browsers: ReadonlyMap<string, string>): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? "unknown",
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
    node: process.versions.node,
    browsers: Object.fromEntries(browsers),
  }
}
