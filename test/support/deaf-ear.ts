import type { Page } from "./browsers.ts"
import { resample } from "./hearing.ts"
import type { Sound } from "./log-mel.ts"

/**
 * What somebody without a key hears who plays the frames as if they were Opus: the browser's own decoder on what the
 * media server forwarded. In Chromium.
 */
export async function playSealed(page: Page, frames: readonly Uint8Array[]): Promise<Sound> {
  const packets = frames.map((frame) => Buffer.from(frame).toString("base64"))
  const base64 = await page.evaluate<string>(decoder(JSON.stringify(packets)))
  const bytes = Buffer.from(base64, "base64")
  const samples = new Float32Array(bytes.length / 2)
  for (const place of samples.keys()) samples[place] = bytes.readInt16LE(2 * place) / 32_768
  return resample(samples, 48_000)
}

// A frame the decoder chokes on closes it; a new one goes on with the next.
const decoder = (packets: string): string => `(async () => {
  const parts = []
  const make = () => {
    const decoder = new AudioDecoder({
      output(data) {
        const samples = new Float32Array(data.numberOfFrames)
        data.copyTo(samples, { planeIndex: 0, format: "f32-planar" })
        data.close()
        parts.push(samples)
      },
      error() {},
    })
    decoder.configure({ codec: "opus", sampleRate: 48000, numberOfChannels: 1 })
    return decoder
  }
  let decoder = make()
  let timestamp = 0
  for (const packet of ${packets}) {
    const data = Uint8Array.from(atob(packet), (character) => character.charCodeAt(0))
    if (decoder.state === "closed") decoder = make()
    decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, data }))
    timestamp += 20000
    await decoder.flush().catch(() => undefined)
  }
  const samples = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) for (const value of part) samples[at++] = Math.max(-1, Math.min(1, value)) * 32767
  const bytes = new Uint8Array(samples.buffer)
  let text = ""
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return btoa(text)
})()`
