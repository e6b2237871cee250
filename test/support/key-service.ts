import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { webPrimitives } from "#crypto/base/web-primitives"
import { systemClock } from "../../server/clock.ts"
import { createLog } from "../../server/log.ts"
import { liveKit } from "../../server/sfu/livekit.ts"
import type { Sfu } from "../../server/sfu/sfu.ts"
import { startServer, type RunningServer } from "../../server/start.ts"

/** A real key service in this process, on a database file of its own. */
export interface TestService {
  readonly url: string
  readonly database: string
  /** Everything it logged. */
  readonly logged: readonly string[]
  /** Stops it and starts it again on the same file and port. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/**
 * @param sfu - the media server it admits to; by default one that is not there: rooms work, nobody is heard.
 */
export async function startKeyService(
  sfu: { readonly url: string; readonly apiKey: string; readonly apiSecret: string } = nobody,
  page = "dist/web",
): Promise<TestService> {
  const folder = await mkdtemp(join(tmpdir(), "sottovoce-service-"))
  const database = join(folder, "space.db")
  const logged: string[] = []
  const start = (port: number): Promise<RunningServer> =>
    startServer(
      { port, host: "127.0.0.1", database, page, sfu, trustedProxies: [] },
      {
        p: webPrimitives,
        clock: systemClock,
        log: createLog({ write: (line: string) => void logged.push(line) }),
        sfu: sfu === nobody ? silentSfu : liveKit(sfu),
      },
    )
  let running = await start(0)
  const { port, url } = running
  return {
    url,
    database,
    logged,
    async restart() {
      await running.stop()
      running = await start(port)
    },
    async stop() {
      await running.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const nobody = { url: "ws://127.0.0.1:9", apiKey: "none", apiSecret: "no-media-server-in-this-test-000" }

/** Stands where a room needs no sound: it carries nothing and refuses nothing. */
const silentSfu: Sfu = {
  openRoom: () => Promise.resolve(),
  closeRoom: () => Promise.resolve(),
  token: () => Promise.resolve("no-sound"),
  read: () => Promise.resolve(undefined),
  setRole: () => Promise.resolve(),
  remove: () => Promise.resolve(),
}
