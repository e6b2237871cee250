import type { Clock } from "../clock.ts"
import type { Limits } from "../service.ts"
import { Buckets } from "./buckets.ts"

/** How often what may happen (protocol §5, §10): per second, and at once. */
export function createLimits(clock: Clock): Limits {
  return {
    member: new Buckets(clock, 20, 60),
    leader: new Buckets(clock, 200, 400),
    requestsByAddress: new Buckets(clock, 50, 100),
    requestsByInvite: new Buckets(clock, 200, 400),
    renewals: new Buckets(clock, 1 / 30, 6),
    messages: new Buckets(clock, 5, 10),
    spaces: new Buckets(clock, 2, 40),
    sockets: new Buckets(clock, 100, 400),
  }
}
