import { describe, expect, it } from "vitest"
import { breach, secretsInReach } from "./architecture/directions.ts"
import { importsOf, sourceFiles, sourceText } from "./architecture/imports.ts"

const folders = ["audits", "crypto", "server", "test", "tools", "web"]
const files = folders.flatMap(sourceFiles)
const imports = files.flatMap((file) => importsOf(file, sourceText(file)))

describe("imports", () => {
  it("go in the allowed directions alone", () => {
    expect(imports.map(breach).filter((sentence) => sentence !== undefined)).toEqual([])
  })

  it("lead the key service to no module that holds, makes or uses a secret of a space", () => {
    expect(secretsInReach(imports)).toEqual([])
  })

  it("were read from every folder", () => {
    for (const folder of folders) expect(imports.some(({ from }) => from.startsWith(`${folder}/`))).toBe(true)
  })
})

describe("the environment", () => {
  it("is read by the key service in server/config.ts alone", () => {
    const readers = files.filter((file) => file.startsWith("server/") && readsEnvironment(sourceText(file)))
    expect(readers).toEqual(readers.filter((file) => file === "server/config.ts"))
  })

  it.each(["process.env.X", "process?.env['X']", 'import { env } from "node:process"'])("is seen in %s", (text) => {
    expect(readsEnvironment(text)).toBe(true)
  })
})

describe("the rule goes red", () => {
  it.each([
    ["crypto imports the server", "crypto/room/head.ts", 'import { app } from "../../server/app.ts"'],
    ["the server imports a secret-side module", "server/app.ts", 'import { open } from "#crypto/seat/seat"'],
    ["the server imports what nobody listed", "server/app.ts", 'import { x } from "#crypto/base/new-thing"'],
    ["the server re-exports it", "server/app.ts", 'export * from "../crypto/media/sframe.ts"'],
    ["the server imports it late", "server/a/b.ts", 'const x = await import("../../crypto/media/sframe.ts")'],
    ["the server imports a type of it", "server/app.ts", 'import type { Keyring } from "#crypto/media/keyring"'],
    ["an audit shares code with crypto", "audits/run.ts", 'import { open } from "#crypto/media/sframe"'],
    ["web runs code of the server", "web/api/client.ts", 'import { app } from "../../server/app.ts"'],
    ["web loads a module of the server for a type", "web/a.ts", 'import { type AppType } from "../server/app.ts"'],
    ["a product file imports a test", "web/main.ts", 'import { fake } from "../test/support/fake.ts"'],
    ["a worker is a file of the tests", "web/main.ts", 'new Worker(new URL("../test/w.ts", import.meta.url))'],
    ["a second file knows LiveKit's client", "web/room/session.ts", 'import { Room } from "livekit-client"'],
    ["a second file knows LiveKit's server", "server/app.ts", 'import { AccessToken } from "livekit-server-sdk"'],
  ])("when %s", (_, file, text) => {
    expect(importsOf(file, text).map(breach).filter(Boolean)).toHaveLength(1)
  })

  it("when the server reaches a secret-side module through an allowed one", () => {
    const chain = [
      ...importsOf("server/app.ts", 'import { accept } from "#crypto/room/head"'),
      ...importsOf("crypto/room/head.ts", 'import { open } from "../media/sframe.ts"'),
    ]
    expect(chain.map(breach).filter(Boolean)).toEqual([])
    expect(secretsInReach(chain)).toEqual(["server/app.ts → crypto/room/head.ts → crypto/media/sframe.ts"])
  })
})

describe("the rule stays green", () => {
  it.each([
    ["crypto/room/head.ts", 'import { concat } from "../base/bytes.ts"'],
    ["server/space/space.rules.ts", 'import { accept } from "#crypto/room/head"'],
    ["server/sfu/livekit.ts", 'import { AccessToken } from "livekit-server-sdk"'],
    ["web/api/client.ts", 'import type { AppType } from "../../server/app.ts"'],
    ["web/rtc/livekit.ts", 'import { Room } from "livekit-client"'],
    ["test/web/a.test.ts", 'import { seal } from "#crypto/media/sframe"'],
  ])("for %s: %s", (file, text) => {
    expect(importsOf(file, text)).toHaveLength(1)
    expect(importsOf(file, text).map(breach).filter(Boolean)).toEqual([])
  })
})

function readsEnvironment(text: string): boolean {
  return /process\??\.env\b|["'](node:)?process["']/.test(text)
}
