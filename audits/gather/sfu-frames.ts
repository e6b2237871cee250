import { RTCPeerConnection, RTCRtpCodecParameters, RTCSessionDescription, type RtpPacket } from "werift"
import type { Packet } from "../evidence.ts"
import { joinAddress, openSignal, type Signal } from "./signal.ts"

export interface SubscribeOptions {
  /** ws(s)://HOST of the media server, or the address of a `/rtc` connection. */
  readonly url: string
  readonly token: string
  /** Called for each RTP packet as it arrives; `track` is the media server's id of the track. */
  readonly onPacket: (packet: Packet, track: string) => void
}

export interface Subscription {
  /** Tracks the media server has sent packets of so far. */
  readonly tracks: () => readonly string[]
  readonly close: () => Promise<void>
}

/**
 * Joins a room of a LiveKit server as a subscriber that holds no key, and hands over what it forwards. One peer
 * connection, opened by the server's offer; every audio track of the room is taken.
 * @throws if the server does not let us in.
 */
export async function subscribe({ url, token, onPacket }: SubscribeOptions): Promise<Subscription> {
  const peer = new RTCPeerConnection({
    iceServers: [],
    // A server on loopback is reached from a loopback candidate only.
    iceAdditionalHostAddresses: ["127.0.0.1"],
    codecs: { audio: [new RTCRtpCodecParameters({ mimeType: "audio/opus", clockRate: 48_000, channels: 2 })] },
  })
  const tracks = new Set<string>()
  // Not peer.ontrack: when a sender leaves, the next one takes over its place in the description, and that event comes
  // with the old track again.
  peer.onTransceiverAdded.subscribe(({ onTrack }) => {
    onTrack.subscribe((track) => {
      const name = track.id ?? track.uuid
      track.onReceiveRtp.subscribe((rtp) => {
        tracks.add(name)
        onPacket(observed(rtp), name)
      })
    })
  })
  try {
    const signal = await connect(peer, joinAddress(url, token))
    return {
      tracks: () => [...tracks],
      close: async () => {
        signal.leave()
        await peer.close()
      },
    }
  } catch (error) {
    await peer.close()
    throw error
  }
}

function connect(peer: RTCPeerConnection, address: string): Promise<Signal> {
  // Offers and candidates are worked off one after the other: an answer needs its own offer.
  let work = Promise.resolve()
  const inOrder = (step: () => Promise<void>) => {
    work = work.then(step).catch(ignore)
  }
  const answer = async (sdp: string) => {
    await peer.setRemoteDescription(new RTCSessionDescription(sdp, "offer"))
    const local = await peer.createAnswer()
    await peer.setLocalDescription(local)
    const signal = await joined
    signal.answer(peer.localDescription?.sdp ?? local.sdp)
  }
  const joined: Promise<Signal> = openSignal(address, {
    onOffer: (sdp) => inOrder(() => answer(sdp)),
    onCandidate: (candidate) => inOrder(() => peer.addIceCandidate(candidate)),
  })
  peer.onIceCandidate.subscribe((candidate) => {
    // Not behind the server's candidates: taking those in ends only when ours have arrived there.
    if (candidate !== undefined) joined.then((signal) => signal.candidate(candidate.toJSON()), ignore)
  })
  return joined
}

function ignore(): void {
  // A candidate that does not fit is not fatal; a failed join is reported by the promise of the join.
}

function observed(rtp: RtpPacket): Packet {
  const { ssrc, sequenceNumber, timestamp, extensions } = rtp.header
  return {
    at: performance.timeOrigin + performance.now(),
    ssrc,
    sequence: sequenceNumber,
    timestamp,
    extensions: extensions.map(({ id, payload }) => ({ id, bytes: new Uint8Array(payload) })),
    payload: new Uint8Array(rtp.payload),
  }
}
