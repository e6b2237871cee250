import { Worker } from "node:worker_threads"
import type { Sound } from "./log-mel.ts"
import type { Recognised, Task } from "./recognition.worker.ts"
import type { Speech } from "./speech.ts"

/**
 * What each audible second of a sound, two of them begun in a second, is most like among some speeches. In a thread of its own: bots and subscribers
 * that stood still meanwhile would be taken for gone.
 */
export function recognise(parts: ReadonlyMap<Speech["name"], Sound>, heard: Sound): Promise<Recognised[]> {
  const worker = new Worker(new URL("./recognition.worker.ts", import.meta.url), {
    workerData: { parts, heard } satisfies Task,
  })
  return new Promise((resolve, reject) => {
    worker.once("message", resolve)
    worker.once("error", reject)
  })
}
