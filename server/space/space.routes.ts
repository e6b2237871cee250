import type { HttpBindings } from "@hono/node-server"
import { Hono } from "hono"
import { bodyLimit } from "hono/body-limit"
import { toBase64Url } from "#crypto/base/bytes"
import { codeOf, Refusal } from "../errors.ts"
import { addressOf } from "../http/address.ts"
import { faultOf } from "../log.ts"
import type { Service } from "../service.ts"
import { acceptCreate } from "./space.rules.ts"
import { createSpace } from "./space.store.ts"

/** Bytes of the largest message that makes a space. */
const maxBodyBytes = 65_536
const mediaType = "application/octet-stream"

/** `POST /api/spaces`: a host makes a space. The same message again is answered alike and changes nothing. */
export function spaceRoutes(service: Service, trustedProxies: readonly string[]) {
  const { p, db, clock, limits, log } = service
  return new Hono<{ Bindings: HttpBindings }>().post(
    "/",
    bodyLimit({ maxSize: maxBodyBytes, onError: (context) => context.json({ code: "oversized" }, 413) }),
    async (context) => {
      try {
        if (context.req.header("content-type") !== mediaType) return context.json({ code: "malformed" }, 415)
        if (!limits.spaces.take(addressOf(context.env.incoming, trustedProxies))) throw new Refusal("rate-limited")
        const body = new Uint8Array(await context.req.arrayBuffer())
        const made = await acceptCreate(p, body, clock())
        if (!(await createSpace(db, p, made, toBase64Url(p.random(16))))) throw new Refusal("not-available")
        log.info("space-created")
        return context.json({ created: true }, 201)
      } catch (error) {
        const code = codeOf(error)
        if (code === "internal") log.error("fault", { fault: faultOf(error) })
        return context.json({ code }, statusOf(code))
      }
    },
  )
}

function statusOf(code: string): 400 | 409 | 429 | 500 {
  switch (code) {
    case "not-available":
      return 409
    case "rate-limited":
      return 429
    case "internal":
      return 500
    default:
      return 400
  }
}
