import { readFile } from "node:fs/promises"
import type { BrowserContext, Page, Route } from "playwright-core"
import { z } from "zod"
import type { Description, EpochSecret, Outgoing } from "../evidence.ts"
import type { AuditBrowser } from "./browser.ts"

const bytes = z.object({ base64: z.string() }).transform(({ base64 }) => new Uint8Array(Buffer.from(base64, "base64")))
const entry = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("frame"), data: bytes }),
  z.object({
    kind: z.literal("secret"),
    at: z.number(),
    epoch: z.number(),
    step: z.number(),
    view: bytes,
    secret: bytes,
  }),
  z.object({ kind: z.literal("description"), side: z.enum(["local", "remote"]), sdp: z.string() }),
  z.object({ kind: z.literal("socket"), url: z.string(), data: z.union([z.string(), bytes]) }),
])

/** A page in a browser profile of its own, and what the auditor's taps have seen of it so far. */
export interface TappedPage {
  readonly page: Page
  readonly context: BrowserContext
  /** Frames its transforms were given, before the page's own code touched them. */
  readonly frames: readonly Uint8Array[]
  readonly secrets: readonly EpochSecret[]
  readonly descriptions: readonly Description[]
  /** Everything it sent over HTTP and WebSockets, from the first request on. */
  readonly sent: readonly Outgoing[]
}

/** Opens an empty page; its taps run before anything is loaded. */
export async function openTapped({ browser }: AuditBrowser): Promise<TappedPage> {
  const context = await browser.newContext({ locale: "en-US", permissions: ["microphone"], serviceWorkers: "block" })
  const frames: Uint8Array[] = []
  const secrets: EpochSecret[] = []
  const descriptions: Description[] = []
  const sent: Outgoing[] = []
  await context.exposeBinding("auditorReport", (_source, entries: unknown) => {
    for (const seen of z.array(entry).parse(entries)) {
      if (seen.kind === "frame") frames.push(seen.data)
      else if (seen.kind === "secret") secrets.push(seen)
      else if (seen.kind === "description") descriptions.push(seen)
      else sent.push(socketMessage(seen.url, seen.data))
    }
  })
  await context.addInitScript({ path: pageSide("page.js") })
  const prelude = await readFile(pageSide("worker.js"), "utf8")
  await context.route(/\.m?[jt]s(\?|$)/, (route) => withPrelude(route, prelude))
  const page = await context.newPage()
  // A raw session beside the context's events: it also reports the headers that the browser itself adds.
  context.on("request", (request) => {
    const body = new Uint8Array(request.postDataBuffer() ?? [])
    const place = sent.push({ kind: "request", method: request.method(), url: request.url(), headers: "", body }) - 1
    void request.allHeaders().then(
      (headers) => {
        const known = sent[place]
        if (known !== undefined) sent[place] = { ...known, headers: JSON.stringify(headers) }
      },
      () => undefined, // the page went away: what was seen first stays
    )
  })
  page.on("websocket", (socket) => {
    sent.push({ kind: "socket", method: "CONNECT", url: socket.url(), headers: "", body: new Uint8Array(0) })
    socket.on("framesent", ({ payload }) => {
      sent.push(socketMessage(socket.url(), typeof payload === "string" ? payload : new Uint8Array(payload)))
    })
  })
  return { page, context, frames, secrets, descriptions, sent }
}

function socketMessage(url: string, data: string | Uint8Array): Outgoing {
  const body = typeof data === "string" ? new Uint8Array(Buffer.from(data)) : data
  return { kind: "socket", method: "SEND", url, headers: "", body }
}

async function withPrelude(route: Route, prelude: string): Promise<void> {
  try {
    const response = await route.fetch()
    await route.fulfill({ response, body: `${prelude}\n${await response.text()}` })
  } catch {
    await route.abort().catch(() => undefined) // the page or the server went away
  }
}

function pageSide(name: string): string {
  return new URL(`page/${name}`, import.meta.url).pathname
}
