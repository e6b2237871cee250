import { setPriority } from "node:os"
import { joinSpace, type Bot } from "../../../test/support/bot.ts"
import type { AudienceWish, AudienceWord, CrowdWord } from "./crowd.ts"

// A process of its own: the devices of an audience take no time from those whose keys are measured.

setPriority(5)
/** Who waits for a Seat too long asks again, which makes a slow host slower. */
const atOnce = 20
const bots: Bot[] = []

process.on("disconnect", () => process.exit(0))
process.on("message", (word: CrowdWord) => {
  const done: Promise<AudienceWord> =
    word.kind === "seat"
      ? seat(word).then(() => ({ kind: "seated" }))
      : Promise.all(bots.map((bot) => bot.until(({ state }) => (state.secret?.epoch ?? 0) >= word.epoch))).then(() => ({
          kind: "reached",
          epoch: word.epoch,
        }))
  void done
    .catch((error: unknown): AudienceWord => ({ kind: "failed", why: error instanceof Error ? error.message : "" }))
    .then((answer) => process.send?.(answer))
})

async function seat({ origin, link, seats, network }: AudienceWish): Promise<void> {
  for (let first = 0; first < seats; first += atOnce) {
    const group = Array.from({ length: Math.min(atOnce, seats - first) }, (_, i) => first + i)
    bots.push(
      ...(await Promise.all(
        group.map((i) =>
          joinSpace(link, { origin, localAddress: `127.1.${network}.${1 + (i % 250)}`, waitMs: 60_000 }),
        ),
      )),
    )
  }
}
