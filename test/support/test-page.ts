import { createReadStream, existsSync, statSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { extname, join, normalize } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "vite"

export interface ServedPage {
  /** http://localhost:PORT/ (a secure context) */
  readonly url: string
  stop(): Promise<void>
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
}

/** Builds test/page/NAME with the product's own files into a temporary folder and serves it. */
export async function serveTestPage(name: string): Promise<ServedPage> {
  const root = fileURLToPath(new URL(`../page/${name}/`, import.meta.url))
  const folder = await mkdtemp(join(tmpdir(), "sottovoce-page-"))
  await build({
    root,
    base: "/",
    configFile: false,
    logLevel: "error",
    build: { outDir: folder, emptyOutDir: true, target: "es2023", minify: false, reportCompressedSize: false },
    worker: { format: "es" },
  })
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost")
    const file = join(folder, normalize(pathname === "/" ? "/index.html" : pathname))
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" })
    createReadStream(file).pipe(response)
  })
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port.toString()}/`,
    async stop() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
