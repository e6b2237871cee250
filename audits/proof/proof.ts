import { z } from "zod"
import type { Figure } from "../audit.ts"
import { isSignedBy, readHead, readPolicy, sha256, type HeadBytes, type PolicyBytes } from "./signed-bytes.ts"

/** What a file proves, if it does. */
export interface Finding {
  readonly ok: boolean
  /** One sentence. */
  readonly summary: string
  readonly figures: readonly Figure[]
}

const base64url = z
  .string()
  .max(12_000)
  .regex(/^[\w-]*$/)
  .transform((text) => Buffer.from(text, "base64url"))
const schema = z.object({
  format: z.literal("sottovoce-proof-1"),
  kind: z.enum(["fork", "host-key-twice"]),
  space: base64url,
  signer: base64url,
  a: base64url,
  b: base64url,
})
type File = z.infer<typeof schema>

const takeover = 5

/**
 * Judges a file that the page saved beside a warning: whether one key signed two objects that contradict each other.
 * It asks nobody. Whose key it is, it cannot tell: the host's is the last part of every link of the space.
 * @param text - JSON; anything else proves nothing.
 */
export function judgeProof(text: string): Finding {
  let file: File
  let pair: Pair
  try {
    file = schema.parse(JSON.parse(text))
    pair = read(file)
  } catch {
    return found("This is no file that a warning was saved as, or it is damaged.", [])
  }
  const signed = [pair.a, pair.b].filter((one) => isSignedBy(file.signer, pair.kind, one)).length
  const here = [pair.a, pair.b].filter(({ space }) => sha256(space).equals(file.space)).length
  const contradictions = contradict(pair) ? 1 : 0
  const figures = [
    exactly("signatures of the key", signed, 2, "signatures"),
    exactly("objects of the space named", here, 2, "objects"),
    exactly("contradictions", contradictions, 1, "contradictions"),
  ]
  const key = file.signer.toString("base64url")
  return figures.every(({ ok }) => ok)
    ? { ok: true, summary: `This is evidence: the key ${key} signed ${whatOf(pair)}.`, figures }
    : found(`This is no evidence that the key ${key} contradicted itself.`, figures)
}

type Pair =
  | { readonly kind: "head"; readonly a: HeadBytes; readonly b: HeadBytes }
  | { readonly kind: "policy"; readonly a: PolicyBytes; readonly b: PolicyBytes }

function read({ kind, a, b }: File): Pair {
  return kind === "fork"
    ? { kind: "head", a: readHead(a), b: readHead(b) }
    : { kind: "policy", a: readPolicy(a), b: readPolicy(b) }
}

/** Two signatures under the same words contradict nothing. */
function contradict(pair: Pair): boolean {
  if (pair.a.body.equals(pair.b.body)) return false
  if (pair.kind === "policy") return pair.a.serial === pair.b.serial
  const { a, b } = pair
  return a.seq === b.seq || (b.seq === a.seq + 1 && b.reason !== takeover && !b.prev.equals(a.id))
}

function whatOf(pair: Pair): string {
  if (pair.kind === "policy") return `two different policies with the number ${pair.a.serial.toString()}`
  const { a, b } = pair
  return a.seq === b.seq
    ? `two different Heads for place ${a.seq.toString()} of one history`
    : `a Head for place ${a.seq.toString()}, and one for the next place that follows another`
}

const found = (summary: string, figures: readonly Figure[]): Finding => ({ ok: false, summary, figures })

function exactly(name: string, value: number, goal: number, unit: string): Figure {
  return { name, value, unit, goal: goal.toString(), ok: value === goal }
}
