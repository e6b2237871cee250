import { randomUUID } from "node:crypto"
import { AccessToken, RoomServiceClient, TrackSource } from "livekit-server-sdk"
import { sfuBinary } from "../../tools/lib/sfu-build.mjs"
import { startSfu } from "../../tools/lib/sfu-run.mjs"

export interface TestSfu {
  /** ws://127.0.0.1:PORT */
  readonly url: string
  readonly apiKey: string
  readonly apiSecret: string
  /** A room of its own. */
  room(): Promise<TestRoom>
  stop(): Promise<void>
}

export interface TestRoom {
  readonly name: string
  /** A token for one more participant, with the grants that the product gives. */
  token(role: "speaker" | "listener"): Promise<string>
  readonly rooms: RoomServiceClient
}

/** A real SFU on loopback, as the product starts it. */
export async function startTestSfu(): Promise<TestSfu> {
  const sfu = await startSfu({ binary: await sfuBinary() })
  const { url, apiKey, apiSecret } = sfu
  const rooms = new RoomServiceClient(url.replace("ws:", "http:"), apiKey, apiSecret)
  return {
    url,
    apiKey,
    apiSecret,
    async room() {
      const name = randomUUID()
      await rooms.createRoom({ name, emptyTimeout: 60 })
      return {
        name,
        rooms,
        token(role) {
          const speaker = role === "speaker"
          const token = new AccessToken(apiKey, apiSecret, { identity: randomUUID(), ttl: 60 })
          token.addGrant({
            room: name,
            roomJoin: true,
            canSubscribe: true,
            canPublish: speaker,
            canPublishSources: speaker ? [TrackSource.MICROPHONE] : [],
            canPublishData: speaker,
            canUpdateOwnMetadata: false,
            hidden: !speaker,
          })
          return token.toJwt()
        },
      }
    },
    stop: sfu.stop,
  }
}
