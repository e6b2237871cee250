import { Broken } from "../broken.ts"
import { areIndependent, type Choice } from "./choice.ts"
import { choicesOf } from "./choices.ts"
import { enough } from "./enough.ts"
import type { Hazards, Scenario } from "./scenario.ts"
import { settle } from "./settle.ts"
import type { World } from "./world.ts"

/** What came of a scenario. */
export interface Explored {
  readonly scenario: string
  readonly hazards: Hazards
  /** Worlds that differ, and steps from one to another that were taken. */
  readonly states: number
  readonly transitions: number
  /** Worlds in which nothing is left to happen within the bounds. */
  readonly ends: number
  /** What those worlds look like, by digest. */
  readonly endings: ReadonlySet<string>
  /** Longest way, in choices. */
  readonly depth: number
  /** From such an end until all were of one mind, at most, in virtual ms. */
  readonly slowestMs: number
  /** Whether there was nothing left to try. */
  readonly complete: boolean
  readonly failure: Found | undefined
}

export interface Found {
  readonly invariant: string
  readonly text: string
  /** The choices that lead there. */
  readonly way: readonly string[]
}

export interface Bounds {
  /** Stops, incomplete, after so many worlds. */
  readonly states: number
  /** Takes every order of what is independent, too: slower, and the same worlds. */
  readonly everyOrder?: boolean
}

interface Way {
  readonly before: Way | undefined
  readonly name: string
  readonly length: number
}

/** A step to be taken, and the choices after it that other ways have tried already. */
interface Step {
  readonly world: World
  readonly choice: Choice | undefined
  readonly asleep: ReadonlyMap<string, Choice>
  readonly way: Way | undefined
}

/**
 * Every world that a scenario can come to, each looked at once, depth first. Of choices that are independent only one
 * order is taken where the other leads to the same world (Godefroid's sleep sets, kept with each world, so that none is
 * missed); every world is seen all the same, but where {@link enough} says otherwise. Stops at the first that breaks an
 * invariant.
 *
 * Not explored: time that passes while something is under way, machines that sleep, clocks that differ, two tabs, a
 * service that is killed (the simulation by chance has all of these); what a page says before it dies always arrives;
 * time goes on in steps of a page's timer, the same for all; a person whose page died opens it again before the end.
 */
export async function explore(stage: World, scenario: Scenario, hazards: Hazards, bounds: Bounds): Promise<Explored> {
  const search = new Search(scenario, hazards, bounds)
  const world = stage.copy()
  await scenario.begin(world)
  for (const [name, count] of Object.entries(hazards)) world.budget.set(name, count)
  return search.run(world)
}

class Search {
  readonly #scenario: Scenario
  readonly #hazards: Hazards
  readonly #bounds: Bounds
  /** Choices that were not taken where a world was seen, by its digest. */
  readonly #seen = new Map<string, ReadonlySet<string>>()
  readonly #settled = new Set<string>()
  #steps: Step[] = []
  #until = 0
  #transitions = 0
  readonly #ends = new Set<string>()
  #depth = 0
  #slowestMs = 0

  constructor(scenario: Scenario, hazards: Hazards, bounds: Bounds) {
    this.#scenario = scenario
    this.#hazards = hazards
    this.#bounds = bounds
  }

  async run(world: World): Promise<Explored> {
    this.#until = world.clock.now + this.#scenario.lastsMs
    this.#steps = [{ world, choice: undefined, asleep: new Map(), way: undefined }]
    let failure: Found | undefined
    while (failure === undefined && this.#seen.size < this.#bounds.states) {
      const step = this.#steps.pop()
      if (step === undefined) break
      try {
        await this.#take(step)
      } catch (error) {
        if (!(error instanceof Broken)) throw error
        failure = { invariant: error.invariant, text: error.message, way: namesOf(step.way) }
      }
    }
    return {
      scenario: this.#scenario.name,
      hazards: this.#hazards,
      states: this.#seen.size,
      transitions: this.#transitions,
      ends: this.#ends.size,
      endings: this.#ends,
      depth: this.#depth,
      slowestMs: this.#slowestMs,
      complete: failure === undefined && this.#steps.length === 0,
      failure,
    }
  }

  async #take({ world: before, choice, asleep, way }: Step): Promise<void> {
    const world = before.copy()
    if (choice !== undefined) {
      await choice.run(world)
      this.#transitions++
    }
    this.#depth = Math.max(this.#depth, way?.length ?? 0)
    const digest = world.digest
    const left = this.#seen.get(digest)
    const names = new Set(asleep.keys())
    this.#seen.set(digest, left === undefined ? names : new Set([...left].filter((name) => names.has(name))))
    const untried = (name: string): boolean => !names.has(name) && left?.has(name) !== false
    if (left !== undefined && ![...left].some(untried)) return
    const all = await choicesOf(world, this.#scenario.orders, this.#until)
    if (left === undefined && all.every(({ kind }) => kind === "fault")) await this.#end(world, digest)
    const choices = this.#bounds.everyOrder === true ? all : enough(world, all)
    this.#branch(
      world,
      choices.filter(({ name }) => untried(name)),
      asleep,
      way,
    )
  }

  #branch(world: World, choices: readonly Choice[], asleep: ReadonlyMap<string, Choice>, way: Way | undefined): void {
    const done = new Map(asleep)
    const steps: Step[] = []
    for (const choice of choices) {
      const still = [...done].filter(([, other]) => areIndependent(other, choice))
      steps.push({
        world,
        choice,
        asleep: new Map(still),
        way: { before: way, name: choice.name, length: (way?.length ?? 0) + 1 },
      })
      if (this.#bounds.everyOrder !== true) done.set(choice.name, choice)
    }
    // The last one in is tried first.
    this.#steps.push(...steps.reverse())
  }

  async #end(world: World, digest: string): Promise<void> {
    this.#ends.add(digest)
    this.#slowestMs = Math.max(this.#slowestMs, await settle(world.copy(), this.#scenario.orders, this.#settled))
  }
}

function namesOf(way: Way | undefined): readonly string[] {
  const names: string[] = []
  for (let at = way; at !== undefined; at = at.before) names.push(at.name)
  return names.reverse()
}
