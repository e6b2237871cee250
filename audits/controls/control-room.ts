import { randomBytes } from "node:crypto"
import type { Page } from "playwright-core"
import { openTapped } from "../gather/tapped-page.ts"
import type { Subject } from "../subject.ts"
import { createRoom, joinToken, type OwnSfu } from "./room-token.ts"

interface ControlPage {
  readonly control: {
    install(keys: { epoch: number; step: number; view: number[]; secret: number[] }): void
    speak(options: { url: string; token: string; count: number }): Promise<void>
    mute(muted: boolean): void
  }
}

export interface ControlOptions {
  /** What the page does wrong, by the audit's id; "none" for the clean subject. */
  readonly leak: string
  /** Whether the speaker gets a new key when the listener is removed. */
  readonly rekeys: boolean
  /** Streams at once: four of them fill a sample in a quarter of the time. */
  readonly streams: number
}

/** A room of the control page over a media server of the auditor's own. */
export function controlRoom(pageUrl: string, sfu: OwnSfu, { leak, rekeys, streams }: ControlOptions): Subject {
  return {
    name: leak === "none" ? "clean control" : `control ${leak}`,
    open: async (browser) => {
      const room = randomBytes(16).toString("hex")
      await createRoom(sfu, room)
      const address = `${pageUrl}?leak=${leak}`
      const speaker = await openTapped(browser)
      await speaker.page.goto(address)
      let keys = freshKeys(1)
      await install(speaker.page, keys)
      if (streams > 0) {
        await speaker.page.evaluate((options) => (globalThis as unknown as ControlPage).control.speak(options), {
          url: sfu.url,
          token: joinToken(sfu, { room, publish: true }),
          count: streams,
        })
      }
      return {
        speaker,
        invite: () => Promise.resolve(`${address}#1.${randomBytes(16).toString("base64url")}.control`),
        join: async (listener, link) => {
          await listener.page.goto(link)
          await install(listener.page, keys)
        },
        pass: () => Promise.resolve({ url: sfu.url, token: joinToken(sfu, { room, publish: false }) }),
        mute: (muted) =>
          speaker.page.evaluate((value) => {
            ;(globalThis as unknown as ControlPage).control.mute(value)
          }, muted),
        remove: async () => {
          const askedAt = Date.now()
          if (rekeys) {
            keys = freshKeys(2)
            await install(speaker.page, keys)
          }
          return { askedAt, headAt: Date.now() }
        },
        close: () => speaker.context.close(),
      }
    },
  }
}

function freshKeys(epoch: number) {
  return { epoch, step: 0, view: [...randomBytes(32)], secret: [...randomBytes(32)] }
}

async function install(page: Page, keys: ReturnType<typeof freshKeys>): Promise<void> {
  await page.evaluate((value) => {
    ;(globalThis as unknown as ControlPage).control.install(value)
  }, keys)
}
