import { frameHash } from "#crypto/media/frame-hash"
import type { Round, RoundWish } from "./round.ts"

// Three workers take turns, so that whatever else the machine does hits all of them. The bench calls from outside.

const workers = {
  ours: new Worker(new URL("./ours.worker.ts", import.meta.url), { type: "module" }),
  livekit: new Worker(new URL("./livekit.worker.ts", import.meta.url), { type: "module" }),
  nothing: new Worker(new URL("./nothing.worker.ts", import.meta.url), { type: "module" }),
} as const

export type Side = keyof typeof workers
const sides: readonly Side[] = ["ours", "livekit", "nothing"]

function round(side: Side, wish: RoundWish): Promise<Round> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve, reject) => {
    workers[side].onerror = ({ message }) => reject(new Error(message))
    port1.onmessage = ({ data }: MessageEvent<Round | { readonly failed: string }>) => {
      if ("failed" in data) reject(new Error(`${side}: ${data.failed}`))
      else resolve(data)
    }
    workers[side].postMessage(wish, [port2])
  })
}

const frameBench = {
  /** All rounds of each side but the first, which warms up. */
  async run({ rounds, frames }: { readonly rounds: number; readonly frames: number }): Promise<Record<Side, Round[]>> {
    const done: Record<Side, Round[]> = { ours: [], livekit: [], nothing: [] }
    for (let i = 0; i <= rounds; i++)
      for (const side of sides) {
        const result = await round(side, { frames })
        if (i > 0) done[side].push(result)
      }
    return done
  },
  /** What a checkpoint's maker, and whoever gets it, spends on each frame besides, in µs. */
  hashMicros(frames: number): number {
    const frame = new Uint8Array(141)
    const from = performance.now()
    for (let i = 0; i < frames; i++) {
      frame[0] = i & 255
      frameHash(frame)
    }
    return (1000 * (performance.now() - from)) / frames
  },
}

export type FrameBench = typeof frameBench

Object.assign(globalThis, { frameBench })
