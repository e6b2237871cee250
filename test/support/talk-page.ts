import type { OpenStats, SealStats } from "../../web/media/messages.ts"
import type { SfuEvent, Voice } from "../../web/rtc/sfu.ts"
import type { Browser, Page } from "./browsers.ts"
import type { TestRoom, TestSfu } from "./sfu.ts"

/** See test/page/talk/talk.ts. */
export interface TalkOptions {
  readonly index: number
  readonly secret?: number
  readonly late?: { readonly ms: number; readonly answers: boolean }
  readonly leaky?: boolean
  readonly impostor?: boolean
  readonly hostile?: boolean
}

export interface Counts {
  /** Packets by the browser's own statistics. */
  readonly sent: number
  readonly received: number
  readonly sealing: readonly SealStats[]
  readonly opening: readonly OpenStats[]
}

/** Somebody on the test page: the product's way of sound with fixed keys. */
export interface Talker {
  readonly page: Page
  connect(role: "speaker" | "listener"): Promise<void>
  publish(): Promise<void>
  /** Resolves when the capture gate is open. */
  onAir(): Promise<void>
  speak(): Promise<void>
  mute(): Promise<void>
  /** Sends nothing more. */
  hush(): Promise<void>
  killWorker(): Promise<void>
  removeTransforms(): Promise<void>
  counts(): Promise<Counts>
  voices(): Promise<{ mine: number; others: [number, Voice][] }>
  heardOf(event: SfuEvent["kind"], withinMs?: number): Promise<void>
  close(): Promise<void>
}

/** Opens the page as a fresh visitor and taps it. */
export async function talker(
  browser: Browser,
  url: string,
  sfu: TestSfu,
  room: TestRoom,
  options: TalkOptions,
): Promise<Talker> {
  const visitor = await browser.visitor()
  const page = await visitor.page(url)
  await page.until("globalThis.talk !== undefined")
  await page.evaluate(`talk.start(${JSON.stringify(options)})`)
  await page.click("#tap")
  const call = (name: string) => (): Promise<void> => page.evaluate(`talk.${name}()`)
  return {
    page,
    async connect(role) {
      const token = await room.token(role)
      await page.evaluate(`talk.connect(${JSON.stringify(sfu.url)}, ${JSON.stringify(token)})`)
    },
    publish: call("publish"),
    onAir: () => page.until(`talk.events.some((event) => event.kind === "sending" && event.state === "open")`),
    speak: call("speak"),
    mute: call("mute"),
    hush: call("hush"),
    killWorker: call("killWorker"),
    removeTransforms: call("removeTransforms"),
    counts: () => page.evaluate<Counts>("talk.counts()"),
    voices: () => page.evaluate("talk.voices()"),
    heardOf: (event, withinMs) => page.until(`talk.events.some((event) => event.kind === "${event}")`, withinMs),
    close: () => visitor.close(),
  }
}

export const sealed = (counts: Counts): number => counts.sealing.reduce((sum, one) => sum + one.sealed, 0)
export const opened = (counts: Counts): number => counts.opening.reduce((sum, one) => sum + one.opened, 0)
export const dropped = (counts: Counts): number =>
  counts.opening.reduce((sum, { drops }) => sum + Object.values(drops).reduce((all, one) => all + one, 0), 0)
/** Frames not even shaped like a sealed one. The SFU's own silence at the end of a track, told by its bytes, is none of ours. */
export const clear = (counts: Counts): number => counts.opening.reduce((sum, { drops }) => sum + drops.malformed, 0)
