import { mkdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { spawnGuarded } from "./guarded.mjs"
import { pinnedNode } from "./install.mjs"
import { freeTcpPort } from "./ports.mjs"
import { untilReady } from "./readiness.mjs"
import { root } from "./root.mjs"

/**
 * Starts the key service (which also serves the page) and waits until it answers; it ends with this process.
 * Types in service-run.d.mts.
 * @throws {Trouble} when it does not come up.
 */
export async function startService({ port, database, page, sfu, env = {}, onLine }) {
  const chosen = port ?? (await freeTcpPort())
  mkdirSync(dirname(database), { recursive: true })
  const program = spawnGuarded([pinnedNode, join("server", "main.ts")], {
    cwd: root,
    onLine,
    env: {
      ...process.env,
      ...env,
      SOTTOVOCE_PORT: String(chosen),
      SOTTOVOCE_DATABASE: database,
      SOTTOVOCE_PAGE: page,
      LIVEKIT_URL: sfu.url,
      LIVEKIT_API_KEY: sfu.apiKey,
      LIVEKIT_API_SECRET: sfu.apiSecret,
    },
  })
  const url = `http://localhost:${chosen}`
  try {
    await untilReady({ name: "The key service", url: `${url}/api/deployment`, withinMs: 30_000, program })
  } catch (error) {
    await program.stop()
    throw error
  }
  return { url, port: chosen, exited: program.exited, stop: program.stop }
}
