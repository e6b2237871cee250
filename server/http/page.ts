import { createHash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { extname, join } from "node:path"

/** One file of the page, in memory. */
export interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>
  readonly type: string
  readonly cache: string
}

/** The built page: its files by path, and one hash over all of them for whoever compares builds. */
export interface Page {
  readonly files: ReadonlyMap<string, PageFile>
  readonly build: string
}

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
}

/** Reads the whole page once: what is served later does not depend on the disk, and no path leads out of the folder. */
export async function readPage(folder: string): Promise<Page> {
  const files = new Map<string, PageFile>()
  const hash = createHash("sha256")
  for (const path of await pathsIn(folder)) {
    const body = Uint8Array.from(await readFile(join(folder, path)))
    const url = `/${path.replaceAll("\\", "/")}`
    hash.update(`${url}\0${createHash("sha256").update(body).digest("hex")}\n`)
    const cache = url.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache"
    files.set(url, { body, type: types[extname(path)] ?? "application/octet-stream", cache })
  }
  return { files, build: hash.digest("hex") }
}

async function pathsIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    return files.map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "/").length)).sort()
  } catch {
    return []
  }
}
