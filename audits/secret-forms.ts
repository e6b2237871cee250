import { createHash } from "node:crypto"
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from "node:zlib"
import { searchable } from "./payload.ts"

/**
 * The shapes in which a secret could be hiding inside other bytes: as it is, in text encodings at every alignment,
 * reversed, and as unsalted hashes.
 * @param secret - At least 8 bytes, so that a chance hit is out of the question.
 */
export function secretForms(secret: Uint8Array): string[] {
  const bytes = Buffer.from(secret)
  const reversed = Buffer.from(secret.toReversed())
  const hashes = ["sha256", "sha1", "md5"].map((name) => createHash(name).update(bytes).digest())
  return [
    ...[bytes, reversed, ...hashes].flatMap(spellings),
    searchable(Buffer.from(bytes.toString("latin1"), "utf16le")),
    escaped(bytes, "%"),
    escaped(bytes, "\\x"),
    escaped(bytes, "\\u00"),
    [...bytes].join(","),
  ]
}

/** A body may be packed: what unpacking yields is searched as well. */
export function unpacked(body: Uint8Array): string[] {
  const ways = [gunzipSync, inflateSync, inflateRawSync, brotliDecompressSync]
  return ways.flatMap((unpack) => {
    try {
      return [searchable(unpack(body))]
    } catch {
      return [] // not packed in this way
    }
  })
}

function spellings(bytes: Buffer): string[] {
  const hex = bytes.toString("hex")
  return [
    bytes.toString("latin1"),
    hex,
    hex.toUpperCase(),
    ...base64Inside(bytes, "base64"),
    ...base64Inside(bytes, "base64url"),
  ]
}

/** Base64 of the bytes at each of three offsets inside a longer text; characters that mix with neighbours are cut. */
function base64Inside(bytes: Buffer, encoding: "base64" | "base64url"): string[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString(encoding)
      .replace(/=+$/, "")
    const start = Math.ceil((offset * 8) / 6)
    const end = Math.floor(((offset + bytes.length) * 8) / 6)
    return text.slice(start, end)
  })
}

function escaped(bytes: Buffer, prefix: string): string {
  return [...bytes].map((byte) => prefix + byte.toString(16).padStart(2, "0")).join("")
}
