import { setImmediate } from "node:timers/promises"
import { parentPort, workerData } from "node:worker_threads"
import { fuzzDecoder } from "./fuzz-decoder.ts"
import type { FuzzerToWatch, Task } from "./watched.ts"
import { countFor, loadDecoders } from "./watched.ts"

// Where the decoders run: a thread of its own, so that one that never ends can be ended.
const { table, names, inputs, seed, progress } = workerData as Task
// a refusal is an error thrown, and its stack is most of its cost; findings are looked into one at a time
Error.stackTraceLimit = 0

const decoders = await loadDecoders(table)
const say = (message: FuzzerToWatch): void => parentPort?.postMessage(message)
for (const name of names) {
  const decoder = decoders.find((candidate) => candidate.name === name)
  if (decoder === undefined) continue
  say({ kind: "started", decoder: name })
  const options = { seed, count: countFor(decoder, inputs) }
  const report = await fuzzDecoder(
    decoder,
    options,
    () => performance.now(),
    (number) => Atomics.store(progress, 0, number),
  )
  // a promise that nobody waits for and that was rejected ends the thread here, while this decoder is the one that runs
  await setImmediate()
  say({ kind: "report", report })
}
