import type { HouseOptions } from "./house.ts"
import { runSeed, type SeedReport } from "./run-seed.ts"

/** After so many steps a space has told what it has to tell: the next seed makes another. */
const stepsPerSeed = 10_000

/** Seed after seed until all `steps` are done or one of them has failed. */
export async function runCampaign(
  steps: number,
  options: HouseOptions,
  done: (report: SeedReport) => void = () => undefined,
): Promise<readonly SeedReport[]> {
  const reports: SeedReport[] = []
  for (let left = steps, at = 0; left > 0; at++) {
    const report = await runSeed({ ...options, seed: `${options.seed}.${at}` }, Math.min(left, stepsPerSeed))
    reports.push(report)
    done(report)
    if (report.failure !== undefined) break
    left -= report.steps
  }
  return reports
}
