import type { Rotation, RotationWish } from "./rotation.ts"

// The bench calls `rotateBench` from outside.

const worker = new Worker(new URL("./rotate.worker.ts", import.meta.url), { type: "module" })

const rotateBench = {
  /** Kicks somebody `times` times in a room of `seats`, after one time that warms up. */
  run(wish: RotationWish): Promise<readonly Rotation[]> {
    return new Promise((resolve, reject) => {
      worker.onerror = ({ message }) => reject(new Error(message))
      worker.onmessage = ({ data }: MessageEvent<readonly Rotation[]>) => resolve(data)
      worker.postMessage(wish)
    })
  },
}

export type RotateBench = typeof rotateBench

Object.assign(globalThis, { rotateBench })
