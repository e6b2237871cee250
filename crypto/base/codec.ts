import * as P from "micro-packed"
import type { Bytes } from "./bytes.ts"
import { CodecError } from "./errors.ts"
import type { Epoch, EpochMs, InviteId, ObjectId, SeatSerial, SenderIndex, SpaceId, Step } from "./ids.ts"

/** Reads and writes one binary structure: big-endian, whole or not at all. */
export interface Codec<T> {
  /** @throws CodecError `oversized` or `malformed` (a value out of its range). */
  encode(value: T): Bytes
  /** @throws CodecError `oversized` or `malformed` (truncated, trailing bytes, a value out of its range). */
  decode(bytes: Uint8Array): T
}

/** The coder type of micro-packed, named here so that no other file has to import the library. */
export type Coder<T> = P.CoderType<T>

/** Caps the size of a structure and turns every library error into a {@link CodecError}. */
export function codec<T>(name: string, coder: Coder<T>, maxBytes: number): Codec<T> {
  return {
    encode(value) {
      let bytes: Bytes
      try {
        bytes = coder.encode(value) as Bytes
      } catch {
        throw new CodecError("malformed", `This value is not a ${name}.`)
      }
      if (bytes.length > maxBytes) throw new CodecError("oversized", `${name} is larger than ${maxBytes} bytes.`)
      return bytes
    },
    decode(bytes) {
      if (bytes.length > maxBytes) throw new CodecError("oversized", `${name} is larger than ${maxBytes} bytes.`)
      try {
        // A copy, so that nobody's later write to the buffer changes what was decoded.
        return coder.decode(Uint8Array.from(bytes))
      } catch {
        throw new CodecError("malformed", `These bytes are not a ${name}.`)
      }
    },
  }
}

/** A structure of named fields, in order. */
export const struct = P.struct
export const u8 = P.U8
export const u16 = P.U16BE
export const u32 = P.U32BE
export const u48 = P.int(6)
/** Exactly `length` bytes. */
export const fixed = (length: number): Coder<Bytes> => P.bytes(length) as unknown as Coder<Bytes>
/** All bytes up to the end of the structure, of one of these lengths. */
export const restOf = (lengths: readonly number[]): Coder<Bytes> =>
  P.validate(P.bytes(null) as unknown as Coder<Bytes>, (value) => {
    if (!lengths.includes(value.length)) throw new CodecError("malformed", "no such length")
    return value
  })
// The limits of what follows are in the lengths themselves: what is too long is refused before any of it is read.
/** u16 length, then the bytes, at most `max` of them. */
export const blob = (max: number): Coder<Bytes> => P.bytes(upTo(u16, max)) as unknown as Coder<Bytes>
/** u32 length, then the bytes, at most `max` of them. */
export const longBlob = (max: number): Coder<Bytes> => P.bytes(upTo(u32, max)) as unknown as Coder<Bytes>
/** u16 length, then UTF-8, at most `max` bytes of it. */
export const text = (max: number): Coder<string> => P.string(upTo(u16, max))
/** u16 count, then the items, at most `max` of them. */
export const list = <T>(item: Coder<T>, max: number): Coder<readonly T[]> =>
  P.array(upTo(u16, max), item) as unknown as Coder<readonly T[]>
/** A list of nothing or one. */
export const maybe = <T>(item: Coder<T>): Coder<readonly T[]> =>
  P.array(upTo(u8, 1), item) as unknown as Coder<readonly T[]>
/** u8 that is one of `allowed`. */
export const oneOf = <const V extends number>(allowed: readonly V[]): Coder<V> =>
  P.validate(P.U8, (value) => {
    if (!allowed.includes(value as V)) throw new CodecError("malformed", "value not allowed")
    return value
  }) as unknown as Coder<V>
/** An unsigned integer field that may not exceed `max`. */
export const upTo = (coder: Coder<number>, max: number): Coder<number> =>
  P.validate(coder, (value) => {
    if (value > max) throw new CodecError("malformed", "value too large")
    return value
  })
/** A structure whose values hang together: `check` throws for those that do not. */
export const checked = <T>(coder: Coder<T>, check: (value: T) => void): Coder<T> =>
  P.validate(coder, (value) => {
    check(value)
    return value
  })
/** u8 0 or 1. */
export const flag = P.bool
/** A union: u8 tag, then the structure of that tag. */
export const union = P.mappedTag

export const spaceId = fixed(16) as unknown as Coder<SpaceId>
export const inviteId = fixed(16) as unknown as Coder<InviteId>
export const objectId = fixed(32) as unknown as Coder<ObjectId>
export const serial = u32 as unknown as Coder<SeatSerial>
export const epoch = u32 as unknown as Coder<Epoch>
export const step = upTo(u8, 63) as unknown as Coder<Step>
export const time = u48 as unknown as Coder<EpochMs>
/** 0…63, or 0xff for the audience. */
export const senderIndex = P.validate(P.U8, (value) => {
  if (value > 63 && value !== 0xff) throw new CodecError("malformed", "no such sender index")
  return value
}) as unknown as Coder<SenderIndex>
