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
  let waiting: ((stats: MediaStats | undefined) => void)[] = []

  function answer(stats: MediaStats | undefined): void {
    const all = waiting
    waiting = []
    for (const resolve of all) resolve(stats)
  }

  const listen = ({ data }: MessageEvent<MediaToPage>): void => {
    if (data.kind === "stats") answer(data)
    hear(data)
  }
  mediaWorker.addEventListener("message", listen)

  // the worker answers each message with its counters
  const post = (): void => {
    mediaWorker.postMessage({ kind: "muted", muted } satisfies PageToMedia)
  }

  const link: MediaLink = {
    async ready() {
      for (let attempt = 0; attempt < 3; attempt++) if ((await link.report()) !== undefined) return true
      return false
    },
    report() {
      const asked = performance.now()
      return new Promise((resolve) => {
        const giveUp = (): void => {
          // The page itself stood still (a phone in a pocket): the answer may lie behind this timer.
          if (performance.now() - asked > 2 * answerMs) setTimeout(resolve, answerMs, undefined)
          else resolve(undefined)
        }
        const timer = setTimeout(giveUp, answerMs)
        waiting.push((stats) => {
          clearTimeout(timer)
          resolve(stats)
        })
        post()
      })
    },
    setMuted(on) {
      muted = on
      post()
    },
    close() {
      mediaWorker.removeEventListener("message", listen)
      answer(undefined)
    },
  }
  return link
}
