import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { getRequestListener } from "@hono/node-server"
import type { Primitives } from "#crypto/base/primitives"
import { createApp } from "./app.ts"
import type { Clock } from "./clock.ts"
import type { Config } from "./config.ts"
import { openStore, type Store } from "./db/open.ts"
import { createLimits } from "./http/limits.ts"
import { readPage } from "./http/page.ts"
import type { Log } from "./log.ts"
import { faultOf } from "./log.ts"
import { Rooms } from "./room/rooms.ts"
import type { Service } from "./service.ts"
import { Gate } from "./sfu/gate.ts"
import { deniedIdentities } from "./sfu/identity.store.ts"
import { OpenRooms } from "./sfu/open-rooms.ts"
import { SfuOrders } from "./sfu/orders.ts"
import type { Sfu } from "./sfu/sfu.ts"
import { sweep } from "./sweeper.ts"
import { acceptUpgrades } from "./upgrades.ts"

/** What the service is given from outside: tests pass their own clock, randomness, log and media server. */
export interface StartParts {
  readonly p: Primitives
  readonly clock: Clock
  readonly log: Log
  readonly sfu: Sfu
  readonly helloTimeoutMs?: number
}

export interface RunningServer {
  /** http://HOST:PORT */
  readonly url: string
  readonly port: number
  readonly service: Service
  /** Runs the sweeper now; otherwise it runs every half minute. */
  sweep(): Promise<void>
  stop(): Promise<void>
}

const sweepEveryMs = 30_000
/** Time for a request's headers: whoever sends them a byte at a time is cut. */
const headersTimeoutMs = 10_000

/** Opens the database, reads the page and listens. @throws Error if the port is taken or the database does not open */
export async function startServer(config: Config, parts: StartParts): Promise<RunningServer> {
  const { clock, log, p, sfu } = parts
  const store = await openStore(config.database)
  const { db } = store
  const sfuOrders = new SfuOrders(sfu, log)
  const rooms = new Rooms(db, p, clock)
  const openRooms = new OpenRooms(sfu, clock)
  const service: Service = { p, clock, log, store, db, rooms, sfu, sfuOrders, openRooms, limits: createLimits(clock) }
  const page = await readPage(config.page)
  const gate = new Gate(service)
  const { trustedProxies } = config
  const app = createApp({ service, gate, page, trustedProxies })
  const answer = getRequestListener(app.fetch)
  const server = createServer(
    { headersTimeout: headersTimeoutMs },
    (request, response) => void answer(request, response),
  )
  const { helloTimeoutMs } = parts
  const closeSockets = acceptUpgrades(server, { service, gate, sfuUrl: config.sfu.url, trustedProxies, helloTimeoutMs })
  await listen(server, config, store)
  for (const { room, identity } of await deniedIdentities(db)) sfuOrders.remove(room, identity)

  const sweeping = setInterval(() => {
    sweep(service).catch((error: unknown) => log.error("fault", { fault: faultOf(error) }))
  }, sweepEveryMs)
  sweeping.unref()
  const { port } = server.address() as AddressInfo
  log.info("listening", { port, build: page.build })
  return {
    url: `http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}`,
    port,
    service,
    sweep: () => sweep(service),
    async stop() {
      clearInterval(sweeping)
      sfuOrders.stop()
      closeSockets()
      await closed(server)
      await rooms.idle()
      await store.close()
      log.info("stopped")
    },
  }
}

async function listen(server: Server, { port, host }: Config, store: Store): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject)
      server.listen(port, host, resolve)
    })
  } catch (error) {
    await store.close()
    throw error
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
