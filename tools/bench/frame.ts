import type { FrameBench, Side } from "../../test/page/bench-frame/frame.ts"
import type { Round } from "../../test/page/bench-frame/round.ts"
import { browsers, type Browser } from "../../test/support/browsers.ts"
import { serveTestPage } from "../../test/support/test-page.ts"
import type { BenchRun } from "./benches.ts"
import { atMost, context, exactly, type Figure } from "./figure.ts"
import { withParts } from "./parts.ts"
import { median } from "./stats.ts"

/** Seals and opens bursts of frames in the product's pipes and in LiveKit's, by turns, in both browsers. */
export function frame(run: BenchRun): Promise<readonly Figure[]> {
  return withParts(async (parts) => {
    const served = await serveTestPage("bench-frame")
    parts.end(served.stop)
    const figures: Figure[] = []
    for (const launch of [browsers.chromium, browsers.firefox]) {
      const browser = await launch()
      parts.end(browser.close)
      run.saw(browser.name, browser.version)
      figures.push(...(await inBrowser(browser, served.url, run)))
    }
    return figures
  })
}

async function inBrowser(browser: Browser, url: string, run: BenchRun): Promise<readonly Figure[]> {
  const visitor = await browser.visitor()
  const page = await visitor.page(url)
  await page.until("globalThis.frameBench !== undefined")
  const wish: Parameters<FrameBench["run"]>[0] = run.quick ? { rounds: 1, frames: 50 } : { rounds: 40, frames: 250 }
  const rounds = await page.evaluate<Readonly<Record<Side, readonly Round[]>>>(
    `frameBench.run(${JSON.stringify(wish)})`,
  )
  const hashed = await page.evaluate<number>(`frameBench.hashMicros(${(wish.rounds * wish.frames).toString()})`)
  await visitor.close()

  const named = (what: string): string => `frame ${browser.name}: ${what}`
  const micros = (side: Side, part: (round: Round) => number): number =>
    median(rounds[side].map((round) => (1000 * part(round)) / wish.frames))
  const both = (side: Side): number => micros(side, ({ sealMs, openMs }) => sealMs + openMs)
  const sizes = new Set(rounds.ours.flatMap(({ added }) => added))
  const figures = [
    exactly(named("bytes added to a cell"), Math.max(...sizes), "B", 21),
    exactly(named("sizes of a sealed frame"), sizes.size, "sizes", 1),
    context(named("bytes LiveKit adds to a packet"), Math.max(...rounds.livekit.flatMap(({ added }) => added)), "B"),
    context(
      named("seal"),
      micros("ours", ({ sealMs }) => sealMs),
      "µs",
    ),
    context(
      named("open"),
      micros("ours", ({ openMs }) => openMs),
      "µs",
    ),
    context(
      named("seal by LiveKit"),
      micros("livekit", ({ sealMs }) => sealMs),
      "µs",
    ),
    context(
      named("open by LiveKit"),
      micros("livekit", ({ openMs }) => openMs),
      "µs",
    ),
    context(named("hash of a frame, beside its way, with its checkpoint"), hashed, "µs"),
    context(named("two pipes that do nothing"), both("nothing"), "µs"),
    atMost(named("seal and open, share of LiveKit's time"), both("ours") / both("livekit"), "×", 0.6),
  ]
  run.say(`  ${browser.name}: ${both("ours").toFixed(0)} µs, LiveKit ${both("livekit").toFixed(0)} µs`)
  return figures
}
