import { setPriority } from "node:os"
import { joinSpace } from "../../../test/support/bot.ts"
import type { AudienceWish } from "./crowd.ts"

// A process of its own: the devices of an audience take no time from those whose keys are measured.

setPriority(5)
/** Who waits for a Seat too long asks again, which makes a slow host slower. */
const atOnce = 20
process.on("disconnect", () => process.exit(0))
process.once("message", (wish: AudienceWish) => {
  void seat(wish).then(
    () => process.send?.("seated"),
    (error: unknown) => process.send?.(error instanceof Error ? error.message : "They were not let in."),
  )
})

async function seat({ origin, link, seats, network }: AudienceWish): Promise<void> {
  for (let first = 0; first < seats; first += atOnce) {
    const group = Array.from({ length: Math.min(atOnce, seats - first) }, (_, i) => first + i)
    await Promise.all(
      group.map((i) => joinSpace(link, { origin, localAddress: `127.1.${network}.${1 + (i % 250)}`, waitMs: 60_000 })),
    )
  }
}
