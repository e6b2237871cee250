import type { Bytes } from "../base/bytes.ts"
import { UsageError } from "../base/errors.ts"

/**
 *    15 14 13  11 10            0
 *   +--+--+------+---------------+----------+---------+
 *   |M |L | 0    | packet length | packet   | zeros   |
 *   +--+--+------+---------------+----------+---------+
 *   M: the sender is muted. L: the packet did not fit and is lost (length 0).
 *
 * All cells of a space have one size, so a frame's size says nothing about what was said (RFC 9605 §9.4).
 */
export interface Cell {
  readonly packet: Bytes
  readonly muted: boolean
  readonly lost: boolean
}

const headBytes = 2
const mutedBit = 0x8000
const lostBit = 0x4000
const lengthMask = 0x07ff

/**
 * Puts a packet into a cell of `cellBytes`; one that does not fit is replaced by a lost cell.
 * @param cell - Where it is written, over whatever was there.
 * @throws UsageError `cell`
 */
export function encodeCell(
  packet: Uint8Array,
  cellBytes: number,
  muted: boolean,
  cell: Bytes = new Uint8Array(Math.max(0, cellBytes)),
): { readonly cell: Bytes; readonly lost: boolean } {
  if (!Number.isInteger(cellBytes) || cellBytes < headBytes || cell.length !== cellBytes)
    throw new UsageError("cell", "A cell has two bytes or more.")
  const lost = packet.length > Math.min(cellBytes - headBytes, lengthMask)
  const head = (muted ? mutedBit : 0) | (lost ? lostBit : packet.length)
  cell[0] = head >> 8
  cell[1] = head & 255
  if (!lost) cell.set(packet, headBytes)
  cell.fill(0, lost ? headBytes : headBytes + packet.length)
  return { cell, lost }
}

/** Reads a cell; undefined unless it is exactly what {@link encodeCell} writes: no stray bit, no byte in the padding. */
export function decodeCell(cell: Bytes): Cell | undefined {
  const high = cell[0]
  const low = cell[1]
  if (high === undefined || low === undefined) return undefined
  const head = (high << 8) | low
  const length = head & lengthMask
  const muted = (head & mutedBit) !== 0
  const lost = (head & lostBit) !== 0
  if ((head & ~(mutedBit | lostBit | lengthMask)) !== 0) return undefined
  if (length > cell.length - headBytes || (lost && length > 0)) return undefined
  for (let i = headBytes + length; i < cell.length; i++) if (cell[i] !== 0) return undefined
  // a buffer of its own: it goes to the decoder as it is
  const from = cell.byteOffset + headBytes
  return { packet: new Uint8Array(cell.buffer.slice(from, from + length)), muted, lost }
}
