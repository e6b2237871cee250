import { setTimeout as pause } from "node:timers/promises"
import type { Evidence, Joining, Packet, Phase, Removal } from "../evidence.ts"
import type { Room, Subject, Timeline } from "../subject.ts"
import type { AuditBrowser } from "./browser.ts"
import { plantWords, visibleAddresses } from "./joining.ts"
import { subscribe, type Subscription } from "./sfu-frames.ts"
import { openTapped, type TappedPage } from "./tapped-page.ts"

/** The subscriber and a newcomer's keys are in place so long after the join. */
const settleMs = 2500
const subscribeAttempts = 2
const firstPacketWithinMs = 15_000

/**
 * Drives a subject through one session and collects what each vantage saw. A step that fails leaves its part out and
 * says so in `missing`; the audits that need it then answer "error".
 * @param say - Progress, one line each.
 */
export async function gather(
  subject: Subject,
  auditBrowser: AuditBrowser,
  timeline: Timeline,
  say: (line: string) => void,
): Promise<Evidence> {
  const from = Date.now()
  const missing: string[] = []
  const attempt = async <Value>(name: string, step: () => Promise<Value>): Promise<Value | undefined> => {
    say(`${subject.name}: ${name}`)
    try {
      return await step()
    } catch (error) {
      missing.push(`${name}: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : "failed"}`)
      return undefined
    }
  }

  const frames: Packet[] = []
  const phases: Phase[] = []
  const phase = async (name: Phase["name"], ms: number) => {
    const start = Date.now()
    await pause(ms)
    phases.push({ name, from: start, to: Date.now() })
  }
  let joining: Joining | undefined
  let removal: Removal | undefined
  let listener: TappedPage | undefined
  let subscription: Subscription | undefined
  const room: Room | undefined = await attempt("open a room and speak", () => subject.open(auditBrowser))
  try {
    if (room !== undefined) {
      joining = await attempt("join as a listener", async () => {
        const link = await room.invite()
        listener = await openTapped(auditBrowser)
        await room.join(listener, link)
        return await observeJoining(listener, link)
      })
      if (timeline.speakMs > 0) {
        subscription = await attempt("subscribe without keys", () => hear(room, frames))
        await pause(settleMs)
        say(`${subject.name}: watch for ${(timeline.speakMs + timeline.muteMs + timeline.afterMs) / 1000} s`)
        await phase("speaking", timeline.speakMs)
      }
      if (timeline.muteMs > 0) {
        await attempt("mute", async () => {
          await room.mute(true)
          await phase("muted", timeline.muteMs)
          await room.mute(false)
        })
      }
      if (timeline.afterMs > 0) {
        removal = await attempt("remove the listener", () => room.remove())
        await pause(timeline.afterMs)
      }
    }
  } finally {
    await subscription?.close()
  }
  const wire = await auditBrowser.wire(from)
  // The taps report in batches.
  await pause(300)
  const evidence: Evidence = {
    subject: subject.name,
    gatheredAt: new Date(from).toISOString(),
    versions: { chromium: auditBrowser.version, node: process.version },
    missing,
    phases,
    ...present("frames", frames),
    ...present("wire", wire),
    ...present("spoken", room?.speaker.frames),
    ...present("descriptions", room?.speaker.descriptions),
    ...present("secrets", listener?.secrets),
    ...(joining === undefined ? {} : { joining }),
    ...(removal === undefined ? {} : { removal }),
  }
  await listener?.context.close()
  await attempt("leave", async () => room?.close())
  return evidence
}

/** A subscriber that does receive: on a busy machine a first connection may come to nothing. */
async function hear(room: Room, frames: Packet[]): Promise<Subscription> {
  for (let i = 0; i < subscribeAttempts; i++) {
    const subscription = await subscribe({ ...(await room.pass()), onPacket: (packet) => frames.push(packet) })
    const giveUpAt = Date.now() + firstPacketWithinMs
    while (frames.length === 0 && Date.now() < giveUpAt) await pause(100)
    if (frames.length > 0) return subscription
    await subscription.close()
  }
  throw new Error("the media server let the subscriber in, but forwarded nothing")
}

async function observeJoining(listener: TappedPage, link: string): Promise<Joining> {
  const planted = await plantWords(listener.page)
  const fragment = new URL(link).hash.slice(1)
  // The link's parts are version, seed, host key.
  const spelled = fragment.split(".")[1] ?? fragment
  const visible = await visibleAddresses(listener)
  return { seed: new Uint8Array(Buffer.from(spelled, "base64url")), spelled, planted, sent: listener.sent, visible }
}

/** An empty list is not evidence. */
function present<Name extends keyof Evidence, Item>(name: Name, list: readonly Item[] | undefined) {
  return list === undefined || list.length === 0 ? {} : { [name]: [...list] }
}
