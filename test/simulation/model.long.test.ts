import { describe, expect, it } from "vitest"
import { explore } from "./model/explore.ts"
import { exploreAll } from "./model/model.ts"
import { orderPlant, repeatPlant } from "./model/plants.ts"
import type { Hazards, Scenario } from "./model/scenario.ts"
import { scenarios } from "./model/scenarios.ts"
import { openStage } from "./model/stage.ts"
import { plants, type Plant } from "./plants.ts"

/** What runs before a change is accepted explores all; a plain test what is quickly through of each scenario. */
const whole = process.env["MODEL"] === "all"
const sample = scenarios.map((scenario) => ({ ...scenario, hazards: scenario.hazards.slice(0, 1) }))
const states = 2_000_000

const named = (name: string): Scenario => {
  const scenario = scenarios.find((one) => one.name === name)
  if (scenario === undefined) throw new Error(`There is no scenario "${name}".`)
  return scenario
}
const exploring = async (name: string, hazards: Hazards, everyOrder: boolean) => {
  const stage = await openStage()
  const explored = await explore(stage, named(name), hazards, { states, everyOrder })
  await stage.engine.tree.close()
  expect(explored.complete).toBe(true)
  return explored
}

describe("every order in which a small room can go", { timeout: 900_000 }, () => {
  it("breaks no invariant and always ends of one mind", async () => {
    const explored = await exploreAll(whole ? scenarios : sample, { states })
    expect(explored.flatMap(({ failure }) => failure ?? [])).toEqual([])
    expect(explored.every(({ complete }) => complete)).toBe(true)
    expect(explored.reduce((sum, one) => sum + one.states, 0)).toBeGreaterThanOrEqual(10_000)
  })

  it("is seen whole, though of independent events one order is tried", async () => {
    const few = await exploring("the host promotes the listener", { twice: 1 }, false)
    const all = await exploring("the host promotes the listener", { twice: 1 }, true)
    expect([few.states, few.endings]).toEqual([all.states, all.endings])
    expect(few.transitions).toBeLessThan(all.transitions)
  })

  it("comes to the same ends where one page after the other goes on", async () => {
    const few = await exploring("the host removes the listener", { mute: 1, "crash L": 1 }, false)
    const all = await exploring("the host removes the listener", { mute: 1, "crash L": 1 }, true)
    expect(few.endings).toEqual(all.endings)
    expect(few.states).toBeLessThan(all.states)
  })
})

describe("the model sees itself fail", { timeout: 120_000 }, () => {
  const found = async (plant: Plant | undefined, name: string, hazards: Hazards): Promise<string | undefined> => {
    const [explored] = await exploreAll([{ ...named(name), hazards: [hazards] }], { states }, undefined, plant)
    return explored?.failure?.invariant
  }

  it(orderPlant.name, async () => {
    const invariant = await found(orderPlant, "the host is away, comes back and leads again", { mute: 1 })
    expect(orderPlant.breaks).toContain(invariant)
  })

  it(repeatPlant.name, async () => {
    const name = "the host removes the listener"
    expect(await found(repeatPlant, name, { mute: 1 })).toBeUndefined()
    expect(repeatPlant.breaks).toContain(await found(repeatPlant, name, { mute: 1, "again D": 1 }))
  })

  it("counters start again after a reload, in the same epoch", async () => {
    const plant = plants.find(({ breaks }) => breaks.includes("nonce-reuse"))
    expect(await found(plant, "the host removes the listener", { mute: 1, "crash D": 1 })).toBe("nonce-reuse")
  })
})
