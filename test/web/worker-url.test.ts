import { expect, test, vi } from "vitest"

vi.stubGlobal("location", new URL("https://example.org/s/x"))
const { sameOrigin } = await import("../../web/room/worker-url.ts")

test("a worker starts from a file of this site", () => {
  expect(sameOrigin("/assets/keys.worker.js", "https://example.org")).toBe("https://example.org/assets/keys.worker.js")
})

test.each([
  "https://evil.example/w.js",
  "//evil.example/w.js",
  "data:text/javascript,1",
  "blob:https://example.org/1",
  "http://example.org/w.js",
])("no worker starts from %s", (url) => {
  expect(() => sameOrigin(url, "https://example.org")).toThrow(TypeError)
})
