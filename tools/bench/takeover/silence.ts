import type { Bot } from "../../../test/support/bot.ts"

const lookMs = 20

/** Looks every `lookMs` whether members on stage are heard. */
export interface SilenceWatch {
  /** Ends it. @returns for each of them the longest time in ms for which it sealed under a key nobody has */
  end(): readonly number[]
}

export function watchSilence(stage: readonly Bot[]): SilenceWatch {
  const since = new Map<Bot, number>()
  const longest = new Map<Bot, number>(stage.map((bot) => [bot, 0]))
  const timer = setInterval(() => {
    const now = performance.now()
    for (const bot of stage) {
      if (bot.state.sending.epoch !== undefined) {
        since.delete(bot)
        continue
      }
      const first = since.get(bot) ?? now
      since.set(bot, first)
      longest.set(bot, Math.max(longest.get(bot) ?? 0, now - first))
    }
  }, lookMs)
  return {
    end() {
      clearInterval(timer)
      return [...longest.values()]
    },
  }
}
