import { createHmac, randomUUID } from "node:crypto"

/** An SFU of the auditor's own: the controls talk over it. */
export interface OwnSfu {
  /** ws://HOST:PORT */
  readonly url: string
  readonly apiKey: string
  readonly apiSecret: string
}

export interface Grant {
  readonly room: string
  readonly publish: boolean
}

/** A LiveKit access token (JWT, HS256), good for a minute. */
export function joinToken(sfu: OwnSfu, { room, publish }: Grant): string {
  const video = {
    roomJoin: true,
    room,
    canPublish: publish,
    canPublishData: false,
    canSubscribe: true,
    hidden: !publish,
  }
  return sign(sfu, { sub: randomUUID(), video })
}

/** Makes a room: embedded servers make none by themselves. */
export async function createRoom(sfu: OwnSfu, room: string): Promise<void> {
  const url = new URL("/twirp/livekit.RoomService/CreateRoom", sfu.url.replace(/^ws/, "http"))
  const token = sign(sfu, { sub: "auditor", video: { roomCreate: true } })
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: room, empty_timeout: 60, departure_timeout: 5 }),
  })
  if (!response.ok) throw new Error(`the media server refused to make a room (${response.status})`)
}

function sign({ apiKey, apiSecret }: OwnSfu, claims: object): string {
  const now = Math.floor(Date.now() / 1000)
  const parts = [
    { alg: "HS256", typ: "JWT" },
    { iss: apiKey, nbf: now - 5, exp: now + 60, ...claims },
  ]
  const body = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")
  return `${body}.${createHmac("sha256", apiSecret).update(body).digest("base64url")}`
}
