import { readFile } from "node:fs/promises"
import type { Page } from "./browsers.ts"
import { bands, hearingRate, logMel, type Frames, type Sound } from "./log-mel.ts"

/** What tells the same speech from other speech: of the first 1 s pieces gave 0.90 and more, of the second 0.63 at most. */
export const sameSpeech = 0.7

const pieceSeconds = 1
const audible = 0.01

/**
 * How far `heard` is part of `said`, −1…1: the upper quartile over its audible pieces of 1 s of the greatest normalised
 * cross-correlation of their log-mel frames at any place of `said`. Pieces, because a receiver's jitter buffer stretches
 * and shortens what it plays; the upper quartile, because a busy machine leaves gaps. 0 if nothing was audible.
 */
export function likeness(said: Sound, heard: Sound): number {
  const reference = logMel(said)
  const length = pieceSeconds * hearingRate
  const found: number[] = []
  for (let start = 0; start + length <= heard.length; start += length / 2) {
    const piece = heard.subarray(start, start + length)
    if (loudness(piece) >= audible) found.push(bestPlace(reference, logMel(piece)))
  }
  found.sort((a, b) => a - b)
  return found[Math.floor(0.75 * (found.length - 1))] ?? 0
}

function bestPlace(reference: Frames, part: Frames): number {
  let best = -1
  for (let lag = 0; lag <= reference.count - part.count; lag++) best = Math.max(best, correlation(reference, part, lag))
  return best
}

function correlation(reference: Frames, part: Frames, lag: number): number {
  const start = lag * bands
  let sumA = 0
  let sumB = 0
  let ab = 0
  let aa = 0
  let bb = 0
  for (let i = 0; i < part.values.length; i++) {
    const a = reference.values[start + i] ?? 0
    const b = part.values[i] ?? 0
    sumA += a
    sumB += b
    ab += a * b
    aa += a * a
    bb += b * b
  }
  const count = part.values.length
  const varianceA = aa - (sumA * sumA) / count
  const varianceB = bb - (sumB * sumB) / count
  return varianceA <= 0 || varianceB <= 0 ? 0 : (ab - (sumA * sumB) / count) / Math.sqrt(varianceA * varianceB)
}

/** Root mean square, 0…1. */
export function loudness(sound: Sound): number {
  let sum = 0
  for (const sample of sound) sum += sample * sample
  return Math.sqrt(sum / Math.max(1, sound.length))
}

/** Reads a 16-bit mono WAV. */
export async function readWav(path: string): Promise<Sound> {
  const file = await readFile(path)
  const rate = file.readUInt32LE(24)
  const start = file.indexOf("data", 12, "latin1") + 8
  const samples = new Float32Array((file.length - start) >> 1)
  for (const place of samples.keys()) samples[place] = file.readInt16LE(start + 2 * place) / 32_768
  return resample(samples, rate)
}

/** To 16 kHz: the mean of what falls into each sample is all the filter that log-mel frames up to 6 kHz need. */
export function resample(samples: Float32Array, rate: number): Sound {
  if (rate === hearingRate) return samples
  const step = rate / hearingRate
  const out = new Float32Array(Math.floor(samples.length / step))
  for (const place of out.keys()) {
    const from = Math.floor(place * step)
    const to = Math.max(from + 1, Math.floor((place + 1) * step))
    let sum = 0
    for (let i = from; i < to; i++) sum += samples[i] ?? 0
    out[place] = sum / (to - from)
  }
  return out
}

/**
 * Records what the page's players play for so long, mixed: behind the product's decryption, before the loudspeaker.
 */
export async function hear(page: Page, seconds: number): Promise<Sound> {
  const { rate, base64 } = await page.evaluate<{ rate: number; base64: string }>(recorder(seconds))
  const bytes = Buffer.from(base64, "base64")
  const samples = new Float32Array(bytes.length / 2)
  for (const place of samples.keys()) samples[place] = bytes.readInt16LE(2 * place) / 32_768
  return resample(samples, rate)
}

// MediaRecorder, not an AudioContext: it loses nothing when the machine is busy, and needs no sound card.
const recorder = (seconds: number): string => `(async () => {
  const playing = [...document.querySelectorAll("audio")].filter((player) => player.srcObject && !player.paused && !player.muted)
  // players that wait for a voice share one silent track
  const players = [...new Map(playing.map((player) => [player.srcObject.getAudioTracks()[0]?.id, player])).values()]
  const record = (stream) => new Promise((done) => {
    const parts = []
    const recorder = new MediaRecorder(stream, { audioBitsPerSecond: 96000 })
    recorder.ondataavailable = ({ data }) => parts.push(data)
    recorder.onstop = () => done(new Blob(parts).arrayBuffer())
    recorder.start()
    setTimeout(() => recorder.stop(), ${(1000 * seconds).toString()})
  })
  const files = await Promise.all(players.map((player) => record(player.srcObject)))
  const rate = 48000
  const sounds = await Promise.all(files.map((file) => new OfflineAudioContext(1, 1, rate).decodeAudioData(file)))
  const samples = new Int16Array(Math.max(0, ...sounds.map((sound) => sound.length)))
  for (const sound of sounds) {
    const channel = sound.getChannelData(0)
    for (let i = 0; i < channel.length; i++) samples[i] = Math.max(-32767, Math.min(32767, samples[i] + channel[i] * 32767))
  }
  const bytes = new Uint8Array(samples.buffer)
  let text = ""
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return { rate, base64: btoa(text) }
})()`
