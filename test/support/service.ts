import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Writable } from "node:stream"
import { sql } from "kysely"
import type { EpochMs } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import type { Database } from "../../server/db/schema.ts"
import { createLog } from "../../server/log.ts"
import { liveKit } from "../../server/sfu/livekit.ts"
import type { Sfu } from "../../server/sfu/sfu.ts"
import { startServer, type RunningServer } from "../../server/start.ts"
import { RoomClient } from "./room-client.ts"
import { TestHost, type Guest, type TestInvite } from "./host.ts"

export interface TestService {
  readonly server: RunningServer
  readonly url: string
  /** The service's clock, in ms; tests move it. */
  readonly clock: { now: EpochMs }
  /** Everything it has logged. */
  readonly logged: () => string
  /** What it asked the SFU to do, as "action identity". */
  readonly sfuCalls: string[]
  connect(): Promise<RoomClient>
  post(body: Uint8Array<ArrayBuffer>, type?: string): Promise<Response>
  /** Every row of every table, as text: two are equal when nothing stored has changed. */
  dump(): Promise<string>
  stop(): Promise<void>
}

export interface ServiceOptions {
  /** A file; `:memory:` when absent. */
  readonly database?: string
  readonly now?: EpochMs
  readonly sfuUrl?: string
  readonly page?: string
  readonly helloTimeoutMs?: number
  /** Replaces the recorder of SFU orders. */
  readonly sfu?: Sfu
}

export const testKey = { apiKey: "testkey", apiSecret: "a-secret-of-this-test-and-of-nothing-else" }

/** The real key service on a free port, with a clock of the test's own. Its SFU mints real tokens and records orders. */
export async function startTestService(options: ServiceOptions = {}): Promise<TestService> {
  const clock = { now: options.now ?? (Date.now() as EpochMs) }
  const lines: string[] = []
  const sfuCalls: string[] = []
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString())
      done()
    },
  })
  const sfuConfig = { url: options.sfuUrl ?? "ws://127.0.0.1:9", ...testKey }
  const server = await startServer(
    {
      port: 0,
      host: "127.0.0.1",
      database: options.database ?? ":memory:",
      page: options.page ?? join(tmpdir(), "no-such-page"),
      sfu: sfuConfig,
      trustedProxies: [],
    },
    {
      p,
      clock: () => clock.now,
      log: createLog(destination),
      sfu: options.sfu ?? recordingSfu(liveKit(sfuConfig), sfuCalls),
      ...(options.helloTimeoutMs === undefined ? {} : { helloTimeoutMs: options.helloTimeoutMs }),
    },
  )
  const { url } = server
  return {
    server,
    url,
    clock,
    logged: () => lines.join(""),
    sfuCalls,
    connect: () => RoomClient.open(url),
    post: (body, type = "application/octet-stream") =>
      fetch(`${url}/api/spaces`, { method: "POST", body, headers: { "content-type": type } }),
    dump: () => dumpOf(server.service.db),
    stop: () => server.stop(),
  }
}

function recordingSfu(tokens: Sfu, calls: string[]): Sfu {
  const note = (call: string) => async () => void calls.push(call)
  return {
    token: (room, identity, role) => tokens.token(room, identity, role),
    read: (token) => tokens.read(token),
    openRoom: (room) => note(`open ${room}`)(),
    closeRoom: (room) => note(`close ${room}`)(),
    setRole: (_room, identity, role) => note(`${role} ${identity}`)(),
    remove: (_room, identity) => note(`remove ${identity}`)(),
  }
}

/** Names of all tables that are ours. */
export async function tablesOf(db: Database): Promise<readonly string[]> {
  const tables = await db.introspection.getTables()
  return tables.map((table) => table.name).sort()
}

async function dumpOf(db: Database): Promise<string> {
  const parts: string[] = []
  for (const table of await tablesOf(db)) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(db)
    const texts = rows.map((row) => JSON.stringify(row, (_key, value: unknown) => value))
    parts.push(`${table}: ${texts.sort().join("\n")}`)
  }
  return parts.join("\n")
}

/** A folder that goes away. */
export async function temporaryFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "sottovoce-test-"))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** A space that is open: created, and with its first Head. */
export interface OpenRoom {
  readonly host: TestHost
  readonly leader: RoomClient
  readonly invite: TestInvite
}

export async function openRoom(service: TestService, host = new TestHost(service.clock.now)): Promise<OpenRoom> {
  const invite = await host.makeInvite()
  const created = await service.post(await host.createBody([invite]))
  if (created.status !== 201) throw new Error(`The space was not made: ${await created.text()}`)
  const leader = await lead(service, host)
  const first = await host.makeHead()
  const outcome = await leader.outcome("head", first)
  if (outcome !== "ok") throw new Error(`The first Head was refused: ${outcome}`)
  host.took(first)
  await leader.next("head")
  return { host, leader, invite }
}

/** A socket that leads: it has shown the host key, and the host's seat key where there is one. */
export async function lead(service: TestService, host: TestHost): Promise<RoomClient> {
  const leader = await service.connect()
  await leader.hello("host", host.space, host.hostSeed)
  if (host.head !== undefined) await leader.hello("seat", host.space, host.seatSeed)
  await leader.sync()
  return leader
}

/** Takes a guest all the way to its seat. */
export async function seatGuest(
  service: TestService,
  room: OpenRoom,
  invite = room.invite,
): Promise<{ readonly guest: Guest; readonly client: RoomClient; readonly serial: number }> {
  const { host, leader } = room
  const guest = host.guest(invite)
  const client = await service.connect()
  await client.hello("invite", host.space, invite.keySeed)
  await client.sync()
  const request = await host.makeRequest(guest)
  const asked = await client.outcome("request", { request: request.bytes })
  if (asked !== "ok") throw new Error(`The request was refused: ${asked}`)
  await leader.next("request")
  const batch = await host.makeBatch([request])
  const outcome = await leader.outcome("batch", batch)
  if (outcome !== "ok") throw new Error(`The batch was refused: ${outcome}`)
  host.tookBatch(batch)
  await leader.next("step")
  await client.next("seat")
  await client.next("step")
  await client.hello("seat", host.space, guest.seatSeed)
  return { guest, client, serial: batch.changes.upserted[0]?.serial ?? 0 }
}
