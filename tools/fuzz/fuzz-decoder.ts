import { toHex, type Bytes } from "#crypto/base/bytes"
import type { Decoder } from "./decoder.ts"
import { judge } from "./judge.ts"
import { mutate } from "./mutate.ts"
import { createRandom } from "./random.ts"

/** How long one input may keep a decoder, in ms, unless it says otherwise. */
const usualLimitMs = 5
/** A machine that does something else in between is not the decoder's fault: the fastest of so many tries counts. */
const tries = 20

/** One way of failing, with the shortest input that showed it. */
export interface Finding {
  readonly decoder: string
  readonly what: string
  /** Hexadecimal. */
  readonly input: string
  readonly count: number
}

/** What a decoder made of its inputs. */
export interface Report {
  readonly decoder: string
  readonly inputs: number
  /** Inputs that decoded: without any, nothing behind the front door was tried. */
  readonly accepted: number
  readonly seconds: number
  readonly findings: readonly Finding[]
}

/** The inputs of one decoder and one seed, always the same: its samples as they are, then what is made of them. */
export function* inputsOf(decoder: Decoder, seed: string, count: number): Generator<Bytes, void> {
  yield* decoder.samples.map((sample) => sample.slice()).slice(0, count)
  const random = createRandom(`${seed} ${decoder.name}`)
  for (let made = decoder.samples.length; made < count; made++) yield mutate(random, decoder.samples)
}

/**
 * Gives a decoder `count` inputs.
 * @param now - Milliseconds of a monotonic clock.
 * @param starting - Hears the number of each input before it is tried.
 */
export async function fuzzDecoder(
  decoder: Decoder,
  options: { readonly seed: string; readonly count: number },
  now: () => number,
  starting: (number: number) => void = () => undefined,
): Promise<Report> {
  const { limitMs = usualLimitMs } = decoder
  const tooSlow = `One input took more than ${limitMs} ms.`
  const findings = new Map<string, Finding>()
  const found = (what: string, input: Bytes): void => {
    const before = findings.get(what)
    const hex = toHex(input)
    const shortest = before !== undefined && before.input.length <= hex.length ? before.input : hex
    findings.set(what, { decoder: decoder.name, what, input: shortest, count: (before?.count ?? 0) + 1 })
  }
  const timed = async (input: Bytes) => {
    const since = now()
    const judged = judge(decoder, input)
    const outcome = judged instanceof Promise ? await judged : judged
    return { outcome, ms: now() - since }
  }
  let number = 0
  let accepted = 0
  const start = now()
  for (const input of inputsOf(decoder, options.seed, options.count)) {
    starting(number)
    const before = input.slice()
    const { outcome, ms } = await timed(input)
    if (outcome.gives === "value") accepted++
    else if (number < decoder.samples.length) found(`Its own sample is refused (${outcome.gives}).`, input)
    if (outcome.fault !== undefined) found(outcome.fault, before)
    if (ms > limitMs) {
      let fastest = ms
      // once is enough to know that it happens
      for (let left = findings.has(tooSlow) ? 0 : tries; left > 0 && fastest > limitMs; left--)
        fastest = Math.min(fastest, (await timed(before.slice())).ms)
      if (fastest > limitMs) found(tooSlow, before)
    }
    number++
  }
  const seconds = (now() - start) / 1000
  return { decoder: decoder.name, inputs: number, accepted, seconds, findings: [...findings.values()] }
}
