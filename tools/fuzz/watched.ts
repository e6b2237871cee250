import { availableParallelism } from "node:os"
import { Worker } from "node:worker_threads"
import { toHex } from "#crypto/base/bytes"
import type { Decoder } from "./decoder.ts"
import { inputsOf, type Finding, type Report } from "./fuzz-decoder.ts"

/** What a fuzzing thread is told. */
export interface Task {
  /** A module that exports `makeDecoders`. */
  readonly table: string
  readonly names: readonly string[]
  readonly inputs: number
  readonly seed: string
  /** One number: which input is being tried. */
  readonly progress: Int32Array<SharedArrayBuffer>
}

export type FuzzerToWatch =
  { readonly kind: "started"; readonly decoder: string } | { readonly kind: "report"; readonly report: Report }

export async function loadDecoders(table: string): Promise<readonly Decoder[]> {
  const { makeDecoders } = (await import(table)) as { readonly makeDecoders: () => Promise<readonly Decoder[]> }
  return makeDecoders()
}

/** Inputs of a decoder where one of cost 1 gets `inputs`. */
export const countFor = ({ cost, samples }: Pick<Decoder, "cost" | "samples">, inputs: number): number =>
  Math.max(samples.length, Math.ceil(inputs / cost))

/**
 * Fuzzes all decoders of a table in threads of their own, as many as the machine has cores. One that stands at an input
 * for `stallMs` is ended there, with a finding; the next goes on in a new thread.
 */
export async function fuzzWatched(
  given: Pick<Task, "table" | "inputs" | "seed"> & { readonly decoders: readonly Decoder[]; readonly stallMs: number },
  heard: (report: Report) => void,
): Promise<void> {
  const threads = availableParallelism()
  const share = async (thread: number): Promise<void> => {
    let waiting = given.decoders.filter((_, at) => at % threads === thread)
    while (waiting.length > 0) {
      const done = await runThread({ ...given, decoders: waiting }, heard)
      waiting = waiting.slice(done)
    }
  }
  await Promise.all(Array.from({ length: threads }, (_, thread) => share(thread)))
}

/** @returns how many decoders are done with */
function runThread(
  { table, inputs, seed, decoders, stallMs }: Parameters<typeof fuzzWatched>[0],
  heard: (report: Report) => void,
): Promise<number> {
  const progress = new Int32Array(new SharedArrayBuffer(4))
  const names = decoders.map(({ name }) => name)
  const worker = new Worker(new URL("./fuzz.worker.ts", import.meta.url), {
    workerData: { table, names, inputs, seed, progress } satisfies Task,
  })
  let done = 0
  let running = false
  let last = -1
  const watch = setInterval(() => {
    const number = Atomics.load(progress, 0)
    if (running && number === last) void worker.terminate()
    last = number
  }, stallMs)
  const end = (what: string): void => {
    const decoder = decoders[done]
    if (decoder === undefined) return
    running = false
    heard(endedReport(decoder, seed, Atomics.load(progress, 0), what))
    done++
  }
  return new Promise((resolve, reject) => {
    worker.on("message", (message: FuzzerToWatch) => {
      running = message.kind === "started"
      last = -1
      if (message.kind === "started") return
      heard(message.report)
      done++
    })
    worker.once("error", (error) => {
      // before the first decoder has started nothing can be said about one
      if (running) end(`The thread died: ${error.message}`)
      else reject(error)
    })
    worker.once("exit", (code) => {
      clearInterval(watch)
      if (code !== 0 && running) end(`One input was not done after ${stallMs} ms.`)
      resolve(done)
    })
  })
}

function endedReport(decoder: Decoder, seed: string, number: number, what: string): Report {
  let at = 0
  let input = ""
  for (const bytes of inputsOf(decoder, seed, number + 1)) if (at++ === number) input = toHex(bytes)
  const finding: Finding = { decoder: decoder.name, what, input, count: 1 }
  return { decoder: decoder.name, inputs: number, accepted: 0, seconds: 0, findings: [finding] }
}
