import { SignalRequest, SignalResponse } from "@livekit/protocol"
import { WebSocket } from "ws"
import { z } from "zod"

const joinWithinMs = 10_000

/** The server's messages that a subscriber cares about, in protobuf's JSON form (absent = default value). */
const response = z.object({
  join: z.object({ pingInterval: z.number().default(5) }).optional(),
  offer: z.object({ sdp: z.string() }).optional(),
  trickle: z.object({ candidateInit: z.string(), target: z.string().default("PUBLISHER") }).optional(),
})
const candidateInit = z.object({
  candidate: z.string(),
  sdpMid: z.string().exactOptional(),
  sdpMLineIndex: z.number().exactOptional(),
})

export interface SignalEvents {
  readonly onOffer: (sdp: string) => void
  /** A candidate of the server's for the connection that it sends on. */
  readonly onCandidate: (candidate: z.infer<typeof candidateInit>) => void
}

/** A LiveKit signalling connection as a subscriber needs it: protobuf messages over one WebSocket. */
export interface Signal {
  readonly answer: (sdp: string) => void
  readonly candidate: (candidate: object) => void
  readonly leave: () => void
}

/**
 * Opens the signalling connection and waits until the media server has let us in. Events may come before that.
 * @param address - From `joinAddress`.
 * @throws if the server closes first or does not answer within 10 s.
 */
export function openSignal(address: string, { onOffer, onCandidate }: SignalEvents): Promise<Signal> {
  const socket = new WebSocket(address)
  let pings: NodeJS.Timeout | undefined
  const send = (message: Parameters<typeof SignalRequest.fromJson>[0]) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(SignalRequest.fromJson(message).toBinary())
  }
  const signal: Signal = {
    answer: (sdp) => send({ answer: { type: "answer", sdp } }),
    candidate: (candidate) => send({ trickle: { candidateInit: JSON.stringify(candidate), target: "SUBSCRIBER" } }),
    leave: () => {
      send({ leave: {} })
      socket.close()
    },
  }
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      socket.terminate()
      reject(new Error("the media server did not answer the join within 10 s"))
    }, joinWithinMs)
    socket.on("error", reject)
    socket.on("close", (code) => {
      clearTimeout(late)
      clearInterval(pings)
      reject(new Error(`the media server closed the signalling connection (${code})`))
    })
    socket.on("message", (data: Buffer) => {
      const { join, offer, trickle } = response.parse(SignalResponse.fromBinary(data).toJson())
      if (join !== undefined) {
        clearTimeout(late)
        pings = setInterval(() => send({ ping: Date.now().toString() }), join.pingInterval * 1000)
        resolve(signal)
      }
      if (offer !== undefined) onOffer(offer.sdp)
      if (trickle?.target === "SUBSCRIBER") onCandidate(candidateInit.parse(JSON.parse(trickle.candidateInit)))
    })
  })
}

/**
 * The address of a join by the two-connection protocol.
 * @param url - ws(s)://HOST of the media server, or a whole address of a `/rtc` connection seen in a browser (its other
 * parameters are kept).
 */
export function joinAddress(url: string, token: string): string {
  const address = new URL(url)
  if (!/\/rtc(\/v\d+)?$/.test(address.pathname)) address.pathname = `${address.pathname.replace(/\/$/, "")}/rtc`
  address.protocol = address.protocol.replace(/^http/, "ws")
  address.searchParams.set("access_token", token)
  if (!address.searchParams.has("protocol")) address.searchParams.set("protocol", "16")
  if (!address.searchParams.has("auto_subscribe")) address.searchParams.set("auto_subscribe", "1")
  return address.href
}
