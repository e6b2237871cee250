import { equal, type Bytes } from "#crypto/base/bytes"
import { ProtocolError } from "#crypto/base/errors"
import { Refusal } from "../../server/errors.ts"
import { SdpRefused } from "../../web/rtc/sdp.ts"
import type { Again, Decoder } from "./decoder.ts"

/** What became of one input. */
export interface Outcome {
  /** `value`, `nothing`, or the code it was refused with; for a fault the error's name. */
  readonly gives: string
  /** What should not have happened, in a sentence without a value from the input; undefined if all is well. */
  readonly fault: string | undefined
}

const value: Outcome = { gives: "value", fault: undefined }
const nothing: Outcome = { gives: "nothing", fault: undefined }
const differs: Outcome = { gives: "other-bytes", fault: "What was decoded does not encode to the same bytes." }

/** Decodes one input: a value that encodes to the same bytes and a refusal with a code of ours are all that may come. */
export function judge(decoder: Decoder, input: Bytes): Outcome | Promise<Outcome> {
  try {
    const again = decoder.read(input)
    return again instanceof Promise ? again.then((bytes) => compared(bytes, input), refused) : compared(again, input)
  } catch (error) {
    return refused(error)
  }
}

function compared(again: Again, input: Bytes): Outcome {
  if (again === undefined) return nothing
  return equal(again, input) ? value : differs
}

function refused(error: unknown): Outcome {
  // a caller's fault or our own is not what foreign bytes may be answered with
  if (error instanceof ProtocolError && error.fault !== "us" && error.fault !== "caller")
    return { gives: error.code, fault: undefined }
  if (error instanceof Refusal || error instanceof SdpRefused) return { gives: error.code, fault: undefined }
  if (error instanceof ProtocolError)
    return { gives: error.code, fault: `${error.name} ${error.code}: ${error.message}` }
  if (error instanceof Error) return { gives: error.name, fault: `${error.name}: ${error.message}` }
  return { gives: "no-error", fault: "It threw what is not an Error." }
}
