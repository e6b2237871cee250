import { join } from "node:path"
import { ensurePage, pageFolder } from "./page-build.mjs"
import { root } from "./root.mjs"
import { startService } from "./service-run.mjs"
import { sfuBinary } from "./sfu-build.mjs"
import { ownSfu } from "./sfu-own.mjs"
import { startSfu } from "./sfu-run.mjs"

/**
 * Builds what is missing, then starts an SFU (unless one of one's own is given) and the key service with the page.
 * Types in deployment.d.mts.
 * @throws {Trouble} when a part is missing or does not come up; what had started is stopped.
 */
export async function startDeployment({ port, database, env, onLine } = {}) {
  const own = ownSfu(process.env)
  const binary = own === undefined ? await sfuBinary() : undefined
  await ensurePage()
  const sfu = own ?? (await startSfu({ binary, onLine }))
  let service
  try {
    const file = database ?? join(root, ".sottovoce", "sottovoce.db")
    service = await startService({ port, database: file, page: pageFolder, sfu, env, onLine })
  } catch (error) {
    await sfu.stop?.()
    throw error
  }
  return {
    url: service.url,
    sfu,
    service,
    stop: async () => {
      await service.stop()
      await sfu.stop?.()
    },
  }
}
