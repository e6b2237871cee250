import { expect, it } from "vitest"
import { webPrimitives } from "#crypto/base/web-primitives"
import { countWork } from "../../tools/fuzz/decoders/work.ts"

it("what a frame makes a receiver do is counted: each AEAD, each Expand, from zero again", async () => {
  const work = countWork(webPrimitives)
  const { subtle } = globalThis.crypto
  const key = await subtle.importKey("raw", new Uint8Array(16), { name: "AES-GCM" }, false, ["decrypt"])
  const open = () => subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, new Uint8Array(16))
  await expect(open()).rejects.toThrow()
  await expect(open()).rejects.toThrow()
  work.p.expand(new Uint8Array(32), new Uint8Array(0), 32)
  expect([work.aeads(), work.expands()]).toEqual([2, 1])
  work.reset()
  expect([work.aeads(), work.expands()]).toEqual([0, 0])
})
