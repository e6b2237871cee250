import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { findGo } from "./go.mjs"
import { onPath, outputOf, run } from "./processes.mjs"
import { cacheFolder, root } from "./root.mjs"
import { Trouble, say } from "./trouble.mjs"

const source = join(root, "sfu")
const tool = "github.com/livekit/livekit-server/cmd/server"

/**
 * Path of a livekit-server to run: the one on the PATH, else our own build of the version that sfu/go.mod pins,
 * made once and kept in the cache folder.
 * @throws {Trouble} when it cannot be built.
 */
export async function sfuBinary() {
  const own = onPath("livekit-server")
  if (own !== undefined) return own
  const built = builtPath()
  if (!existsSync(built)) await build(built)
  return built
}

/** Where the build for the present go.mod and go.sum lies: another pin is another folder. */
function builtPath() {
  const hash = createHash("sha256")
  for (const name of ["go.mod", "go.sum"]) hash.update(readFileSync(join(source, name)))
  hash.update(`${process.platform} ${process.arch}`)
  return join(cacheFolder, `sfu-${hash.digest("hex").slice(0, 16)}`, "livekit-server")
}

async function build(target) {
  const go = await findGo()
  const env = { ...process.env, GOTOOLCHAIN: "local" }
  const options = { cwd: source, env }
  say("Building the media server from source, once; this takes 2 to 6 minutes ...")
  mkdirSync(join(target, ".."), { recursive: true })
  const downloaded = await run([go, "mod", "download"], { ...options, quiet: true })
  if (downloaded.status !== 0) {
    throw new Trouble(
      `The media server's source could not be downloaded: check the network (and GOPROXY), then try again. Go says: ${lastLine(downloaded.output)}`,
    )
  }
  const total = outputOf([go, "list", "-deps", tool], options)?.split("\n").length ?? 0
  // A private name first: an interrupted build leaves nothing that looks finished.
  const unfinished = `${target}.${process.pid}`
  const progress = buildProgress(total)
  // -buildvcs=false: Go refuses to stamp a build in a clone that another user owns.
  const flags = ["-v", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"]
  const built = await run([go, "build", ...flags, "-o", unfinished, tool], { ...options, onChunk: progress.take })
  progress.end()
  if (built.status !== 0) {
    rmSync(unfinished, { force: true })
    throw new Trouble(`The media server could not be built; Go says: ${lastLine(built.output)}`)
  }
  renameSync(unfinished, target)
}

/** Counts the package names that `go build -v` prints; packages that Go has cached are not among them. */
function buildProgress(total) {
  const started = Date.now()
  let packages = 0
  const show = () => say(`  ${packages} of at most ${total} packages, ${Math.round((Date.now() - started) / 1000)} s`)
  const timer = setInterval(show, 10_000)
  return {
    take: (text) => (packages += text.split("\n").length - 1),
    end: () => {
      clearInterval(timer)
      show()
    },
  }
}

function lastLine(text) {
  return text.trim().split("\n").at(-1) ?? ""
}
