import { createHash } from "node:crypto"
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pinnedNode } from "./install.mjs"
import { run } from "./processes.mjs"
import { root } from "./root.mjs"
import { Trouble, say } from "./trouble.mjs"

const sources = ["crypto", "web", "package.json", "package-lock.json"]
const stamp = join(root, "dist", "web.sha256")

/** The built page, the value of SOTTOVOCE_PAGE. */
export const pageFolder = join(root, "dist", "web")

/**
 * Builds web/ into dist/web, unless its sources are the ones of the last build.
 * @throws {Trouble} when the build fails.
 */
export async function ensurePage() {
  const hash = fingerprint(sources)
  if (existsSync(join(pageFolder, "index.html")) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return
  say("Building the page ...")
  const vite = join(root, "node_modules", "vite", "bin", "vite.js")
  // Beside its place, then moved there: a service that runs meanwhile never serves half a page.
  const fresh = join(root, "dist", `web.${process.pid}`)
  const options = ["--config", join("web", "vite.config.ts"), "--outDir", fresh, "--emptyOutDir", "--logLevel", "warn"]
  const { status, output } = await run([pinnedNode, vite, "build", ...options], { cwd: root, quiet: true })
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true })
    throw new Trouble(`The page could not be built; vite says: ${output.trim()}`)
  }
  rmSync(pageFolder, { recursive: true, force: true })
  renameSync(fresh, pageFolder)
  writeFileSync(stamp, hash)
}

/** SHA-256 over names and contents of files and of folders with all that is in them; paths start at the root. */
function fingerprint(paths) {
  const hash = createHash("sha256")
  const add = (path) => {
    const bytes = readFileSync(join(root, path))
    hash.update(`${path}\n${bytes.length}\n`).update(bytes)
  }
  const walk = (path) => {
    for (const entry of readdirSync(join(root, path), { withFileTypes: true }).sort(byName)) {
      const inside = `${path}/${entry.name}`
      if (entry.isDirectory()) walk(inside)
      else add(inside)
    }
  }
  for (const path of paths) {
    if (/\.json$/.test(path)) add(path)
    else walk(path)
  }
  return hash.digest("hex")
}

function byName(a, b) {
  return a.name < b.name ? -1 : 1
}
