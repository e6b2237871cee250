import { once } from "node:events"
import { createServer, type AddressInfo } from "node:net"
import { describe, expect, it } from "vitest"
import { node } from "./command.ts"

const start = (env: Record<string, string>) => node(["tools/start.mjs"], { SOTTOVOCE_PORT: "8080", ...env })

describe("npm start", () => {
  it("says in one sentence that a port is taken and how to choose another", async () => {
    const holder = createServer().listen(0)
    await once(holder, "listening")
    const { port } = holder.address() as AddressInfo
    const { status, stdout, stderr } = await start({ SOTTOVOCE_PORT: String(port) })
    holder.close()
    expect(stderr).toBe(
      `Port ${port} is taken or not allowed: choose another, e.g. SOTTOVOCE_PORT=${port + 1} npm start.\n`,
    )
    expect([status, stdout]).toEqual([1, ""])
  })

  it.each(["", "http", "0", "70000", "80 80", "-1"])("refuses the port %j in one sentence", async (port) => {
    const { status, stderr } = await start({ SOTTOVOCE_PORT: port })
    expect(stderr).toBe("SOTTOVOCE_PORT must be a port between 1 and 65535, such as 8080.\n")
    expect(status).toBe(1)
  })
})

describe("a LiveKit of one's own", () => {
  const port = { SOTTOVOCE_PORT: "18099" }

  it.each([
    [{ LIVEKIT_URL: "wss://sfu.example" }, "LIVEKIT_API_KEY and LIVEKIT_API_SECRET are missing"],
    [{ LIVEKIT_URL: "wss://sfu.example", LIVEKIT_API_KEY: "k" }, "LIVEKIT_API_SECRET is missing"],
    [{ LIVEKIT_API_KEY: "k", LIVEKIT_API_SECRET: "hush-hush" }, "LIVEKIT_URL is missing"],
  ])("is named whole or not at all: %j", async (env, missing) => {
    const { status, stderr } = await start({ ...port, ...env })
    expect(stderr).toContain(
      `To use a LiveKit of your own set LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET: ${missing}`,
    )
    expect(stderr.trim().split("\n")).toHaveLength(1)
    expect(stderr).not.toContain("hush-hush")
    expect(status).toBe(1)
  })

  it.each(["sfu.example", "https://sfu.example", "wss://user:pass@sfu.example", "wss://sfu.example/path?x=1"])(
    "has no URL like %s",
    async (url) => {
      const env = { LIVEKIT_URL: url, LIVEKIT_API_KEY: "k", LIVEKIT_API_SECRET: "hush-hush" }
      const { status, stderr } = await start({ ...port, ...env })
      expect(stderr).toBe("LIVEKIT_URL must look like wss://livekit.example.org or ws://127.0.0.1:7880.\n")
      expect(status).toBe(1)
    },
  )
})
