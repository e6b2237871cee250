import { onPinnedNode, handOver } from "./lib/pinned-node.mjs"
import { pinnedNode } from "./lib/install.mjs"
import { Trouble } from "./lib/trouble.mjs"

// node tools/run.mjs FILE.ts ARGS…: installs what is missing, then runs the file. Its stdout is FILE's alone.
await onPinnedNode(async () => {
  const [file, ...args] = process.argv.slice(2)
  if (file === undefined) throw new Trouble("Say which file to run: node tools/run.mjs FILE.ts ARGUMENTS.")
  process.exitCode = await handOver([pinnedNode, file, ...args])
})
