import { hash } from "node:crypto"

const longText = 48

/**
 * A short name of a value whose parts never change: equal for equal values, whatever objects hold them. Keys are taken
 * in the order of the alphabet; maps, sets and arrays in their own, on which what follows may depend.
 */
export const digestOf = (value: unknown): string => nameOf(value, unchanging)

/** The same for a value that changes, and of whose maps and sets the order means nothing. */
export const digestNow = (value: unknown): string => nameOf(value, undefined)

function nameOf(value: unknown, memo: WeakMap<object, string> | undefined): string {
  switch (typeof value) {
    case "string":
      return `"${value.length}:${value}`
    case "number":
      return `#${value}`
    case "boolean":
      return value ? "+" : "-"
    case "undefined":
      return "?"
    case "object":
      return value === null ? "0" : nameOfObject(value, memo)
    default:
      throw new Error(`A ${typeof value} has no digest.`)
  }
}

/** Of values that never change: members' states, messages, records. */
const unchanging = new WeakMap<object, string>()

function nameOfObject(value: object, memo: WeakMap<object, string> | undefined): string {
  const known = memo?.get(value)
  if (known !== undefined) return known
  const text = textOf(value, memo)
  const digest = text.length > longText ? hash("sha1", text, "base64") : text
  memo?.set(value, digest)
  return digest
}

function textOf(value: object, memo: WeakMap<object, string> | undefined): string {
  if (value instanceof Uint8Array)
    return `b${Buffer.from(value.buffer, value.byteOffset, value.length).toString("hex")}`
  const each = (items: Iterable<unknown>): string[] => [...items].map((item) => nameOf(item, memo))
  if (Array.isArray(value)) return `[${each(value).join(",")}]`
  if (value instanceof Set || value instanceof Map) {
    const names = each(value)
    return `${value.constructor.name}(${(memo === undefined ? names.sort() : names).join(",")})`
  }
  const parts = value as Readonly<Record<string, unknown>>
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${key}=${nameOf(parts[key], memo)}`).join(",")}}`
}
