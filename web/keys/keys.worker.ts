import { webPrimitives } from "#crypto/base/web-primitives"
import type { EpochMs } from "#crypto/base/ids"
import { step } from "#crypto/member/member"
import type { MediaOrder } from "#crypto/member/types"
import { Courier } from "../courier/courier.ts"
import { postSpace } from "../courier/create-space.ts"
import { dialWebSocket, roomUrl } from "../courier/line.ts"
import type { KeysToMedia, MediaToKeys } from "../media/messages.ts"
import { Keeper } from "./keeper.ts"
import type { KeysToPage, PageToKeys } from "./messages.ts"
import { webLocks } from "./space-lock.ts"
import { openVault, type Vault } from "./vault.ts"

// Holds all long-lived secrets of this browser. Workers' timers go on in background tabs, so a room does, too.

/** The part of DedicatedWorkerGlobalScope used here: the page's code is compiled with the window's types. */
interface KeysScope {
  onmessage: ((event: MessageEvent<PageToKeys>) => void) | null
  postMessage(message: KeysToPage): void
}

const scope = self as unknown as KeysScope
const p = webPrimitives
let keeper: Keeper | undefined
let vault: Promise<Vault> | undefined

/** Opened when it is first needed; a failure is tried again the next time. */
function vaultOnce(): Promise<Vault> {
  vault ??= openSwept().catch((error: unknown) => {
    vault = undefined
    throw error
  })
  return vault
}

async function openSwept(): Promise<Vault> {
  const opened = await openVault(p)
  await opened.sweep(Date.now())
  return opened
}

function start(origin: string, mediaPort: MessagePort): Keeper {
  const made = new Keeper({
    p,
    step,
    origin,
    now: () => Date.now() as EpochMs,
    monotonic: () => performance.now(),
    every(ms, run) {
      const timer = setInterval(run, ms)
      return () => clearInterval(timer)
    },
    soon: (run) => setTimeout(run, 0),
    connect: (events) =>
      new Courier(
        {
          url: roomUrl(origin),
          dial: dialWebSocket,
          monotonic: () => performance.now(),
          random: () => (p.random(1)[0] ?? 0) / 256,
          after(ms, run) {
            const timer = setTimeout(run, ms)
            return () => clearTimeout(timer)
          },
        },
        events,
      ),
    notice: (bytes) => scope.postMessage({ kind: "notice", bytes: bytes.slice() }),
    media(order) {
      const message = toMedia(order)
      // Moved, not cloned: no copy of a secret stays here that nobody wipes.
      mediaPort.postMessage(message, message.kind === "epoch" ? [message.secret.buffer] : [])
    },
    vault: vaultOnce,
    locks: webLocks(navigator.locks),
    postSpace: (body) => postSpace(origin, body),
    view: (view) => scope.postMessage({ kind: "view", view }),
  })
  mediaPort.onmessage = ({ data }: MessageEvent<MediaToKeys>) => {
    if (data.kind === "counter-limit") made.counterLimit(data.epoch)
    else if (data.kind === "head-seen") made.headSeen(data.index, data.head)
    else void made.endorse(data).then((answer) => mediaPort.postMessage(answer))
  }
  return made
}

/** A view is cloned with the whole buffer behind it, so the bytes go in buffers of their own. */
function toMedia(order: MediaOrder): KeysToMedia {
  if (order.kind !== "epoch") return order
  const { space, view, secret } = order
  const seats = order.seats.map(({ index, seatPub }) => ({ index, seatPub: seatPub.slice() }))
  return { ...order, space: space.slice(), view: view.slice(), secret: secret.slice(), seats }
}

scope.onmessage = ({ data }) => {
  if (data.kind === "start") {
    keeper ??= start(data.origin, data.mediaPort)
    return
  }
  if (data.kind === "notice") {
    keeper?.notice(data.bytes)
    return
  }
  const { id, command } = data
  void keeper?.handle(command).then((value) => scope.postMessage({ kind: "reply", id, value }))
}
