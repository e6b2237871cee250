import { hash } from "node:crypto"
import { readFileSync } from "node:fs"
import { fromHex, type Bytes } from "#crypto/base/bytes"
import type { Primitives } from "#crypto/base/primitives"
import { newKeyBook, symbolicPrimitives } from "../../../test/simulation/symbolic.ts"
import { makeSamples, type Samples } from "../../../test/support/format-samples.ts"
import { RoomKit, seededPrimitives } from "../../../test/support/room-kit.ts"

/** One valid room, the same in every run, and the primitives that read it. */
export interface Fixture {
  readonly p: Primitives
  readonly samples: Samples
  /** Another room, made with the same primitives. */
  readonly other: RoomKit
  /** Hexadecimal of one format's sample as bytes. @throws Error if there is none */
  readonly bytes: (format: string, name: string) => Bytes
  /** Every message of the room socket, and the one that makes a space. */
  readonly wire: {
    readonly client: Readonly<Record<string, string>>
    readonly service: Readonly<Record<string, string>>
    readonly create: string
  }
}

const wireFile = new URL("../../../test/vectors/formats/wire.json", import.meta.url)

/** With the product's primitives. */
export async function makeFixture(): Promise<Fixture> {
  // the same SHA-256 ten times as fast: what is looked for is in the reading, not in the hash
  const fast = (p: Primitives): Primitives => ({
    ...p,
    hash: (data) => Uint8Array.from(hash("sha256", data, "buffer")),
  })
  const samples = await makeSamples()
  return fixtureOf(fast(samples.kit.p), samples, new RoomKit("fuzz"))
}

/** With stand-ins for signatures and the KEM that cost next to nothing, and that pass nothing that was changed either. */
export async function makeSymbolicFixture(): Promise<Fixture> {
  const book = newKeyBook()
  const kit = (seed: string): RoomKit => {
    const { random, seal, open } = seededPrimitives(seed)
    return new RoomKit(seed, { ...symbolicPrimitives(book, random, []), seal, open })
  }
  const samples = await makeSamples(kit("vectors"))
  return fixtureOf(samples.kit.p, samples, kit("fuzz"))
}

function fixtureOf(p: Primitives, samples: Samples, other: RoomKit): Fixture {
  return {
    samples,
    p,
    other,
    bytes(format, name) {
      const hex = samples.formats[format]?.[name]
      if (hex === undefined) throw new Error(`There is no sample ${name} of ${format}.`)
      return fromHex(hex)
    },
    wire: JSON.parse(readFileSync(wireFile, "utf8")) as Fixture["wire"],
  }
}
