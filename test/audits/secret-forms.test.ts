import { createHash, randomBytes } from "node:crypto"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { searchable } from "../../audits/payload.ts"
import { secretForms, unpacked } from "../../audits/secret-forms.ts"

const secret = randomBytes(16)
const spelled = secret.toString("base64url")
const forms = secretForms(secret)
const finds = (text: string) => forms.some((form) => text.toLowerCase().includes(form.toLowerCase()))

describe("the search finds a secret", () => {
  it.each([
    ["as it is", searchable(secret)],
    ["in hex", secret.toString("hex")],
    ["in HEX", secret.toString("hex").toUpperCase()],
    ["in base64", secret.toString("base64")],
    ["in base64url", spelled],
    ["percent-encoded", [...secret].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")],
    ["as a list of numbers", JSON.stringify([...secret])],
    ["reversed", searchable(secret.toReversed())],
    ["in UTF-16", searchable(Buffer.from(searchable(secret), "utf16le"))],
    ["as SHA-256", createHash("sha256").update(secret).digest("hex")],
    ["as SHA-1 in base64", createHash("sha1").update(secret).digest("base64")],
    ["as MD5 bytes", searchable(createHash("md5").update(secret).digest())],
  ])("%s", (_, text) => {
    expect(finds(`before${text}after`)).toBe(true)
  })

  it.each([0, 1, 2, 3, 4])("in base64 behind %d other bytes", (before) => {
    const around = Buffer.concat([randomBytes(before), secret, randomBytes(5)])
    expect(finds(around.toString("base64"))).toBe(true)
    expect(finds(around.toString("base64url"))).toBe(true)
  })

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["raw deflate", deflateRawSync],
    ["brotli", brotliCompressSync],
  ])("inside %s", (_, pack) => {
    const packed = pack(Buffer.from(`{"link":"${spelled}"}`))
    expect(unpacked(new Uint8Array(packed)).some((text) => text.includes(spelled))).toBe(true)
  })
})

describe("the search does not find", () => {
  it("another secret of the same kind, in 300 tries", () => {
    for (let i = 0; i < 300; i++) {
      const other = randomBytes(16)
      expect(finds(`${other.toString("base64url")} ${other.toString("hex")} ${searchable(randomBytes(2000))}`)).toBe(
        false,
      )
    }
  })
})
