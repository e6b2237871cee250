import { LogLevel, Room, RoomEvent, setLogLevel, Track, type RemoteTrack } from "livekit-client"
import { openMicrophone } from "../../../web/rtc/devices.ts"

// What the product is compared with: the same media server, the same sound, nothing encrypted. The token is here before
// the tap, so that this page has less to do than any real one. The bench calls from outside.

export interface Admission {
  readonly url: string
  readonly token: string
}

setLogLevel(LogLevel.silent)
const button = document.querySelector("button")
const room = new Room({ singlePeerConnection: false, adaptiveStream: false, dynacast: false })
const connect = ({ url, token }: Admission): Promise<void> =>
  room.connect(url, token, { rtcConfig: { iceServers: [] }, autoSubscribe: true })

const clearJoin = {
  /** From now on a tap on the button joins and plays. */
  prepare(admission: Admission): void {
    button?.addEventListener("click", () => {
      const player = document.createElement("audio")
      player.autoplay = true
      document.body.append(player)
      room.on(RoomEvent.TrackSubscribed, ({ mediaStreamTrack }: RemoteTrack) => {
        player.srcObject = new MediaStream([mediaStreamTrack])
        void player.play()
      })
      void connect(admission)
    })
    button?.removeAttribute("disabled")
  },
  async speak(admission: Admission): Promise<void> {
    await connect(admission)
    await room.localParticipant.publishTrack(await openMicrophone(), {
      source: Track.Source.Microphone,
      dtx: false,
      red: false,
      forceStereo: false,
      audioPreset: { maxBitrate: 24_000 },
    })
  },
  leave: (): Promise<void> => room.disconnect(),
}

export type ClearJoin = typeof clearJoin

Object.assign(globalThis, { clearJoin })
