import { spawn } from "node:child_process"
import { once } from "node:events"
import { createConnection } from "node:net"
import { networkInterfaces } from "node:os"
import { pathToFileURL } from "node:url"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { sfuBinary } from "../../tools/lib/sfu-build.mjs"
import { freshSfuKey, sfuConfig, startSfu } from "../../tools/lib/sfu-run.mjs"
import { root } from "./command.ts"

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: 2000 })
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket
      .once("connect", () => end(true))
      .once("error", () => end(false))
      .once("timeout", () => end(false))
  })
}

describe("the embedded media server", () => {
  it("answers on loopback alone, and no more after its stop", async () => {
    const sfu = await startSfu({ binary: await sfuBinary() })
    expect(await accepts("127.0.0.1", sfu.port)).toBe(true)
    const outward = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4")
    for (const { address } of outward) expect(await accepts(address, sfu.port)).toBe(false)
    await sfu.stop()
    expect(await accepts("127.0.0.1", sfu.port)).toBe(false)
  })

  it("ends when the process that started it is killed", async () => {
    const script = `
      import { startSfu } from ${JSON.stringify(pathToFileURL(join(root, "tools/lib/sfu-run.mjs")).href)}
      const sfu = await startSfu({ binary: process.argv[1] })
      process.stdout.write(String(sfu.port))`
    const argv = ["--input-type=module", "--eval", script, await sfuBinary()]
    const parent = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] })
    const [printed] = (await once(parent.stdout, "data")) as [Buffer]
    const port = Number(printed.toString())
    const life = createConnection({ host: "127.0.0.1", port })
    await once(life, "connect")
    // The server's end of this connection closes when the server ends: nothing has to be waited for by the clock.
    const ended = once(life, "close")
    life.on("error", () => {})
    parent.kill("SIGKILL")
    await ended
    expect(await accepts("127.0.0.1", port)).toBe(false)
  })

  it("that does not come up is named with its last words", async () => {
    await expect(startSfu({ binary: "/nonexistent/livekit-server" })).rejects.toThrow(
      /^The media server ended at once; its last words: .*not found/,
    )
  })

  it("has fresh secrets, hands out no STUN server of others and makes no room by itself", () => {
    const [one, other] = [freshSfuKey(), freshSfuKey()]
    expect(one.apiSecret.length).toBeGreaterThanOrEqual(32)
    expect(one).not.toEqual(other)
    expect(sfuConfig({ ...one, port: 1, udpPort: 2 })).toMatchObject({
      bind_addresses: ["127.0.0.1"],
      rtc: { tcp_port: 0, node_ip: "127.0.0.1", stun_servers: ["127.0.0.1:3478"] },
      room: { auto_create: false, enabled_codecs: [{ mime: "audio/opus" }] },
      audio: { active_red_encoding: false },
      enable_data_tracks: false,
    })
  })
})
