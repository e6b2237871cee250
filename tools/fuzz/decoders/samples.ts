import { hash } from "node:crypto"
import { readFileSync } from "node:fs"
import { fromHex, type Bytes } from "#crypto/base/bytes"
import type { Primitives } from "#crypto/base/primitives"
import { makeSamples, type Samples } from "../../../test/support/format-samples.ts"

/** One valid room, the same in every run, and the primitives that read it. */
export interface Fixture {
  readonly p: Primitives
  readonly samples: Samples
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

export async function makeFixture(): Promise<Fixture> {
  const samples = await makeSamples()
  return {
    samples,
    // the same SHA-256 ten times as fast: what is looked for is in the reading, not in the hash
    p: { ...samples.kit.p, hash: (data) => Uint8Array.from(hash("sha256", data, "buffer")) },
    bytes(format, name) {
      const hex = samples.formats[format]?.[name]
      if (hex === undefined) throw new Error(`There is no sample ${name} of ${format}.`)
      return fromHex(hex)
    },
    wire: JSON.parse(readFileSync(wireFile, "utf8")) as Fixture["wire"],
  }
}
