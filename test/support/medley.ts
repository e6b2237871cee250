import { readFile, rename, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readWav } from "./hearing.ts"
import { hearingRate, type Sound } from "./log-mel.ts"
import type { Speech } from "./speech.ts"

/** Pieces of several speeches one after the other. */
export interface Medley {
  /** In the shape of its speeches. */
  readonly wav: string
  /** What is said in it, in order, for comparison. */
  readonly parts: ReadonlyMap<Speech["name"], Sound>
}

const bytesPerSecond = 96_000
const headerBytes = 44

/** Takes so many seconds of each speech (48 kHz, mono, 16 bits), from one of its seconds on. */
export async function medley(speeches: readonly Speech[], from: number, secondsEach: number): Promise<Medley> {
  const pieces = await Promise.all(
    speeches.map(async ({ wav }) => {
      const file = await readFile(wav)
      const start = file.indexOf("data", 12, "latin1") + 8 + from * bytesPerSecond
      return file.subarray(start, start + secondsEach * bytesPerSecond)
    }),
  )
  const names = speeches.map(({ name }) => name).join("+")
  const wav = join(tmpdir(), `sottovoce-${names}-${from.toString()}-${secondsEach.toString()}.wav`)
  // a private name first: a browser of another run may be reading it
  const unfinished = `${wav}.${process.pid.toString()}`
  await writeFile(unfinished, withHeader(Buffer.concat(pieces)))
  await rename(unfinished, wav)
  const parts = new Map<Speech["name"], Sound>()
  for (const { name, wav: whole } of speeches)
    parts.set(name, (await readWav(whole)).subarray(from * hearingRate, (from + secondsEach) * hearingRate))
  return { wav, parts }
}

function withHeader(samples: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.write("RIFF", 0)
  header.writeUInt32LE(samples.length + headerBytes - 8, 4)
  header.write("WAVEfmt ", 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(48_000, 24)
  header.writeUInt32LE(bytesPerSecond, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write("data", 36)
  header.writeUInt32LE(samples.length, 40)
  return Buffer.concat([header, samples])
}
