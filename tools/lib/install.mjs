import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { outputOf, run } from "./processes.mjs"
import { root } from "./root.mjs"
import { Trouble, say } from "./trouble.mjs"

/** The Node that everything of ours runs on: a devDependency, so that the machine's own may be older. */
export const pinnedNode = join(root, "node_modules", ".bin", "node")

/**
 * Installs what package-lock.json lists, unless exactly that is there.
 * @throws {Trouble} when npm fails.
 */
export async function ensureInstalled() {
  if (isInstalled()) return
  say("Installing dependencies (npm ci) ...")
  // No package's install script runs but that of `node`, which links the binary for this platform. better-sqlite3
  // brings its binary along and would otherwise be compiled for whichever Node happens to run npm.
  await npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
  await npm("rebuild", "node", "--ignore-scripts=false", "--loglevel=error")
  if (!hasPinnedNode()) {
    throw new Trouble(
      `npm installed no Node ${wanted().packages["node_modules/node"].version}: run \`npm rebuild node\` and read what it says.`,
    )
  }
}

async function npm(...args) {
  const { status, output } = await run(["npm", ...args], { cwd: root, quiet: true, env: npmEnvironment() })
  if (status === 0) return
  throw new Trouble(
    `\`npm ${args.join(" ")}\` failed: check the network and the registry, then try again. npm says: ${output.trim()}`,
  )
}

/** Without what an outer `npm start` or `npm test -- --flag` sets: its options are not meant for the inner npm. */
function npmEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_(command|lifecycle|package)_/.test(name))
  return Object.fromEntries(kept)
}

function isInstalled() {
  // npm writes this record of what it put there at the very end, so that an interrupted install counts as none.
  const record = join(root, "node_modules", ".package-lock.json")
  if (!existsSync(record) || !hasPinnedNode()) return false
  const present = JSON.parse(readFileSync(record, "utf8")).packages
  return Object.entries(wanted().packages).every(([path, { version, optional }]) => {
    if (path === "") return true
    if (present[path] === undefined) return optional === true
    return present[path].version === version
  })
}

function wanted() {
  return JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"))
}

function hasPinnedNode() {
  return outputOf([pinnedNode, "--version"]) === `v${wanted().packages["node_modules/node"].version}`
}
