import { setTimeout as pause } from "node:timers/promises"
import type { Admission } from "../../../test/page/bench-join/join.ts"
import { Attendee } from "../../../test/support/attendee.ts"
import type { Browser } from "../../../test/support/browsers.ts"
import type { TestRoom } from "../../../test/support/sfu.ts"
import { putEar, tapToSound } from "./ear.ts"

/** How long somebody reads what they are asked to join; both pages have loaded everything by then. */
const readingMs = 1000

/** One way to join a room in which somebody speaks. */
export interface Side {
  /** Somebody new joins and leaves again. @returns milliseconds from the tap to the first sound */
  join(): Promise<number>
  close(): Promise<void>
}

/** The product. */
export async function sealedSide(browser: Browser, url: string): Promise<Side> {
  const host = await Attendee.host(await browser.visitor(), url, "Join")
  await host.turnOnMicrophone()
  const link = await host.invite("everybody", "Listener", "A group")
  return {
    async join() {
      const listener = await Attendee.arrive(await browser.visitor(), link)
      try {
        await listener.reads("Listen")
        await putEar(listener.page)
        await pause(readingMs)
        await listener.tap("Listen")
        return await tapToSound(listener.page)
      } finally {
        await listener.close()
      }
    },
    close: () => host.close(),
  }
}

/** A page without encryption, on the same media server. */
export async function clearSide(browser: Browser, url: string, room: TestRoom, sfuUrl: string): Promise<Side> {
  const admission = async (role: "speaker" | "listener"): Promise<string> =>
    JSON.stringify({ url: sfuUrl, token: await room.token(role) } satisfies Admission)
  const speaker = await browser.visitor()
  const stage = await speaker.page(url)
  await stage.until("globalThis.clearJoin !== undefined")
  await stage.evaluate(`clearJoin.speak(${await admission("speaker")})`)
  return {
    async join() {
      const listener = await browser.visitor()
      try {
        const page = await listener.page(url)
        await page.until("globalThis.clearJoin !== undefined")
        await page.evaluate(`clearJoin.prepare(${await admission("listener")})`)
        await putEar(page)
        await pause(readingMs)
        await page.click("#listen")
        return await tapToSound(page)
      } finally {
        await listener.close()
      }
    },
    close: () => speaker.close(),
  }
}
