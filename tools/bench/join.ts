import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join as joinPath } from "node:path"
import { browsers } from "../../test/support/browsers.ts"
import { startTestSfu } from "../../test/support/sfu.ts"
import { serveTestPage } from "../../test/support/test-page.ts"
import { ensurePage, pageFolder } from "../lib/page-build.mjs"
import { startService } from "../lib/service-run.mjs"
import type { BenchRun } from "./benches.ts"
import { atLeast, atMost, context, type Figure } from "./figure.ts"
import { clearSide, sealedSide, type Side } from "./join/sides.ts"
import { writeSweeps } from "./join/tone.ts"
import { withParts } from "./parts.ts"
import { median, quantile } from "./stats.ts"

/** Joins a room of the product and one without encryption by turns, in Chromium, on one media server. */
export function join(run: BenchRun): Promise<readonly Figure[]> {
  return withParts(async (parts) => {
    const folder = await mkdtemp(joinPath(tmpdir(), "sottovoce-join-"))
    parts.end(() => rm(folder, { recursive: true, force: true }))
    const microphone = joinPath(folder, "sweeps.wav")
    await writeSweeps(microphone)
    await ensurePage()
    const sfu = await startTestSfu()
    parts.end(sfu.stop)
    const service = await startService({ database: joinPath(folder, "join.db"), page: pageFolder, sfu })
    parts.end(service.stop)
    const served = await serveTestPage("bench-join")
    parts.end(served.stop)
    const browser = await browsers.chromium({ microphone })
    parts.end(browser.close)
    run.saw(browser.name, browser.version)
    const sealed = await sealedSide(browser, service.url)
    const clear = await clearSide(browser, served.url, await sfu.room(), sfu.url)
    return figuresOf(await byTurns(sealed, clear, run), run.quick ? 1 : 10)
  })
}

/** Joins of each kind; a machine that is too busy for that many gets no further, and the figures say so. */
const enough = 12
const longestMs = 120_000

interface Times {
  readonly sealed: readonly number[]
  readonly clear: readonly number[]
}

/** The first of each warms up. */
async function byTurns(sealed: Side, clear: Side, run: BenchRun): Promise<Times> {
  const times: { sealed: number[]; clear: number[] } = { sealed: [], clear: [] }
  const until = performance.now() + longestMs
  for (let i = 0; i <= (run.quick ? 1 : enough) && (i < 2 || performance.now() < until); i++) {
    const pair = [await sealed.join(), await clear.join()] as const
    run.say(`  ${pair[0].toFixed(0)} ms sealed, ${pair[1].toFixed(0)} ms in clear`)
    if (i === 0) continue
    times.sealed.push(pair[0])
    times.clear.push(pair[1])
  }
  return times
}

function figuresOf({ sealed, clear }: Times, wanted: number): readonly Figure[] {
  return [
    atMost("join: tap to sound, p95", quantile(sealed, 0.95), "ms", 3000),
    context("join: tap to sound, p50", median(sealed), "ms"),
    context("join: the same without encryption, p50", median(clear), "ms"),
    atMost("join: what encryption adds, p50", median(sealed) - median(clear), "ms", 150),
    atLeast("join: joins of each kind", sealed.length, "joins", wanted),
  ]
}
