import {
  DisconnectReason as Reason,
  LogLevel,
  Room,
  RoomEvent,
  setLogLevel,
  Track,
  type RoomOptions,
} from "livekit-client"
import type { Bytes } from "#crypto/base/bytes"
import type { MediaToPage, PageToMedia } from "../media/messages.ts"
import { createCapture } from "./capture.ts"
import { createDataLine } from "./data-line.ts"
import { createMediaLink } from "./media-link.ts"
import { createPlayback } from "./playback.ts"
import { createRemotes } from "./remotes.ts"
import { createMeter } from "./meter.ts"
import { opusBitrate } from "./sdp.ts"
import { sealedConnectionClass } from "./sealed-connection.ts"
import { SfuError, type DisconnectReason, type Sfu, type SfuEvent } from "./sfu.ts"
import { createSilence } from "./silence.ts"

export interface SfuOptions {
  readonly mediaWorker: Worker
  readonly onEvent: (event: SfuEvent) => void
}

const connectMs = 15_000
const voicesMs = 200
/** Signalling may be away as long as a member waits for a Head; media goes on meanwhile. */
const reconnectMs = 100_000

const roomOptions: RoomOptions = {
  // one connection for both ways loses transforms in Firefox and, now and then, in Chromium
  singlePeerConnection: false,
  adaptiveStream: false,
  dynacast: false,
  // ours is the silent track, used again after each reconnection
  stopLocalTrackOnUnpublish: false,
  reconnectPolicy: {
    nextRetryDelayInMs: ({ retryCount, elapsedMs }) =>
      elapsedMs > reconnectMs ? null : ([0, 200, 400, 800][retryCount] ?? 1000),
  },
}

const publishOptions = {
  source: Track.Source.Microphone,
  // silence must have the size and rhythm of speech
  dtx: false,
  // the SFU would take redundant packets apart, and a transform sees them as one frame
  red: false,
  forceStereo: false,
  audioPreset: { maxBitrate: opusBitrate },
}

// Chromium sends nothing at all, rather than clear packets, when a transform is missing. Our own list of no STUN server
// keeps LiveKit's (Google's, Twilio's) from being asked.
const rtcConfig: RTCConfiguration & { encodedInsertableStreams: true } = {
  iceServers: [],
  encodedInsertableStreams: true,
}

/**
 * The only file that knows livekit-client. Once for the life of a page: it replaces RTCPeerConnection.
 * @throws SfuError `browser-too-old`: without RTCRtpScriptTransform nothing could be sealed, and browsers would send in clear.
 */
