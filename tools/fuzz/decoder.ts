import type { Bytes } from "#crypto/base/bytes"

/** Bytes made again from what was decoded, equal to the input; undefined if it was refused without an error. */
export type Again = Uint8Array | undefined

/** Something that reads bytes or text which anybody may have written. */
export interface Decoder {
  readonly name: string
  /** The exports that it drives: a test wants each one that decodes, parses, opens or accepts to be driven. */
  readonly drives: readonly string[]
  /** What it must accept, and what inputs are made of. */
  readonly samples: readonly Bytes[]
  /** How many inputs of another decoder one of this costs: 1, or more where each costs a signature check or a KEM. */
  readonly cost: number
  /** How long one input may take, in ms, where the 5 of all others is what an honest one takes on a busy machine. */
  readonly limitMs?: number
  /**
   * Decodes one input and makes it again.
   * @throws ProtocolError, or the coded refusal of server/ and web/; whatever else it throws is a finding
   */
  read(input: Bytes): Again | Promise<Again>
}
