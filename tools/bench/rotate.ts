import type { RotateBench } from "../../test/page/bench-rotate/rotate.ts"
import type { Rotation } from "../../test/page/bench-rotate/rotation.ts"
import { browsers } from "../../test/support/browsers.ts"
import { serveTestPage } from "../../test/support/test-page.ts"
import type { BenchRun } from "./benches.ts"
import { atMost, context, type Figure } from "./figure.ts"
import { withParts } from "./parts.ts"
import { median } from "./stats.ts"

const rooms = [
  { seats: 1000, goalMs: 30 },
  { seats: 10_000, goalMs: 300 },
] as const

/** Makes and wraps a new secret in a worker of Chromium, as the leader does when somebody is removed. */
export function rotate(run: BenchRun): Promise<readonly Figure[]> {
  return withParts(async (parts) => {
    const served = await serveTestPage("bench-rotate")
    parts.end(served.stop)
    const browser = await browsers.chromium()
    parts.end(browser.close)
    run.saw(browser.name, browser.version)
    const page = await (await browser.visitor()).page(served.url)
    await page.until("globalThis.rotateBench !== undefined")
    const figures: Figure[] = []
    for (const { seats, goalMs } of rooms) {
      const wish: Parameters<RotateBench["run"]>[0] = { seats, times: run.quick ? 2 : 21 }
      const rotations = await page.evaluate<readonly Rotation[]>(`rotateBench.run(${JSON.stringify(wish)})`)
      const middle = (part: (rotation: Rotation) => number): number => median(rotations.map(part))
      const whole = middle(({ makeMs, wrapMs }) => makeMs + wrapMs)
      run.say(`  ${seats} seats: ${whole.toFixed(1)} ms`)
      const named = (what: string): string => `rotate ${seats} seats: ${what}`
      figures.push(
        atMost(named("make and wrap"), whole, "ms", goalMs),
        context(
          named("make the Head"),
          middle(({ makeMs }) => makeMs),
          "ms",
        ),
        context(
          named("wrap for everybody"),
          middle(({ wrapMs }) => wrapMs),
          "ms",
        ),
        atMost(
          named("wraps"),
          middle(({ wrapBytes, wrapped }) => wrapBytes / wrapped),
          "B a seat",
          52,
        ),
      )
    }
    return figures
  })
}