export function createSfu({ mediaWorker, onEvent }: SfuOptions): Sfu {
  if (typeof RTCRtpScriptTransform === "undefined") throw new SfuError("browser-too-old")
  setLogLevel(LogLevel.silent)

  const silence = createSilence()
  const meter = createMeter(silence.context)
  const playback = createPlayback(silence.track, (blocked) => {
    onEvent({ kind: "sound", blocked })
  })
  const remotes = createRemotes(playback)
  const data = createDataLine({
    checkpoint(source, bytes) {
      mediaWorker.postMessage({ kind: "checkpoint", source, bytes } satisfies PageToMedia)
    },
    notice(bytes) {
      onEvent({ kind: "notice", bytes })
    },
    now: () => performance.now(),
  })
  const hear = (message: MediaToPage): void => {
    if (message.kind === "checkpoint") send(message.bytes)
    else remotes.hear(message)
  }
  const link = createMediaLink(mediaWorker, hear)
  const capture = createCapture(link, silence.track, {
    sending(state) {
      onEvent({ kind: "sending", state })
    },
    leakSuspected() {
      onEvent({ kind: "leak-suspected" })
      void unpublish()
    },
    sourceEnded() {
      onEvent({ kind: "source-ended" })
    },
  })

  let room: Room | undefined
  let joining: Room | undefined
  const sdp = { refused: false }

  const { connectionClass, attachments } = sealedConnectionClass(RTCPeerConnection, mediaWorker, {
    sender: capture.add,
    receiver() {
      // heard of again, with its life, by TrackSubscribed
    },
    refused() {
      sdp.refused = true
      void end("sdp-refused")
    },
  })
  globalThis.RTCPeerConnection = connectionClass

  /** To all, in order. What goes out while nothing is connected is lost: the next checkpoint comes in half a second. */
  function send(bytes: Bytes): void {
    void room?.localParticipant.publishData(bytes, { reliable: true }).catch(() => undefined)
  }

  let voicesTimer: ReturnType<typeof setInterval> | undefined

  async function tellVoices(): Promise<void> {
    onEvent({ kind: "voices", voices: await remotes.voices(), mine: meter.level() })
  }

  /** Ends a room that was connected; its own later events find it gone. */
  async function end(reason: DisconnectReason): Promise<void> {
    await joining?.disconnect(false).catch(() => undefined)
    const ending = room
    if (ending === undefined) return
    room = undefined
    clearInterval(voicesTimer)
    remotes.clear()
    await capture.stop()
    await ending.disconnect(false).catch(() => undefined)
    onEvent({ kind: "disconnected", reason })
  }

  function listen(to: Room): void {
    const state = (state: "connected" | "reconnecting") => () => {
      if (room === to) onEvent({ kind: "state", state })
    }
    to.on(RoomEvent.SignalReconnecting, state("reconnecting"))
      .on(RoomEvent.Reconnecting, state("reconnecting"))
      .on(RoomEvent.Reconnected, state("connected"))
      .on(RoomEvent.Disconnected, (reason) => {
        if (room === to) void end(reasons.get(reason) ?? "sfu-unreachable")
      })
      .on(RoomEvent.TrackSubscribed, ({ receiver }) => {
        const id = receiver && attachments.idOf(receiver)
        if (receiver !== undefined && id !== undefined) remotes.add(id, receiver)
      })
      .on(RoomEvent.DataReceived, (bytes, participant) => {
        data.take(participant?.identity ?? "", bytes)
      })
      .on(RoomEvent.TrackUnsubscribed, ({ receiver }) => {
        const id = receiver && attachments.idOf(receiver)
        if (id !== undefined) remotes.remove(id)
      })
  }

  const whyFailed = (): "sdp-refused" | "sfu-unreachable" => (sdp.refused ? "sdp-refused" : "sfu-unreachable")

  async function connect(url: string, token: string): Promise<void> {
    await end("left")
    onEvent({ kind: "state", state: "connecting" })
    // Chromium forgets transforms made before the worker's script ran
    if (!(await link.ready())) throw new SfuError("sfu-unreachable")
    const connecting = new Room(roomOptions)
    sdp.refused = false
    joining = connecting
    listen(connecting)
    const timer = setTimeout(() => void connecting.disconnect(false), connectMs)
    try {
      await connecting.connect(url, token, {
        rtcConfig,
        autoSubscribe: true,
        maxRetries: 1,
        websocketTimeout: 8000,
        peerConnectionTimeout: 12_000,
      })
    } catch {
      remotes.clear()
      throw new SfuError(whyFailed())
    } finally {
      clearTimeout(timer)
      joining = undefined
    }
    room = connecting
    voicesTimer = setInterval(() => void tellVoices().catch(() => undefined), voicesMs)
    onEvent({ kind: "state", state: "connected" })
  }

  async function publish(): Promise<void> {
    if (room === undefined) throw new SfuError("not-connected")
    try {
      await room.localParticipant.publishTrack(silence.track, publishOptions)
    } catch {
      throw new SfuError(whyFailed())
    }
  }

  async function unpublish(): Promise<void> {
    await capture.stop()
    await room?.localParticipant.unpublishTrack(silence.track, false)
  }

  return {
    prepareSound() {
      silence.start()
      playback.prepare()
    },
    playSound() {
      silence.start()
      return playback.play()
    },
    connect,
    publish,
    unpublish,
    async setSource(track) {
      meter.watch(track)
      await capture.setSource(track)
    },
    sendNotice: send,
    disconnect: () => end("left"),
  }
}

const reasons: ReadonlyMap<Reason | undefined, DisconnectReason> = new Map([
  [Reason.DUPLICATE_IDENTITY, "replaced"],
  [Reason.PARTICIPANT_REMOVED, "removed"],
  [Reason.ROOM_DELETED, "room-closed"],
  [Reason.ROOM_CLOSED, "room-closed"],
  [Reason.SERVER_SHUTDOWN, "shutdown"],
])
