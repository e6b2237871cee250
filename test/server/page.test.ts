import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startTestService, temporaryFolder, type TestService } from "../support/service.ts"

let service: TestService
let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  folder = await temporaryFolder()
  const page = join(folder.path, "page")
  await mkdir(join(page, "assets"), { recursive: true })
  await writeFile(join(page, "index.html"), "<!doctype html><title>x</title>")
  await writeFile(join(page, "assets", "media.worker-abc123.js"), "export {}")
  await writeFile(join(page, "icon.svg"), "<svg/>")
  await writeFile(join(folder.path, "outside.txt"), "outside")
  service = await startTestService({ page })
})
afterAll(async () => {
  await service.stop()
  await folder.remove()
})

test("every answer carries the page's policies, worker scripts too", async () => {
  for (const path of [
    "/",
    "/s/AAAAAAAAAAAAAAAAAAAAAA",
    "/assets/media.worker-abc123.js",
    "/api/deployment",
    "/nothing",
  ]) {
    const { headers } = await fetch(`${service.url}${path}`)
    const csp = headers.get("content-security-policy") ?? ""
    for (const rule of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"])
      expect(csp.split("; ")).toContain(rule)
    expect(csp).toContain("require-trusted-types-for 'script'")
    expect(csp).not.toMatch(/unsafe|https?:|\*/)
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin")
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin")
    expect(headers.get("referrer-policy")).toBe("no-referrer")
    expect(headers.get("permissions-policy")).toContain("microphone=(self)")
    expect(headers.get("x-content-type-options")).toBe("nosniff")
    expect(headers.get("set-cookie")).toBeNull()
  }
})

test("every space has the same page; files are served with their type, hashed ones for long", async () => {
  const index = await (await fetch(`${service.url}/`)).text()
  const space = await fetch(`${service.url}/s/AAAAAAAAAAAAAAAAAAAAAA`)
  expect(await space.text()).toBe(index)
  expect(space.headers.get("cache-control")).toBe("no-cache")
  const worker = await fetch(`${service.url}/assets/media.worker-abc123.js`)
  expect(worker.headers.get("content-type")).toMatch(/^text\/javascript/)
  expect(worker.headers.get("cache-control")).toContain("immutable")
  expect((await fetch(`${service.url}/icon.svg`)).headers.get("content-type")).toBe("image/svg+xml")
})

test("no path leads out of the page's folder", async () => {
  for (const path of [
    "/../outside.txt",
    "/%2e%2e/outside.txt",
    "/assets/..%2f..%2foutside.txt",
    "//outside.txt",
    "/outside.txt",
  ])
    expect((await fetch(`${service.url}${path}`)).status).toBe(404)
})

test("a deployment says what it runs and how long it keeps what", async () => {
  const told: unknown = await (await fetch(`${service.url}/api/deployment`)).json()
  expect(told).toMatchObject({
    name: "sottovoce",
    protocol: 1,
    suites: ["SFrame AES_128_GCM_SHA256_128"],
    cell: { bytes: 120, ptimeMs: 20 },
    retention: { headsKept: 256, requestMs: 900_000, seatMs: 600_000, identityMs: 660_000 },
  })
  expect(told).toHaveProperty("build", expect.stringMatching(/^[0-9a-f]{64}$/))
})
