import { createCaptureCheck } from "./capture-check.ts"
import type { MediaLink, MediaStats } from "./media-link.ts"
import { packetsSent } from "./packets-sent.ts"

/**
 * The gate between the microphone and the encoder. Firefox and Safari send in clear when a transform is missing, so
 * every sender gets silence until what the browser sent equals what the worker sealed; the comparison goes on
 * as long as the sender lives.
 */
export interface Capture {
  /** A new sender, on which livekit-client sends silence. */
  add(sender: RTCRtpSender, id: string, connection: RTCPeerConnection): void
  setSource(track: MediaStreamTrack | undefined): Promise<void>
  /** Takes the source off all senders. */
  stop(): Promise<void>
}

export interface CaptureListener {
  sending(state: "off" | "checking" | "open"): void
  leakSuspected(): void
  sourceEnded(): void
}

interface Gated {
  readonly sender: RTCRtpSender
  readonly id: string
  readonly connection: RTCPeerConnection
  readonly check: ReturnType<typeof createCaptureCheck>
  open: boolean
}

const whileChecking = 200
const whileOpen = 1000

export function createCapture(link: MediaLink, silence: MediaStreamTrack, listener: CaptureListener): Capture {
  const senders = new Set<Gated>()
  let source: MediaStreamTrack | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let comparing = false
  let told: "off" | "checking" | "open" = "off"

  function tell(): void {
    const all = [...senders]
    const state = all.length === 0 ? "off" : all.every((gated) => gated.open) ? "open" : "checking"
    if (state === told) return
    told = state
    listener.sending(state)
  }

  async function feed(gated: Gated): Promise<void> {
    // livekit-client took the track off itself: the sender is over
    if (!gated.open || gated.sender.track === null) return
    const wanted = source?.readyState === "live" ? source : silence
    if (gated.sender.track !== wanted) await gated.sender.replaceTrack(wanted)
  }

  async function takeDown(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const all = [...senders]
    senders.clear()
    await Promise.allSettled(all.map((gated) => gated.sender.replaceTrack(null)))
    tell()
  }

  async function compare(): Promise<"ok" | "leak"> {
    for (const gated of senders) if (isOver(gated)) senders.delete(gated)
    tell()
    if (senders.size === 0) return "ok"
    const before = await link.report()
    const sent = await Promise.all([...senders].map(async (gated) => [gated, await packetsSent(gated.sender)] as const))
    const after = await link.report()
    for (const [gated, count] of sent) {
      if (!senders.has(gated) || isOver(gated)) continue
      const verdict =
        before === undefined || after === undefined
          ? "leak"
          : gated.check({ sealedBefore: sealed(before, gated.id), sent: count, sealedAfter: sealed(after, gated.id) })
      if (verdict === "leak") return "leak"
      if (verdict === "equal") {
        gated.open = true
        await feed(gated)
      }
    }
    tell()
    return "ok"
  }

  async function round(): Promise<void> {
    comparing = true
    // a sender that cannot be read is one that is not known to be sealed
    const verdict = await compare().catch(() => "leak" as const)
    comparing = false
    if (verdict === "ok") {
      plan()
      return
    }
    await takeDown()
    listener.leakSuspected()
  }

  function plan(): void {
    clearTimeout(timer)
    if (senders.size === 0 || comparing) return
    const wait = [...senders].every((gated) => gated.open) ? whileOpen : whileChecking
    timer = setTimeout(() => {
      void round()
    }, wait)
  }

  const ended = (): void => {
    void capture.setSource(undefined).finally(() => {
      listener.sourceEnded()
    })
  }

  const capture: Capture = {
    add(sender, id, connection) {
      senders.add({ sender, id, connection, check: createCaptureCheck(), open: false })
      tell()
      plan()
    },
    async setSource(track) {
      source?.removeEventListener("ended", ended)
      source = track
      source?.addEventListener("ended", ended)
      link.setMuted(track === undefined)
      await Promise.all([...senders].map(feed))
    },
    stop: takeDown,
  }
  return capture
}

function isOver({ sender, connection }: Gated): boolean {
  return connection.connectionState === "closed" || sender.track === null
}

function sealed(stats: MediaStats, id: string): number {
  return stats.sealing.find((one) => one.id === id)?.sealed ?? 0
}
