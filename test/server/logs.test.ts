import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { toBase64Url, toHex, utf8 } from "#crypto/base/bytes"
import { createLog, faultOf } from "../../server/log.ts"
import { garbage } from "../support/garbage.ts"
import { TestHost } from "../support/host.ts"
import { openRoom, seatGuest, startTestService, temporaryFolder } from "../support/service.ts"

/** The forms in which something may hide in a log or a file. */
function forms(needle: Uint8Array): readonly (Buffer | string)[] {
  const bytes = Buffer.from(needle)
  return [bytes, toHex(needle), toBase64Url(needle), bytes.toString("base64"), JSON.stringify([...needle]).slice(1, -1)]
}

test("nothing that names or opens a space, a person or an address meets the log or the files", async () => {
  const folder = await temporaryFolder()
  const service = await startTestService({ database: join(folder.path, "service.db") })
  try {
    const title = "Canary title 5f3a"
    const host = new TestHost(service.clock.now, title)
    const room = await openRoom(service, host)
    const { client, guest } = await seatGuest(service, room)
    const ticket = await client.ask("sfu", {})
    if (ticket.TAG !== "sfu") throw new Error(ticket.TAG)
    const userAgent = "canary-agent-77"
    const token = ticket.data.token
    await fetch(`${service.url}/rtc/validate?access_token=${token}`, { headers: { "user-agent": userAgent } })
    await fetch(`${service.url}/s/${toBase64Url(host.space)}`, { headers: { "user-agent": userAgent } })
    await service.post(garbage(300))
    client.raw(garbage(100))
    await client.answer(0)

    const texts = [title, "Ada of the canaries", userAgent, token, "127.0.0.1"]
    const secrets = [host.hostSeed, host.seatSeed, host.cardKey, room.invite.keySeed, guest.seatSeed, host.secret]
    const everywhere = [...texts.map(utf8), ...secrets]
    const names = await readdir(folder.path)
    const files = Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder.path, name)))))
    const log = Buffer.from(service.logged())
    expect(log.includes("space-created")).toBe(true)
    expect(files.includes(Buffer.from(host.space))).toBe(true)
    for (const needle of everywhere)
      for (const form of forms(needle)) {
        expect(log.includes(form)).toBe(false)
        expect(files.includes(form)).toBe(false)
      }
    const onlyStored = [host.space, host.hostPub, guest.seatPub, room.invite.id, utf8(ticket.data.identity)]
    for (const needle of onlyStored) for (const form of forms(needle)) expect(log.includes(form)).toBe(false)
  } finally {
    await service.stop()
    await folder.remove()
  }
})

test("a field that is not on the list is not written, and an error's text is never", () => {
  const lines: string[] = []
  const log = createLog({ write: (line: string) => void lines.push(line) })
  const fields = { port: 8080, address: "192.0.2.1", token: "secret" }
  log.info("listening", fields)
  log.error("fault", { fault: faultOf(new TypeError("secret at 192.0.2.1")) })
  expect(lines[0]).toContain('"port":8080')
  expect(lines.join("")).not.toMatch(/192\.0\.2\.1|secret/)
  expect(lines[1]).toContain("TypeError")
})
