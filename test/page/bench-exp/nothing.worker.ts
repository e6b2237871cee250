import { serveRounds, type Ends } from "./round.ts"

// What the streams alone take.

const pass = ({ readable, writable }: Ends): void => {
  void readable.pipeThrough(new TransformStream()).pipeTo(writable)
}

serveRounds({ sealedBytes: 60, seal: pass, open: pass })
