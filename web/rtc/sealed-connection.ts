import type { TransformOptions } from "../media/messages.ts"
import { hardenSdp, SdpRefused } from "./sdp.ts"
import { sdpFaults } from "./sdp-check.ts"
import { senderFaults } from "./sender-check.ts"

/** What happens on the connections; ids are those of the transforms in the media worker. */
export interface ConnectionListener {
  sender(sender: RTCRtpSender, id: string, connection: RTCPeerConnection): void
  receiver(receiver: RTCRtpReceiver, id: string): void
  /** What is in force is not what was agreed to: the connection was closed. `faults` are words without addresses or keys. */
  refused(faults: readonly string[]): void
}

/** The transform ids of every sender and receiver ever seen: one transform each, for its whole life. */
export interface Attachments {
  idOf(end: RTCRtpSender | RTCRtpReceiver): string | undefined
}

type ConnectionClass = typeof RTCPeerConnection
/** The forms of old, which no caller of ours uses: refused, but part of the class. */
type CallbackOffer = (
  success: RTCSessionDescriptionCallback,
  failure: RTCPeerConnectionErrorCallback,
  options?: RTCOfferOptions,
) => void
type CallbackAnswer = (success: RTCSessionDescriptionCallback, failure: RTCPeerConnectionErrorCallback) => void

/**
 * A subclass of RTCPeerConnection whose senders and receivers run through the media worker from the task that makes
 * them, and whose descriptions are hardened on their way in and out. livekit-client makes its connections with
 * whatever RTCPeerConnection is then, and has no other hook; its own fallback to an unmodified SDP meets these
 * methods, too.
 */
export function sealedConnectionClass(
  native: ConnectionClass,
  mediaWorker: Worker,
  listener: ConnectionListener,
): { readonly connectionClass: ConnectionClass; readonly attachments: Attachments } {
  const ids = new WeakMap<RTCRtpSender | RTCRtpReceiver, string>()
  const transform = (options: TransformOptions): RTCRtpScriptTransform =>
    new RTCRtpScriptTransform(mediaWorker, options)

  function attachSender(sender: RTCRtpSender, connection: RTCPeerConnection): void {
    if (ids.has(sender)) return
    const id = crypto.randomUUID()
    sender.transform = transform({ direction: "seal", id })
    ids.set(sender, id)
    listener.sender(sender, id, connection)
  }

  function attachReceiver(receiver: RTCRtpReceiver): void {
    if (ids.has(receiver)) return
    const id = crypto.randomUUID()
    receiver.transform = transform({ direction: "open", id })
    ids.set(receiver, id)
    listener.receiver(receiver, id)
  }

  class SealedConnection extends native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      this.addEventListener("track", (event) => {
        attachReceiver(event.receiver)
      })
    }

    override addTransceiver(trackOrKind: MediaStreamTrack | string, init?: RTCRtpTransceiverInit): RTCRtpTransceiver {
      const kind = typeof trackOrKind === "string" ? trackOrKind : trackOrKind.kind
      if (kind !== "audio") throw new SdpRefused("a section that is not audio")
      const transceiver = super.addTransceiver(trackOrKind, init)
      attachSender(transceiver.sender, this)
      return transceiver
    }

    // senders come from addTransceiver only: this one may reuse a sender that has no transform
    override addTrack(): RTCRtpSender {
      throw new SdpRefused("addTrack")
    }

    override createOffer(options?: RTCOfferOptions): Promise<RTCSessionDescriptionInit>
    override createOffer(...callbacks: Parameters<CallbackOffer>): Promise<void>
    override async createOffer(options?: unknown): Promise<unknown> {
      if (typeof options === "function") throw new SdpRefused("callbacks")
      return harden(await super.createOffer(options as RTCOfferOptions | undefined))
    }

    override createAnswer(): Promise<RTCSessionDescriptionInit>
    override createAnswer(...callbacks: Parameters<CallbackAnswer>): Promise<void>
    override async createAnswer(callback?: unknown): Promise<unknown> {
      if (typeof callback === "function") throw new SdpRefused("callbacks")
      return harden(await super.createAnswer())
    }

    override async setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void> {
      // without an argument the browser would make a description of its own
      if (description?.sdp === undefined) throw new SdpRefused("an implicit description")
      await super.setLocalDescription({ ...description, sdp: hardenSdp(description.sdp) })
      this.#check()
    }

    override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      await super.setRemoteDescription(harden(description))
      this.#check()
    }

    #check(): void {
      const faults = [
        ...sdpFaults(this.localDescription?.sdp ?? "", "local"),
        ...sdpFaults(this.remoteDescription?.sdp ?? "", "remote"),
        ...this.getSenders().flatMap(senderFaults),
      ]
      if (this.getSenders().some((sender) => sender.track !== null && !ids.has(sender)))
        faults.push("a sender without a transform")
      if (faults.length === 0) return
      this.close()
      listener.refused(faults)
      throw new SdpRefused("what is in force differs")
    }
  }

  return { connectionClass: SealedConnection, attachments: { idOf: (end) => ids.get(end) } }
}

function harden(description: RTCSessionDescriptionInit): RTCSessionDescriptionInit {
  return description.sdp === undefined ? description : { type: description.type, sdp: hardenSdp(description.sdp) }
}
