import { encode } from "uqr"
import { expect, test } from "vitest"
import { qrPath } from "../../web/invite/qr-path.ts"

test("the drawn path covers exactly the dark modules of the code", () => {
  const text = `https://example.org/s/AAECAwQFBgcICQoLDA0ODw#1.${"c".repeat(22)}.${"d".repeat(43)}`
  const { size, path } = qrPath(text)
  const drawn = Array.from({ length: size }, () => Array.from({ length: size }, () => false))
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    for (let at = Number(x); at < Number(x) + Number(width); at++) {
      const row = drawn[Number(y)]
      if (row !== undefined) row[at] = true
    }
  expect(drawn).toEqual(encode(text, { ecc: "M", border: 4 }).data)
})
