import { webPrimitives } from "#crypto/base/web-primitives"
import { createOpener } from "#crypto/media/opener"
import { createSealer } from "#crypto/media/sealer"
import type { Bot } from "../../../test/support/bot.ts"
import { keysOnly } from "../../../test/support/keys-only.ts"
import { applyKeys } from "../../../web/media/keys-port.ts"

export const frameMs = 20

/** Hears each frame that a talker seals, at once. */
export type Hear = (talker: Talker, frame: Uint8Array<ArrayBuffer>, sealedAt: number) => void

/** A bot on air: the media worker's part, fed with the bot's orders, seals a frame every 20 ms. */
export interface Talker {
  readonly bot: Bot
  stop(): void
}

/** `sealedAt` is on the clock of `performance.now()`, read just before the seal begins. */
export function startTalking(bot: Bot, hear: Hear): Talker {
  const sealer = createSealer(webPrimitives, { onCounterLimit: () => undefined })
  // an own opener takes the orders that are for one
  const opener = createOpener(webPrimitives, (ms, run) => setTimeout(run, ms), keysOnly)
  const packet = webPrimitives.random(60)
  let obeyed = 0
  const timer = setInterval(() => {
    for (const order of bot.orders.slice(obeyed)) applyKeys(order, sealer, opener)
    obeyed = bot.orders.length
    const sealedAt = performance.now()
    void sealer.seal(packet).then((frame) => hear(talker, frame, sealedAt))
  }, frameMs)
  const talker: Talker = {
    bot,
    stop() {
      clearInterval(timer)
      sealer.wipe()
      opener.wipe()
      bot.stop()
    },
  }
  return talker
}
