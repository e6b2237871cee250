import type { Bytes } from "#crypto/base/bytes"
import { CodecError, InternalError } from "#crypto/base/errors"
import type { Decoder } from "../../tools/fuzz/decoder.ts"

/** u8 length ‖ that many bytes, read rightly; each decoder below differs from it in one mistake. */
function read(input: Bytes, mistake: Mistake): Uint8Array {
  const length = input[0] ?? refuse()
  if (mistake === "never ends" && length === 0xff) for (;;);
  if (mistake === "is slow" && length === 0xfe) for (const end = performance.now() + 8; performance.now() < end;);
  if (mistake === "gives up without a code" && length === 0x80) throw new InternalError("odd", "This cannot be.")
  if (mistake === "fails behind its caller's back" && length === 0x7f) void Promise.reject(new Error("Too late."))
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const out = new Uint8Array(1 + length)
  for (let at = 0; at <= length; at++) {
    if (mistake !== "reads past the end" && at >= input.length) refuse()
    out[at] = view.getUint8(at)
  }
  if (mistake === "accepts trailing bytes") return out
  if (out.length !== input.length) refuse()
  return mistake === "refuses everything" ? refuse() : out
}

function refuse(): never {
  throw new CodecError("malformed", "These bytes are not one.")
}

const mistakes = [
  "none",
  "reads past the end",
  "accepts trailing bytes",
  "gives up without a code",
  "is slow",
  "refuses everything",
  "fails behind its caller's back",
  "never ends",
] as const
export type Mistake = (typeof mistakes)[number]

export async function makeDecoders(): Promise<readonly (Decoder & { readonly name: Mistake })[]> {
  const samples = [Uint8Array.of(3, 1, 2, 3), Uint8Array.of(0)]
  return mistakes.map((name) => ({ name, drives: [], cost: 1, samples, read: (input) => read(input, name) }))
}
