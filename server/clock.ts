import type { EpochMs } from "#crypto/base/ids"

/** Where the service reads the time, in ms since 1970; tests pass their own. */
export type Clock = () => EpochMs

export const systemClock: Clock = () => Date.now() as EpochMs
