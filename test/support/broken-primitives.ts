import { equal, type Bytes } from "#crypto/base/bytes"
import { info, type Label } from "#crypto/base/labels"
import type { Primitives } from "#crypto/base/primitives"
import { webPrimitives } from "#crypto/base/web-primitives"

/** Whether an HKDF context belongs to a label. */
const isFor = (context: Uint8Array, label: Label): boolean => {
  const start = info(label)
  return equal(context.subarray(0, start.length), start)
}

/** Primitives under which the derivation with one label does nothing: the key that goes in comes out. */
export function withoutDerivation(label: Label): Primitives {
  return {
    ...webPrimitives,
    expand: (secret, context, length) =>
      isFor(context, label)
        ? Uint8Array.from(secret.subarray(0, length))
        : webPrimitives.expand(secret, context, length),
  }
}

/** Primitives whose user never draws a new secret for a room: every epoch has the first one. */
export function withOneSecretForAll(): Primitives {
  let first: Bytes | undefined
  return {
    ...webPrimitives,
    extract(salt, input) {
      // 16-byte inputs are the seeds of links
      if (input.length !== 32) return webPrimitives.extract(salt, input)
      first ??= webPrimitives.extract(salt, input)
      return first.slice()
    },
  }
}
