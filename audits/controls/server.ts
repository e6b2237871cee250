import { readFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const files: Readonly<Record<string, { readonly path: URL; readonly type: string }>> = {
  "/": { path: new URL("page/index.html", import.meta.url), type: "text/html" },
  "/page.js": { path: new URL("page/page.js", import.meta.url), type: "text/javascript" },
  "/worker.js": { path: new URL("page/worker.js", import.meta.url), type: "text/javascript" },
  "/livekit.js": {
    path: new URL("livekit-client.umd.js", import.meta.resolve("livekit-client")),
    type: "text/javascript",
  },
}

export interface ControlServer {
  readonly url: string
  readonly close: () => Promise<void>
}

/** Serves the control page on loopback; whatever else is asked for gets an empty answer. */
export async function serveControls(): Promise<ControlServer> {
  const server = createServer((request, response) => {
    const file = files[new URL(request.url ?? "/", "http://localhost").pathname]
    if (file === undefined) {
      response.writeHead(204).end()
      return
    }
    readFile(file.path).then(
      (body) => response.writeHead(200, { "content-type": file.type }).end(body),
      () => response.writeHead(500).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  }
}
