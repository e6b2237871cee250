import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { ensurePage, pageFolder } from "../../tools/lib/page-build.mjs"
import { freeTcpPort } from "../../tools/lib/ports.mjs"
import { startTestSfu } from "./sfu.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

/** The whole product on loopback, in processes of its own: media server, and key service with page and database file. */
export interface Product {
  /** "http://localhost:PORT": page, key service and gate. */
  readonly url: string
  /** "ws://127.0.0.1:PORT": the media server itself, behind the gate. */
  readonly sfuUrl: string
  /** Ends the key service without warning: no goodbye, nothing written any more. */
  killService(): Promise<void>
  /** Starts it again on the same file and port; resolves when it answers. */
  startService(): Promise<void>
  stop(): Promise<void>
}

/** @throws Error if a part does not come up */
export async function startProduct(): Promise<Product> {
  await ensurePage()
  const folder = await mkdtemp(join(tmpdir(), "sottovoce-product-"))
  const sfu = await startTestSfu()
  const port = await freeTcpPort()
  const url = `http://localhost:${port.toString()}`
  const environment = {
    ...process.env,
    SOTTOVOCE_PORT: port.toString(),
    SOTTOVOCE_DATABASE: join(folder, "rooms.db"),
    SOTTOVOCE_PAGE: pageFolder,
    LIVEKIT_URL: sfu.url,
    LIVEKIT_API_KEY: sfu.apiKey,
    LIVEKIT_API_SECRET: sfu.apiSecret,
  }
  let service: ChildProcess | undefined
  // a test run that is ended from outside must not leave a service behind
  const abandon = (): void => {
    service?.kill("SIGKILL")
  }
  process.once("exit", abandon)

  async function killService(): Promise<void> {
    const killed = service
    service = undefined
    if (killed?.exitCode !== null) return
    const ended = once(killed, "exit")
    killed.kill("SIGKILL")
    await ended
  }

  async function startService(): Promise<void> {
    const started = spawn(process.execPath, [join("server", "main.ts")], {
      cwd: root,
      env: environment,
      stdio: "ignore",
    })
    service = started
    await answering(`${url}/api/deployment`, () => started.exitCode === null)
  }

  await startService()
  return {
    url,
    sfuUrl: sfu.url,
    killService,
    startService,
    async stop() {
      process.off("exit", abandon)
      await Promise.allSettled([killService(), sfu.stop()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function answering(url: string, lives: () => boolean): Promise<void> {
  const until = Date.now() + 30_000
  for (;;) {
    const answered = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
    if (answered) return
    if (!lives() || Date.now() > until) throw new Error("The key service does not come up.")
    await wait(50)
  }
}
