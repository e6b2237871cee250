import { AccessToken, RoomServiceClient, TokenVerifier, TrackSource, ServerError } from "livekit-server-sdk"
import type { Config } from "../config.ts"
import { never, permissions } from "./grants.ts"
import type { Sfu, SfuRole } from "./sfu.ts"

/** Seconds in which a token must be used. */
const tokenLifetimeS = 60
/** Seconds a room outlives its last participant: a host's reload, an SFU reconnect. */
const emptyRoomS = 600
const requestTimeoutS = 5

/** LiveKit: the only file that knows its server SDK. */
export function liveKit({ url, apiKey, apiSecret }: Config["sfu"]): Sfu {
  const api = new RoomServiceClient(url.replace(/^ws/, "http"), apiKey, apiSecret, { requestTimeout: requestTimeoutS })
  const verifier = new TokenVerifier(apiKey, apiSecret)
  return {
    async openRoom(name) {
      await api.createRoom({ name, emptyTimeout: emptyRoomS, departureTimeout: emptyRoomS })
    },
    async closeRoom(room) {
      await unlessGone(api.deleteRoom(room))
    },
    async token(room, identity, role) {
      const token = new AccessToken(apiKey, apiSecret, { identity, ttl: tokenLifetimeS })
      token.addGrant({ ...never, ...permissionOf(role), roomJoin: true, room })
      return token.toJwt()
    },
    async read(token) {
      try {
        const { sub, video } = await verifier.verify(token)
        return sub === undefined
          ? undefined
          : { identity: sub, role: video?.canPublish === true ? "stage" : "audience" }
      } catch {
        return undefined
      }
    },
    async setRole(room, identity, role) {
      await api.updateParticipant(room, identity, { permission: permissionOf(role) })
    },
    async remove(room, identity) {
      await unlessGone(api.removeParticipant(room, identity))
    },
  }
}

function permissionOf(role: SfuRole) {
  const sources = { microphone: TrackSource.MICROPHONE }
  const { canPublishSources, ...rest } = permissions[role]
  return { ...rest, canPublishSources: canPublishSources.map((source) => sources[source]) }
}

/** Whoever is not there any more needs no removing. */
async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof ServerError && error.code === "not_found")) throw error
  }
}
