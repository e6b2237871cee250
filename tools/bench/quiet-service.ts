import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startService } from "../lib/service-run.mjs"
import { freshSfuKey } from "../lib/sfu-run.mjs"
import type { Parts } from "./parts.ts"

/**
 * A key service of its own for rooms in which no sound flows: nobody asks for the media server, there is no page.
 * @returns its address; by number, because bots give addresses of 127.0.0.0/8 as their own.
 */
export async function startQuietService(parts: Parts): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sottovoce-bench-"))
  parts.end(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, "index.html"), "<!doctype html>")
  const sfu = { ...freshSfuKey(), url: "ws://127.0.0.1:9" }
  const service = await startService({ database: join(folder, "bench.db"), page: folder, sfu })
  parts.end(service.stop)
  return service.url.replace("localhost", "127.0.0.1")
}
