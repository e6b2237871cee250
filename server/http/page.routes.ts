import { Hono } from "hono"
import type { Page, PageFile } from "./page.ts"

/** The page and its files. Every space has the same page: the server learns from a path only which space it is. */
export function pageRoutes({ files }: Page) {
  const index = files.get("/index.html")
  return new Hono()
    .get("/", () => fileResponse(index))
    .get("/s/:space", () => fileResponse(index))
    .get("*", (context) => fileResponse(files.get(context.req.path)))
}

function fileResponse(file: PageFile | undefined): Response {
  if (file === undefined) return new Response("Not found", { status: 404 })
  return new Response(file.body, { headers: { "Content-Type": file.type, "Cache-Control": file.cache } })
}
