import type { Bot } from "../../../test/support/bot.ts"

const lookMs = 20

/** Looks every `lookMs` whether everybody has the key of the newest epoch that somebody seals in. */
export interface KeyWatch {
  /** Ends it. @returns the longest time in ms for which one of them had it not */
  end(): number
}

export function watchKeys(talkers: readonly Bot[], listeners: readonly Bot[]): KeyWatch {
  const since = new Map<Bot, number>()
  let longest = 0
  const timer = setInterval(() => {
    const now = performance.now()
    const inUse = Math.max(...talkers.map(({ state }) => state.sending.epoch ?? 0))
    for (const bot of listeners) {
      if ((bot.state.secret?.epoch ?? 0) >= inUse) {
        since.delete(bot)
        continue
      }
      const first = since.get(bot) ?? now
      since.set(bot, first)
      longest = Math.max(longest, now - first)
    }
  }, lookMs)
  return {
    end() {
      clearInterval(timer)
      return longest
    },
  }
}
