import "livekit-client/e2ee-worker"
import { serveRounds, type Ends, type Subject } from "./round.ts"

// LiveKit's own worker, driven by its own messages from inside: the streams need not cross a thread, as in a browser.

const livekit = onmessage as ((event: MessageEvent) => void) | null
const participant = "speaker"

function tell(kind: string, data: unknown): void {
  livekit?.(new MessageEvent("message", { data: { kind, data } }))
}

async function prepare(): Promise<Subject> {
  const secret = crypto.getRandomValues(new Uint8Array(32))
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits", "deriveKey"])
  tell("init", {
    loglevel: "silent",
    keyProviderOptions: {
      sharedKey: true,
      ratchetSalt: "LKFrameEncryptionKey",
      ratchetWindowSize: 0,
      failureTolerance: 10,
      keyringSize: 16,
      keySize: 128,
    },
  })
  tell("enable", { enabled: true, participantIdentity: participant })
  tell("setKey", { participantIdentity: participant, isPublisher: true, key, keyIndex: 0, updateCurrentKeyIndex: true })
  const attach =
    (kind: "encode" | "decode", trackId: string) =>
    ({ readable, writable }: Ends): void =>
      tell(kind, {
        participantIdentity: participant,
        readableStream: readable,
        writableStream: writable,
        trackId,
        hasPacketTrailer: false,
      })
  return { sealedBytes: 60, seal: attach("encode", "out"), open: attach("decode", "in") }
}

serveRounds(prepare())
