import { ed25519 } from "@noble/curves/ed25519.js"

import { fromHex, type Bytes } from "#crypto/base/bytes"

const Point = ed25519.Point

/** A point of order 8, and with its multiples every point of small order. */
const order8 = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")

const bytesOf = (point: { toBytes(): Uint8Array }): Bytes => Uint8Array.from(point.toBytes())

/** 32 bytes of every kind that must never pass for a public key, by name. */
export function weakKeys(sound: Uint8Array): ReadonlyMap<string, Bytes> {
  const keys = new Map<string, Bytes>()
  for (let i = 1; i < 8; i++) keys.set(`small order, ${i} × 8-torsion`, bytesOf(order8.multiplyUnsafe(BigInt(i))))
  keys.set("the neutral element", bytesOf(Point.ZERO))
  keys.set("mixed order", bytesOf(Point.fromBytes(Uint8Array.from(sound)).add(order8)))
  // y = p and y = p + 1: the same points as y = 0 and y = 1, written another way
  keys.set("non-canonical zero", fromHex(`ed${"ff".repeat(30)}7f`))
  keys.set("non-canonical one", fromHex(`ee${"ff".repeat(30)}7f`))
  keys.set("x = 0 with its sign bit set", fromHex(`01${"00".repeat(30)}80`))
  keys.set("no point of the curve", fromHex(`02${"00".repeat(31)}`))
  keys.set("all ones", fromHex("ff".repeat(32)))
  return keys
}
