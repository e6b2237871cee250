import { byFigures, defineAudit, none, tooLittle } from "../audit.ts"
import { memberFrames, searchable } from "../payload.ts"
import { readHeader } from "../sframe/header.ts"
import { Opener } from "../sframe/opener.ts"

const leastFrames = 500

export const repeatedNonce = defineAudit({
  id: "repeated-nonce",
  promise: "No counter is used twice under one key.",
  adversary: "whoever records ciphertext",
  vantage: "a subscriber without keys behind the media server; keys recorded in a listener's browser tell epochs apart",
  needs: ["frames", "secrets"],
  judge: ({ frames, secrets }) => {
    const opener = new Opener(secrets)
    const seen = new Map<string, string>()
    let examined = 0
    let repeated = 0
    for (const { payload } of memberFrames(frames)) {
      const header = readHeader(payload)
      // Frames sealed under a key nobody has may show the same header: only frames of a known key count.
      const opened = opener.open(payload)
      if (header === undefined || opened === undefined) continue
      const nonce = `${opened.epoch}/${header.kid}/${header.counter}`
      const text = searchable(payload)
      const known = seen.get(nonce)
      if (known === undefined) seen.set(nonce, text)
      else if (known !== text) repeated++ // the same bytes again are a packet sent twice
      examined++
    }
    if (examined < leastFrames) return tooLittle(`Only ${examined} frames could be told apart by their key.`, examined)
    return byFigures(
      examined,
      [none("frames with a counter used before under the same key", repeated, "frames")],
      `${examined} frames, each with a counter of its own.`,
      "Counters were used twice under one key.",
    )
  },
})
