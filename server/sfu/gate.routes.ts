import { Hono } from "hono"
import { ticketIn, type Gate } from "./gate.ts"

/**
 * `GET /rtc/validate`: asked by the SFU client after a connection that failed, to learn why. The gate answers by itself;
 * a token that may pass gets a 200, every other the same 401.
 */
export function gateRoutes(gate: Gate) {
  return new Hono()
    .get("/validate", async (context) => {
      const may = await gate.mayPass(ticketIn(new URLSearchParams(context.req.query())))
      return context.text(may ? "success" : "", may ? 200 : 401)
    })
    .all("*", (context) => context.text("", 401))
}
