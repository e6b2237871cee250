import type { Explored } from "../../test/simulation/model/explore.ts"
import { exploreAll } from "../../test/simulation/model/model.ts"
import { scenarios } from "../../test/simulation/model/scenarios.ts"
import { atLeast, atMost, context, exactly } from "../bench/figure.ts"

/** What a complete exploration must come to. */
const goals = { states: 10_000, seconds: 180 }
/** A scenario larger than this is not bounded well. */
const manyStates = 2_000_000

/** Explores every scenario of the model. @returns the exit status */
export async function checkModel(json: boolean, say: (line: string) => void): Promise<number> {
  const began = performance.now()
  let last = began
  const all = await exploreAll(scenarios, { states: manyStates }, (explored) => {
    const now = performance.now()
    tell(explored, (now - last) / 1000, say)
    last = now
  })
  const seconds = (performance.now() - began) / 1000
  const failures = all.flatMap(({ failure, scenario }) => (failure === undefined ? [] : [{ scenario, ...failure }]))
  const sum = (part: (explored: Explored) => number): number => all.reduce((total, one) => total + part(one), 0)
  const figures = [
    atLeast(
      "model: states",
      sum(({ states }) => states),
      "states",
      goals.states,
    ),
    exactly("model: violations", failures.length, "violations", 0),
    exactly(
      "model: explorations not complete",
      sum(({ complete }) => (complete ? 0 : 1)),
      "explorations",
      0,
    ),
    atMost("model: time", seconds, "s", goals.seconds),
    context(
      "model: transitions",
      sum(({ transitions }) => transitions),
      "transitions",
    ),
    context("model: explorations", all.length, "explorations"),
    context("model: deepest", Math.max(...all.map(({ depth }) => depth)), "choices"),
    context("model: slowest to be of one mind", Math.max(...all.map(({ slowestMs }) => slowestMs)), "virtual ms"),
  ]
  const ok = figures.every((figure) => figure.ok)
  const explorations = all.map(({ endings: _, ...explored }) => explored)
  if (json) process.stdout.write(`${JSON.stringify({ ok, figures, explorations }, null, 2)}\n`)
  else process.stdout.write(ok ? "Nothing was found.\n" : `${failures.length} violations.\n`)
  return ok ? 0 : 1
}

function tell(explored: Explored, seconds: number, say: (line: string) => void): void {
  const { scenario, hazards, states, transitions, depth, ends, slowestMs, complete, failure } = explored
  const wrong = Object.entries(hazards).map(([name, times]) => `${times} ${name}`)
  say(`${scenario}; ${wrong.join(", ") || "nothing goes wrong"}${complete ? "" : " (not complete)"}`)
  say(
    `  ${states} states, ${transitions} transitions, ${depth} choices deep, ${ends} ends, ` +
      `of one mind after ${slowestMs} ms, ${seconds.toFixed(1)} s`,
  )
  if (failure === undefined) return
  say(`  ${failure.text}`)
  for (const choice of failure.way) say(`    ${choice}`)
}
