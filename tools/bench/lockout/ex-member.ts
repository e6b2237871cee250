import { webPrimitives } from "#crypto/base/web-primitives"
import { createOpener } from "#crypto/media/opener"
import type { Bot } from "../../../test/support/bot.ts"
import { keysOnly } from "../../../test/support/keys-only.ts"
import type { Talker } from "./talker.ts"

/** A listener that keeps every key it is ever given and obeys no order to forget one. */
export interface ExMember {
  hear(talker: Talker, frame: Uint8Array<ArrayBuffer>, sealedAt: number): void
  /** When the newest frame was sealed that it could open, and how many it opened of each talker. */
  readonly lastOpened: number
  readonly opened: ReadonlyMap<Talker, number>
}

export function hoarder(bot: Bot): ExMember {
  const opener = createOpener(webPrimitives, (ms, run) => setTimeout(run, ms), keysOnly)
  const opened = new Map<Talker, number>()
  let lastOpened = -Infinity
  let read = 0
  return {
    hear(talker, frame, sealedAt) {
      for (const order of bot.orders.slice(read)) if (order.kind === "epoch") opener.install(order)
      read = bot.orders.length
      const track = `${talker.bot.state.serial ?? 0}`
      void opener.open(track, frame, performance.now()).then((result) => {
        if (result.kind !== "packet") return
        opened.set(talker, (opened.get(talker) ?? 0) + 1)
        lastOpened = Math.max(lastOpened, sealedAt)
      })
    },
    opened,
    get lastOpened() {
      return lastOpened
    },
  }
}
