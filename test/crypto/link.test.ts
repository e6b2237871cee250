import fc from "fast-check"
import { describe, expect, it } from "vitest"

import { toBase64Url, type Bytes } from "#crypto/base/bytes"
import type { SpaceId } from "#crypto/base/ids"
import { formatFragment, formatLink, parseLink, parseSpace } from "#crypto/link/link"
import { codeOf } from "../support/room-kit.ts"

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array): Bytes => Uint8Array.from(array))

const link = {
  space: new Uint8Array(16).fill(1) as SpaceId,
  seed: new Uint8Array(16).fill(2),
  hostPub: new Uint8Array(32).fill(3),
}
const space = toBase64Url(link.space)
const [seed, host] = [toBase64Url(link.seed), toBase64Url(link.hostPub)]

describe("an invite link", () => {
  it("comes back as it was written", () => {
    fc.assert(
      fc.property(bytes(16), bytes(16), bytes(32), (id, secret, hostPub) => {
        const made = { space: id as SpaceId, seed: secret, hostPub }
        const url = new URL(formatLink("https://example.org", made))
        expect(parseLink(url.pathname.replace("/s/", ""), url.hash)).toEqual(made)
      }),
    )
  })

  it("keeps its secret out of all that a browser sends: origin, path and query name only the space", () => {
    const url = new URL(formatLink("https://example.org", link))
    expect(`${url.origin}${url.pathname}${url.search}`).toBe(`https://example.org/s/${space}`)
    expect(url.hash).toBe(`#1.${seed}.${host}`)
  })

  it("may come with or without its #", () => {
    expect(parseLink(space, `#${formatFragment(link)}`)).toEqual(parseLink(space, formatFragment(link)))
  })

  it.each([
    ["nothing", "", "bad-link"],
    ["a word", "hello", "bad-link"],
    ["another version", `2.${seed}.${host}`, "unknown-version"],
    ["no version", `.${seed}.${host}`, "unknown-version"],
    ["no host key", `1.${seed}`, "bad-link"],
    ["a part too many", `1.${seed}.${host}.x`, "bad-link"],
    ["a short seed", `1.${seed.slice(0, -2)}.${host}`, "bad-link"],
    ["a long seed", `1.${seed.slice(0, -1)}AAAA.${host}`, "base64url"],
    ["a short host key", `1.${seed}.${host.slice(0, -3)}`, "bad-link"],
    ["an empty seed", `1..${host}`, "bad-link"],
    ["padding", `1.${seed}==.${host}`, "base64url"],
    ["the other alphabet", `1.${seed.slice(0, -1)}+.${host}`, "base64url"],
    ["spare bits that are not zero", `1.${seed.slice(0, -1)}h.${host}`, "base64url"],
    ["a space character", `1.${seed} .${host}`, "base64url"],
  ])("is refused with a stable code: %s", async (_what, fragment, code) => {
    expect(await codeOf(() => parseLink(space, fragment))).toBe(code)
  })

  it.each([
    ["nothing", "", "bad-link"],
    ["15 bytes", toBase64Url(new Uint8Array(15)), "bad-link"],
    ["17 bytes", toBase64Url(new Uint8Array(17)), "bad-link"],
    ["a path", `../${space}`, "base64url"],
  ])("is refused where its space is %s", async (_what, id, code) => {
    expect(await codeOf(() => parseSpace(id))).toBe(code)
  })

  it("is refused, or is what it says, whatever stands in the fragment", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `1.${text}`),
        ),
        (text) => {
          let read
          try {
            read = parseLink(space, text)
          } catch (error) {
            expect(["bad-link", "unknown-version", "base64url"]).toContain((error as { code?: string }).code)
            return
          }
          expect(formatFragment(read)).toBe(text.replace(/^#/, ""))
        },
      ),
    )
  })
})
