import type { HttpBindings } from "@hono/node-server"
import { Hono } from "hono"
import { deploymentRoutes } from "./deployment/deployment.routes.ts"
import type { Page } from "./http/page.ts"
import { pageRoutes } from "./http/page.routes.ts"
import { setSecurityHeaders } from "./http/security-headers.ts"
import { faultOf } from "./log.ts"
import type { Service } from "./service.ts"
import { gateRoutes } from "./sfu/gate.routes.ts"
import type { Gate } from "./sfu/gate.ts"
import { spaceRoutes } from "./space/space.routes.ts"

export interface AppParts {
  readonly service: Service
  readonly gate: Gate
  readonly page: Page
  readonly trustedProxies: readonly string[]
}

/** Everything over HTTP, in order; the two kinds of WebSocket are in upgrades.ts. */
export function createApp({ service, gate, page, trustedProxies }: AppParts) {
  const app = new Hono<{ Bindings: HttpBindings }>()
    .use(setSecurityHeaders)
    .route("/api/deployment", deploymentRoutes(page.build))
    .route("/api/spaces", spaceRoutes(service, trustedProxies))
    .all("/api/*", (context) => context.json({ code: "not-available" }, 404))
    .route("/rtc", gateRoutes(gate))
    .route("/", pageRoutes(page))
  app.onError((error, context) => {
    service.log.error("fault", { fault: faultOf(error) })
    return context.json({ code: "internal" }, 500)
  })
  return app
}
