import { onPinnedNode } from "./lib/pinned-node.mjs"
import { checkQuality } from "./lib/quality.mjs"
import { Trouble } from "./lib/trouble.mjs"

// npm run check: formatting, rules, types, unused code.
await onPinnedNode(async () => {
  const { failed } = await checkQuality()
  if (failed > 0) throw new Trouble(`${failed} of the checks failed; \`npx prettier --write .\` mends formatting.`)
})
