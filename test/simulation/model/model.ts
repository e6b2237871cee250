import type { Plant } from "../plants.ts"
import { explore, type Bounds, type Explored } from "./explore.ts"
import type { Scenario } from "./scenario.ts"
import { openStage } from "./stage.ts"

/** A scenario with each set of what may go wrong, one after the other. */
export async function exploreAll(
  scenarios: readonly Scenario[],
  bounds: Bounds,
  done: (explored: Explored) => void = () => undefined,
  plant?: Plant,
): Promise<readonly Explored[]> {
  const all: Explored[] = []
  for (const scenario of scenarios)
    for (const hazards of scenario.hazards) {
      const stage = await openStage(plant)
      const explored = await explore(stage, scenario, hazards, bounds)
      await stage.engine.tree.close()
      all.push(explored)
      done(explored)
      if (explored.failure !== undefined) return all
    }
  return all
}
