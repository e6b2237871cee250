const rate = 48_000

/**
 * A WAV file (48 kHz, mono, 16 bit) of speech-like sound: voiced syllables of changing pitch and vowel, in phrases with
 * pauses between them. Opus gives it the spread of sizes that speech has. The same seed gives the same bytes.
 */
export function speechLikeWav(seconds: number, seed: number): Buffer {
  const random = generator(seed)
  const samples = new Float64Array(seconds * rate)
  let at = 0
  while (at < samples.length) {
    const syllables = 4 + Math.floor(random() * 10)
    for (let i = 0; i < syllables; i++) at = addSyllable(samples, at, random)
    at += Math.floor((0.4 + random() * 1.6) * rate)
  }
  return wav(samples)
}

const vowels: readonly (readonly [number, number, number])[] = [
  [730, 1090, 2440],
  [270, 2290, 3010],
  [300, 870, 2240],
  [530, 1840, 2480],
  [570, 840, 2410],
]

function addSyllable(samples: Float64Array, start: number, random: () => number): number {
  const length = Math.floor((0.09 + random() * 0.16) * rate)
  const pitch = 90 + random() * 120
  const formants = vowels[Math.floor(random() * vowels.length)] ?? [500, 1500, 2500]
  const hiss = random() < 0.3
  for (let i = 0; i < length && start + i < samples.length; i++) {
    const t = i / rate
    let value = 0
    for (let h = 1; h * pitch < 4000 && !hiss; h++) {
      const frequency = h * pitch
      const gain = formants.reduce((sum, formant) => sum + 1 / (1 + ((frequency - formant) / 110) ** 2), 0)
      value += (gain / Math.sqrt(h)) * Math.sin(2 * Math.PI * frequency * t)
    }
    if (hiss) value = (random() - 0.5) * 1.2
    samples[start + i] = value * Math.sin((Math.PI * i) / length) * 0.25
  }
  return start + length
}

function wav(samples: Float64Array): Buffer {
  const file = Buffer.alloc(44 + samples.length * 2)
  file.write("RIFF", 0)
  file.writeUInt32LE(file.length - 8, 4)
  file.write("WAVEfmt ", 8)
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(rate, 24)
  file.writeUInt32LE(rate * 2, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write("data", 36)
  file.writeUInt32LE(samples.length * 2, 40)
  samples.forEach((value, i) => {
    file.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32_000), 44 + i * 2)
  })
  return file
}

/** Mulberry32: small, seeded, good enough for sound. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
