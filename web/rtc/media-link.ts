import type { MediaToPage, PageToMedia } from "../media/messages.ts"

export type MediaStats = Extract<MediaToPage, { kind: "stats" }>

/** The page's end of the media worker. */
export interface MediaLink {
  /** Whether the worker's script runs: asked for three times as long as an answer may take, since it may still load. */
  ready(): Promise<boolean>
  /** Counters of this moment; undefined if the worker does not answer within `answerMs`. */
  report(): Promise<MediaStats | undefined>
  setMuted(muted: boolean): void
  close(): void
}

/** Far more than a busy machine needs; a frozen page is told apart by its clock. */
export const answerMs = 3000

/** @param hear - Every message of the worker, those that answer a report included. */
export function createMediaLink(mediaWorker: Worker, hear: (message: MediaToPage) => void): MediaLink {
  let muted = true
  let asked = 0
  const waiting = new Map<number, (stats: MediaStats | undefined) => void>()

  const listen = ({ data }: MessageEvent<MediaToPage>): void => {
    // Not any counters: those of once a second may have been on their way for long, and packets left since.
    if (data.kind === "stats" && data.answers !== undefined) waiting.get(data.answers)?.(data)
    hear(data)
  }
  mediaWorker.addEventListener("message", listen)

  const link: MediaLink = {
    async ready() {
      for (let attempt = 0; attempt < 3; attempt++) if ((await link.report()) !== undefined) return true
      return false
    },
    report() {
      const ask = ++asked
      const since = performance.now()
      return new Promise((resolve) => {
        const settle = (stats: MediaStats | undefined): void => {
          clearTimeout(timer)
          waiting.delete(ask)
          resolve(stats)
        }
        let timer = setTimeout(() => {
          // The page itself stood still (a phone in a pocket): the answer may lie behind this timer.
          if (performance.now() - since > 2 * answerMs) timer = setTimeout(settle, answerMs, undefined)
          else settle(undefined)
        }, answerMs)
        waiting.set(ask, settle)
        mediaWorker.postMessage({ kind: "muted", muted, ask } satisfies PageToMedia)
      })
    },
    setMuted(on) {
      muted = on
      mediaWorker.postMessage({ kind: "muted", muted } satisfies PageToMedia)
    },
    close() {
      mediaWorker.removeEventListener("message", listen)
      for (const settle of [...waiting.values()]) settle(undefined)
    },
  }
  return link
}
