import { parentPort, workerData } from "node:worker_threads"
import { likeness } from "./hearing.ts"
import { hearingRate, type Sound } from "./log-mel.ts"
import type { Speech } from "./speech.ts"

export interface Task {
  readonly parts: ReadonlyMap<Speech["name"], Sound>
  readonly heard: Sound
}

export interface Recognised {
  readonly name: Speech["name"]
  /** −1…1, see `likeness`. */
  readonly score: number
}

const { parts, heard } = workerData as Task
const hop = hearingRate / 2
const seconds = Array.from({ length: Math.max(0, Math.floor(heard.length / hop) - 1) }, (_, place) =>
  heard.subarray(place * hop, place * hop + hearingRate),
)
const recognised: Recognised[] = seconds.flatMap((second) => {
  const scores = [...parts].map(([name, part]) => ({ name, score: likeness(part, second) }))
  const best = scores.reduce((one, other) => (other.score > one.score ? other : one))
  // 0: nothing audible in it
  return best.score === 0 ? [] : [best]
})
parentPort?.postMessage(recognised)
