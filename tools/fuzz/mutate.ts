import { concat, fromHex, uint, utf8, type Bytes } from "#crypto/base/bytes"
import type { Random } from "./random.ts"

/** Values at which readers of integers and lengths go wrong. */
const edgeBytes = [0, 1, 2, 0x3f, 0x40, 0x7f, 0x80, 0xfe, 0xff] as const
const edgeWords = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff]
/** Runs of bytes that readers of text go wrong at: a byte order mark, overlong forms, half a pair, beyond Unicode. */
const tokens = [
  ...[
    "efbbbf",
    "feff",
    "c080",
    "e080af",
    "eda080",
    "edb080",
    "f4908080",
    "80",
    "00",
    "0d",
    "0d0a",
    "20",
    "ffffffff",
  ].map(fromHex),
  ...["#", "%", "%00", "+", "=", "&", "..", "/", ":", "-", "_", "\u202e", "é"].map(utf8),
]

/** Changes `bytes`, in place or into new ones; `other` stays as it is. */
type Change = (random: Random, bytes: Bytes, other: Bytes) => Bytes

const flipBit: Change = (random, bytes) => {
  const at = random.below(bytes.length)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
  return bytes
}
const edgeByte: Change = (random, bytes) => {
  bytes[random.below(bytes.length)] = random.pick(edgeBytes)
  return bytes
}
/** An integer at its edge, of one to six bytes, anywhere. */
const edgeInteger: Change = (random, bytes) => {
  const size = random.pick([1, 2, 2, 3, 4, 4, 6])
  if (bytes.length < size) return bytes
  const word = edgeWords[random.below(edgeWords.length)] ?? 0
  bytes.set(uint(word, 6).subarray(6 - size), random.below(bytes.length - size + 1))
  return bytes
}
/** What may be a length or a count, a little off; half the time what follows grows or shrinks with it. */
const lengthField: Change = (random, bytes, other) => {
  const size = random.pick([1, 2, 2, 4])
  if (bytes.length <= size) return bytes
  const at = random.below(bytes.length - size)
  const by = random.pick([-2, -1, 1, 2, 8])
  let value = 0
  for (let i = 0; i < size; i++) value = value * 256 + (bytes[at + i] ?? 0)
  bytes.set(uint(Math.max(0, value + by), 6).subarray(6 - size), at)
  if (random.below(2) === 0) return bytes
  const end = at + size
  if (by < 0) return concat(bytes.subarray(0, end), bytes.subarray(Math.min(bytes.length, end - by)))
  return concat(bytes.subarray(0, end), other.subarray(0, by), bytes.subarray(end))
}
const truncate: Change = (random, bytes) => bytes.slice(0, random.below(bytes.length))
const cutFront: Change = (random, bytes) => bytes.slice(1 + random.below(bytes.length))
const extend: Change = (random, bytes, other) => {
  const more = 1 + random.below(random.pick([2, 16, 300]))
  const tail = random.below(2) === 0 ? new Uint8Array(more).fill(random.pick(edgeBytes)) : other.subarray(0, more)
  return concat(bytes, tail)
}
const splice: Change = (random, bytes, other) =>
  concat(bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1)))
const duplicate: Change = (random, bytes) => {
  const from = random.below(bytes.length)
  const to = from + 1 + random.below(Math.min(160, bytes.length - from))
  return concat(bytes.subarray(0, to), bytes.subarray(from))
}
const remove: Change = (random, bytes) => {
  const from = random.below(bytes.length)
  const length = 1 + random.below(random.pick([1, 4, 64]))
  return concat(bytes.subarray(0, from), bytes.subarray(from + length))
}
const fill: Change = (random, bytes) => {
  const from = random.below(bytes.length)
  return bytes.fill(random.pick(edgeBytes), from, from + 1 + random.below(random.pick([4, 64])))
}
const token: Change = (random, bytes) => {
  const inserted = tokens[random.below(tokens.length)] ?? Uint8Array.of(0)
  const at = random.below(bytes.length + 1)
  const overwritten = random.below(2) === 0 ? inserted.length : 0
  return concat(bytes.subarray(0, at), inserted, bytes.subarray(at + overwritten))
}
const noise: Change = (random, bytes) => {
  const from = random.below(bytes.length)
  const to = Math.min(bytes.length, from + 1 + random.below(16))
  for (let at = from; at < to; at++) bytes[at] = random.below(256)
  return bytes
}

const changes = [
  ...[flipBit, flipBit, edgeByte, edgeByte, edgeInteger, edgeInteger, lengthField, lengthField, truncate, cutFront],
  ...[extend, splice, duplicate, remove, fill, token, token, noise],
] as const
const [first, ...rest] = changes

/** The longest input made: longer ones only show that there is a limit. */
const maxBytes = 8192

/** One input: mostly a sample with one to four changes, now and then bytes of pure chance. */
export function mutate(random: Random, samples: readonly Bytes[]): Bytes {
  // never written to: what changes is a copy
  const any = (): Bytes => samples[random.below(samples.length)] ?? new Uint8Array(0)
  const kind = random.below(32)
  if (kind === 0) return chance(random, random.below(random.pick([4, 40, 400])))
  // the right beginning and the right length, so that it is not refused at the door
  if (kind === 1) return concat(any().subarray(0, 2), chance(random, Math.max(0, any().length - 2)))
  let bytes = any().slice()
  for (let left = random.pick([1, 1, 1, 2, 2, 3, 4]); left > 0; left--)
    bytes = bytes.length === 0 ? extend(random, bytes, any()) : random.pick([first, ...rest])(random, bytes, any())
  return bytes.length > maxBytes ? bytes.slice(0, maxBytes) : bytes
}

function chance(random: Random, length: number): Bytes {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at++) bytes[at] = random.below(256)
  return bytes
}
