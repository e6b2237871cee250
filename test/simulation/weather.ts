import type { Draws } from "./draws.ts"

/** Longest delay of a message while nothing is wrong, in ms. */
export const calmDelayMs = 40

/** How the network and the machines behave just now. */
export class Weather {
  /** Probability that a connection breaks at a message. */
  breaks = 0
  /** Of a notice over the media server. */
  drops = 0
  duplicates = 0
  /** Longest delay of a message, in ms. */
  slowest = calmDelayMs
  /** People who do not reach the key service. */
  readonly cutOff = new Set<string>()
  sfuDown = false
  /** Ticks are so much rarer: hours pass in few steps. */
  tickFactor = 1

  delay(draws: Draws): number {
    // Mostly fast, at times as slow as it gets.
    const reach = draws.chance(0.8) ? Math.min(this.slowest, 120) : this.slowest
    return 1 + draws.below(Math.max(1, reach))
  }

  calm(): void {
    this.breaks = 0
    this.drops = 0
    this.duplicates = 0
    this.slowest = calmDelayMs
    this.cutOff.clear()
    this.sfuDown = false
    this.tickFactor = 1
  }

  storm(draws: Draws): void {
    this.breaks = draws.pick([0, 0.002, 0.01, 0.05, 0.15]) ?? 0
    this.drops = draws.pick([0, 0.1, 0.3]) ?? 0
    this.duplicates = draws.pick([0, 0.1, 0.3]) ?? 0
    this.slowest = draws.pick([40, 300, 1500, 5000]) ?? 40
    this.sfuDown = draws.chance(0.2)
  }
}
