import { concat } from "#crypto/base/bytes"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { checkpointMessage } from "#crypto/media/checkpoint"
import type {
  KeysToMedia,
  MediaToKeys,
  MediaToPage,
  OpenStats,
  PageToMedia,
  SealStats,
} from "../../../web/media/messages.ts"
import { openMicrophone } from "../../../web/rtc/devices.ts"
import { createSfu } from "../../../web/rtc/livekit.ts"
import type { Sfu, SfuEvent } from "../../../web/rtc/sfu.ts"
import lateWorkerUrl from "./late.worker.ts?worker&url"
import { installLeakyConnection } from "./leaky-connection.ts"

// The product's way of sound with keys that everybody knows. The tests call `talk` from outside.

interface Options {
  /** This visitor's place on stage. */
  readonly index: number
  /** Bytes of the secret: another number is another room's key. */
  readonly secret?: number
  /** The worker's script runs so much later; it `answers` the page before. */
  readonly late?: { readonly ms: number; readonly answers: boolean }
  readonly leaky?: boolean
  /** It has everybody's frame keys and not this place's seat key. */
  readonly impostor?: boolean
  /** It has a token and no key, and sends what it likes. */
  readonly hostile?: boolean
}

const native = RTCPeerConnection
const connections: RTCPeerConnection[] = []
const events: SfuEvent[] = []
let worker: Worker | undefined
let sfu: Sfu | undefined
let newest: Extract<MediaToPage, { kind: "stats" }> | undefined
let microphone: MediaStreamTrack | undefined
let source: MediaStreamTrack | undefined
const bytes = (value: number, length: number) => new Uint8Array(length).fill(value)

function start({ index, secret = 7, late, leaky = false, impostor = false, hostile = false }: Options): void {
  worker = hostile
    ? new Worker(new URL("./hostile.worker.ts", import.meta.url), { type: "module" })
    : late === undefined
      ? new Worker(new URL("../../../web/media/media.worker.ts", import.meta.url), { type: "module" })
      : lateWorker(late)
  worker.addEventListener("message", ({ data }: MessageEvent<MediaToPage>) => {
    if (data.kind === "stats") newest = data
  })
  const { port1, port2 } = new MessageChannel()
  worker.postMessage({ kind: "start", keysPort: port2 } satisfies PageToMedia, [port2])
  const tell = (message: KeysToMedia): void => {
    port1.postMessage(message)
  }
  port1.onmessage = ({ data }: MessageEvent<MediaToKeys>) => {
    if (data.kind === "endorse") void endorse(impostor ? index + 1 : index, data).then(tell)
  }
  tell({
    kind: "epoch",
    space: bytes(1, 16),
    view: bytes(2, 32),
    epoch: 1,
    step: 0,
    secret: bytes(secret, 32),
    indices: [0, 1, 2, 3],
    seats: [0, 1, 2, 3].map((seat) => ({ index: seat, seatPub: p.publicKey(seatSeed(seat)) })),
    cell: 120,
  })
  tell({ kind: "seated", indices: [0, 1, 2, 3] })
  tell({ kind: "send", epoch: 1, step: 0, index })
  sfu = createSfu({
    mediaWorker: worker,
    onEvent: (event) => {
      if (event.kind === "voices") voices = event
      else events.push(event)
    },
  })
  if (leaky) installLeakyConnection(native)
  const installed = RTCPeerConnection
  globalThis.RTCPeerConnection = class extends installed {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      connections.push(this)
    }
  }
}

const seatSeed = (index: number) => bytes(100 + index, 32)

/** What the keys worker of this visitor would answer, with the seat key of a place. */
async function endorse(
  seat: number,
  request: Extract<MediaToKeys, { kind: "endorse" }>,
): Promise<Extract<KeysToMedia, { kind: "endorsed" }>> {
  const head = bytes(9, 16)
  const signature = await p.sign(seatSeed(seat), checkpointMessage(request, concat(head, request.frames)))
  return { kind: "endorsed", id: request.id, endorsement: { head, signature } }
}

let voices: Extract<SfuEvent, { kind: "voices" }> | undefined

function lateWorker({ ms, answers }: NonNullable<Options["late"]>): Worker {
  const url = new URL(lateWorkerUrl, location.href)
  url.searchParams.set("ms", ms.toString())
  if (answers) url.searchParams.set("answers", "")
  return new Worker(url, { type: "module" })
}

// The page's own asks count up from 1.
let asks = 0

/** The worker's counters, taken after this was asked: those that are on their way already may be older than the browser's. */
async function report(): Promise<void> {
  const asked = worker
  if (asked === undefined) return
  const ask = --asks
  const answered = Promise.withResolvers<undefined>()
  const listen = ({ data }: MessageEvent<MediaToPage>): void => {
    if (data.kind === "stats" && data.answers === ask) answered.resolve(undefined)
  }
  asked.addEventListener("message", listen)
  asked.postMessage({ kind: "muted", muted: source === undefined, ask } satisfies PageToMedia)
  // a killed worker answers nothing, and older counts would look like a leak
  const timer = setTimeout(() => answered.reject(new Error("The media worker does not answer.")), 10_000)
  await answered.promise
  clearTimeout(timer)
  asked.removeEventListener("message", listen)
}

/** Counts of this moment, the worker's taken just after the browser's. */
async function counts(): Promise<{
  sent: number
  received: number
  sealing: readonly SealStats[]
  opening: readonly OpenStats[]
}> {
  let sent = 0
  let received = 0
  for (const connection of connections) {
    if (connection.connectionState === "closed") continue
    for (const one of ((await connection.getStats()) as ReadonlyMap<string, Record<string, unknown>>).values()) {
      if (one["type"] === "outbound-rtp")
        sent += Number(one["packetsSent"]) - Number(one["retransmittedPacketsSent"] ?? 0)
      if (one["type"] === "inbound-rtp") received += Number(one["packetsReceived"])
    }
  }
  await report()
  return { sent, received, sealing: newest?.sealing ?? [], opening: newest?.opening ?? [] }
}

const required = (): Sfu => {
  if (sfu === undefined) throw new TypeError("start first")
  return sfu
}

const talk = {
  start,
  counts,
  events,
  connections,
  voices: () => ({ mine: voices?.mine ?? 0, others: [...(voices?.voices ?? [])] }),
  connect: (url: string, token: string) => required().connect(url, token),
  publish: () => required().publish(),
  unpublish: () => required().unpublish(),
  disconnect: () => required().disconnect(),
  async speak() {
    microphone ??= await openMicrophone()
    source = microphone
    await required().setSource(source)
  },
  mute() {
    source = undefined
    return required().setSource(source)
  },
  /** Stops sending, so that counts can be compared to the last packet. */
  async hush() {
    for (const connection of connections)
      for (const sender of connection.getSenders()) if (sender.track !== null) await sender.replaceTrack(null)
  },
  removeTransforms() {
    for (const connection of connections) for (const sender of connection.getSenders()) sender.transform = null
  },
  killWorker: () => worker?.terminate(),
}

export type Talk = typeof talk

document.querySelector("#tap")?.addEventListener("click", () => {
  sfu?.prepareSound()
})
Object.assign(globalThis, { talk })
