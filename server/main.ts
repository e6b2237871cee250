import { webPrimitives } from "#crypto/base/web-primitives"
import { systemClock } from "./clock.ts"
import { readConfig } from "./config.ts"
import { createLog, faultOf } from "./log.ts"
import { liveKit } from "./sfu/livekit.ts"
import { startServer } from "./start.ts"

const log = createLog()

try {
  const config = readConfig()
  const sfu = liveKit(config.sfu)
  const server = await startServer(config, { p: webPrimitives, clock: systemClock, log, sfu })
  const stop = (): void => {
    log.info("stopping")
    server.stop().catch((error: unknown) => {
      log.error("fault", { fault: faultOf(error) })
      process.exitCode = 1
    })
  }
  process.once("SIGTERM", stop)
  process.once("SIGINT", stop)
} catch (error) {
  log.error("fault", { action: "start", fault: faultOf(error), code: startCode(error) })
  process.exitCode = 1
}

/** What may be said of a start that failed: a system error's code (EADDRINUSE), or our own text about the environment. */
function startCode(error: unknown): string {
  if (!(error instanceof Error)) return "unknown"
  if ("code" in error && typeof error.code === "string") return error.code
  return error.message
}
