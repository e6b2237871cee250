import { writeFile } from "node:fs/promises"

const rate = 48_000
const seconds = 8

/**
 * Writes a WAV that is never silent and never the same: three sweeps over the range of a voice, which no noise
 * suppression takes for noise.
 */
export async function writeSweeps(path: string): Promise<void> {
  const file = Buffer.alloc(44 + 2 * rate * seconds)
  file.write("RIFF", 0)
  file.writeUInt32LE(file.length - 8, 4)
  file.write("WAVEfmt ", 8)
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(rate, 24)
  file.writeUInt32LE(2 * rate, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write("data", 36)
  file.writeUInt32LE(file.length - 44, 40)
  for (let i = 0; i < rate * seconds; i++) {
    const sample = [180, 620, 1400].reduce((sum, base, n) => sum + sweep(i / rate, base, 3 + 2 * n), 0)
    file.writeInt16LE(Math.round(8000 * sample), 44 + 2 * i)
  }
  await writeFile(path, file)
}

/** A tone whose pitch goes up and down by a third, `speed` times a second. */
function sweep(at: number, base: number, speed: number): number {
  return Math.sin(2 * Math.PI * base * at + ((base * 0.3) / speed) * Math.sin(2 * Math.PI * speed * at)) / 3
}
