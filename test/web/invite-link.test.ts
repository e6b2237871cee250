import { describe, expect, test } from "vitest"
import { readArrival, spaceOf, spacePath } from "../../web/invite/invite-link.ts"

const space = "AAECAwQFBgcICQoLDA0ODw"
const fragment = "#1.c2VlZA.aG9zdA"

function arrive(pathname: string, hash: string, search = "") {
  const bar: string[] = []
  const place = { origin: "https://example.org", pathname, search, hash }
  const arrival = readArrival(place, {
    replaceState: (_data, _unused, url) => {
      bar.push(url)
    },
  })
  return { arrival, bar }
}

describe("an invite link in the address bar", () => {
  test("leaves the address bar and its history entry at once", () => {
    const { bar } = arrive(spacePath(space), fragment)
    expect(bar).toEqual([`/s/${space}`])
  })

  test("is handed out whole, once, and kept nowhere", () => {
    const { arrival } = arrive(spacePath(space), fragment)
    expect(arrival.space).toBe(space)
    expect(JSON.stringify(arrival)).not.toContain("c2VlZA")
    expect(arrival.hasLink()).toBe(true)
    expect(arrival.takeLink()).toBe(`https://example.org/s/${space}${fragment}`)
    expect(arrival.hasLink()).toBe(false)
    expect(arrival.takeLink()).toBeUndefined()
  })

  test("keeps a harmless query where it was, and out of the link", () => {
    const { arrival, bar } = arrive(spacePath(space), fragment, "?from=mail")
    expect(bar).toEqual([`/s/${space}?from=mail`])
    expect(arrival.takeLink()).not.toContain("mail")
  })

  test("without a fragment is no link: the vault is asked, and the bar stays as it is", () => {
    for (const hash of ["", "#"]) expect(arrive(spacePath(space), hash).arrival.takeLink()).toBeUndefined()
    expect(arrive(spacePath(space), "").bar).toEqual([])
  })

  test("a fragment on any other page is scrubbed, too, and opens nothing", () => {
    const { arrival, bar } = arrive("/", fragment)
    expect(bar).toEqual(["/"])
    expect(arrival.space).toBeUndefined()
    expect(arrival.takeLink()).toBeUndefined()
  })
})

describe("the path of a space", () => {
  test("is /s/ and 22 characters of base64url, and nothing else is", () => {
    expect(spaceOf(spacePath(space))).toBe(space)
    expect(spaceOf(`/s/${space}/`)).toBe(space)
    const wrong = [
      "/",
      "/s/",
      `/s/${space.slice(1)}`,
      `/s/${space}A`,
      `/s/${space.slice(1)}+`,
      `/x/${space}`,
      `/s/${space}/x`,
    ]
    for (const path of wrong) expect(spaceOf(path), path).toBeUndefined()
  })
})
