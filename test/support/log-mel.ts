/** Mono samples at 16 kHz. */
export type Sound = Float32Array

export const hearingRate = 16_000

/** 100 frames a second, 32 bands from 100 Hz to 6 kHz, natural logarithm of the energy, each band's mean taken off. */
export interface Frames {
  readonly count: number
  /** `bands` values a frame, one frame after the other. */
  readonly values: Float32Array
}

export const bands = 32

const size = 512
const window = 400
const hop = hearingRate / 100
/** About −60 dB: what is quieter is silence, whatever noise the codec makes of it. */
const floor = 1e-2

const hann = Float32Array.from({ length: window }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / window))
const filters = melFilters()

export function logMel(sound: Sound): Frames {
  const count = Math.max(0, Math.floor((sound.length - window) / hop) + 1)
  const values = new Float32Array(count * bands)
  const re = new Float32Array(size)
  const im = new Float32Array(size)
  for (let frame = 0; frame < count; frame++) {
    re.fill(0)
    im.fill(0)
    for (let i = 0; i < window; i++) re[i] = (sound[frame * hop + i] ?? 0) * (hann[i] ?? 0)
    fft(re, im)
    for (const [band, filter] of filters.entries())
      values[frame * bands + band] = Math.log(floor + energy(filter, re, im))
  }
  for (let band = 0; band < bands; band++) {
    let sum = 0
    for (let frame = 0; frame < count; frame++) sum += values[frame * bands + band] ?? 0
    for (let frame = 0; frame < count; frame++) {
      const place = frame * bands + band
      values[place] = (values[place] ?? 0) - sum / count
    }
  }
  return { count, values }
}

type Filter = readonly { readonly bin: number; readonly weight: number }[]

function energy(filter: Filter, re: Float32Array, im: Float32Array): number {
  let sum = 0
  for (const { bin, weight } of filter) sum += weight * ((re[bin] ?? 0) ** 2 + (im[bin] ?? 0) ** 2)
  return sum
}

function melFilters(): Filter[] {
  const mel = (hertz: number): number => 2595 * Math.log10(1 + hertz / 700)
  const hertz = (mels: number): number => 700 * (10 ** (mels / 2595) - 1)
  const low = mel(100)
  const step = (mel(6000) - low) / (bands + 1)
  const edge = (place: number): number => (hertz(low + place * step) * size) / hearingRate
  return Array.from({ length: bands }, (_, band) => {
    const [from, peak, to] = [edge(band), edge(band + 1), edge(band + 2)]
    const filter: { bin: number; weight: number }[] = []
    for (let bin = Math.ceil(from); bin < to; bin++) {
      const weight = bin < peak ? (bin - from) / (peak - from) : (to - bin) / (to - peak)
      if (weight > 0) filter.push({ bin, weight })
    }
    // the lowest bands are narrower than a bin
    return filter.length > 0 ? filter : [{ bin: Math.round(peak), weight: 1 }]
  })
}

/** In place, radix 2 (Cooley and Tukey). */
export function fft(re: Float32Array, im: Float32Array): void {
  const n = re.length
  const swap = (array: Float32Array, i: number, j: number): void => {
    const kept = array[i] ?? 0
    array[i] = array[j] ?? 0
    array[j] = kept
  }
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j) {
      swap(re, i, j)
      swap(im, i, j)
    }
  }
  for (let length = 2; length <= n; length *= 2) {
    const half = length / 2
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / length
      const cos = Math.cos(angle)
      const sin = Math.sin(angle)
      for (let i = k; i < n; i += length) {
        const j = i + half
        const x = (re[j] ?? 0) * cos - (im[j] ?? 0) * sin
        const y = (re[j] ?? 0) * sin + (im[j] ?? 0) * cos
        re[j] = (re[i] ?? 0) - x
        im[j] = (im[i] ?? 0) - y
        re[i] = (re[i] ?? 0) + x
        im[i] = (im[i] ?? 0) + y
      }
    }
  }
}
