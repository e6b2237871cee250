import type { MediaToPage, Trust } from "../media/messages.ts"
import { levelOf } from "./levels.ts"
import type { Playback } from "./playback.ts"
import type { Voice } from "./sfu.ts"

/** The tracks of others: who is behind each, by what the media worker opened. The SFU's names for them are not asked. */
export interface Remotes {
  add(id: string, receiver: RTCRtpReceiver): void
  remove(id: string): void
  hear(message: MediaToPage): void
  /** By sender index, the tracks that are authentic. */
  voices(): Promise<Map<number, Voice>>
  clear(): void
}

interface Known {
  readonly index: number
  readonly muted: boolean
}

export function createRemotes(playback: Playback): Remotes {
  const receivers = new Map<string, RTCRtpReceiver>()
  // A transform that opened a frame is in place for as long as its receiver lives, whatever track it carries later.
  const authentic = new Map<string, Known>()
  let trust: ReadonlyMap<number, Trust> = new Map()

  return {
    add(id, receiver) {
      receivers.set(id, receiver)
      playback.add(id, receiver.track)
      if (authentic.has(id)) playback.authentic(id)
    },
    remove(id) {
      receivers.delete(id)
      playback.remove(id)
    },
    hear(message) {
      if (message.kind === "authentic") {
        authentic.set(message.id, { index: message.index, muted: false })
        playback.authentic(message.id)
      } else if (message.kind === "trust") trust = new Map(message.senders)
      else if (message.kind === "stats") {
        for (const { id, index, muted } of message.opening) if (index !== undefined) authentic.set(id, { index, muted })
      }
    },
    async voices() {
      const all = await Promise.all(
        [...receivers].map(async ([id, receiver]) => {
          const known = authentic.get(id)
          if (known === undefined) return undefined
          const level = known.muted ? 0 : await levelOf(receiver)
          const { index, muted } = known
          return [index, { level, muted, trust: trust.get(index) ?? "unverified" }] as const
        }),
      )
      return new Map(all.filter((one) => one !== undefined))
    },
    clear() {
      receivers.clear()
      authentic.clear()
      playback.stop()
    },
  }
}
