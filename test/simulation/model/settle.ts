import { Broken } from "../broken.ts"
import { mayLead, ofOneMind, standing } from "../standing.ts"
import { choicesOf } from "./choices.ts"
import type { Scenario } from "./scenario.ts"
import type { World } from "./world.ts"

/** All must be of one mind this long after the last fault, in virtual ms: dialling, noticing that nobody leads, taking over. */
const patienceMs = 90_000
/** Nobody has so much to say at one moment. */
const manySteps = 20_000

/**
 * Nothing goes wrong any more, and everything happens in one order until nothing is under way and all are of one mind.
 * @param known - worlds from which it is known to come to that; those on the way are added
 * @returns how long it took, in virtual ms
 * @throws Broken `liveness`
 */
export async function settle(world: World, orders: Scenario["orders"] = [], known?: Set<string>): Promise<number> {
  const began = world.clock.now
  const way: string[] = []
  world.budget.clear()
  for (let step = 0; step < manySteps; step++) {
    const choices = await choicesOf(world, orders, Infinity)
    const next = choices.find(({ kind }) => kind === "flow") ?? choices.find(({ kind }) => kind === "will")
    if (next !== undefined) {
      await next.run(world)
      continue
    }
    const digest = known === undefined ? "" : world.digest
    const done = ofOneMind(world) || known?.has(digest) === true
    way.push(digest)
    if (done) {
      for (const name of way) known?.add(name)
      return world.clock.now - began
    }
    if (!world.devices.some(mayLead) && reopenHost(world)) continue
    if (world.clock.now - began > patienceMs) break
    await choices[0]?.run(world)
  }
  throw new Broken("liveness", world.devices.map((page) => standing(world, page)).join("; "))
}

/** Somebody must be able to lead. */
function reopenHost(world: World): boolean {
  const host = world.pageOf("H")
  if (host === undefined || host.lives) return false
  world.open(host, host.id + 10)
  return true
}
