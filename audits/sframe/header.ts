export interface Header {
  readonly kid: bigint
  readonly counter: bigint
  /** Bytes the header takes, 1…17. */
  readonly bytes: number
}

/**
 * Reads the header of an SFrame ciphertext (RFC 9605 §4.3): one config byte X|K(3)|Y|C(3), then KID and CTR where they
 * do not fit into three bits.
 * @returns undefined if the bytes are too few, or if a value is not encoded in as few bytes as possible.
 */
export function readHeader(frame: Uint8Array): Header | undefined {
  const config = frame[0]
  if (config === undefined) return undefined
  const kid = readField(frame, 1, config >> 4)
  if (kid === undefined) return undefined
  const counter = readField(frame, kid.end, config & 0x0f)
  if (counter === undefined) return undefined
  return { kid: kid.value, counter: counter.value, bytes: counter.end }
}

/** A value below 8 sits in the config byte itself; else its three bits hold the length less one. */
function readField(frame: Uint8Array, start: number, bits: number): { value: bigint; end: number } | undefined {
  if (bits < 8) return { value: BigInt(bits), end: start }
  const end = start + (bits & 7) + 1
  if (end > frame.length) return undefined
  const field = frame.subarray(start, end)
  const minimal = field.length === 1 ? (field[0] ?? 0) >= 8 : (field[0] ?? 0) !== 0
  if (!minimal) return undefined
  return { value: field.reduce((total, byte) => (total << 8n) | BigInt(byte), 0n), end }
}
