import type { Page } from "../../../test/support/browsers.ts"

/** Louder than what a codec makes of silence. */
const audible = 0.01

/** Puts an ear behind every player of a page in Chromium, before anything plays. */
export async function putEar(page: Page): Promise<void> {
  await page.evaluate(listening)
}

/** Milliseconds from the first tap to the first audible sample that a player was given. @throws Error after 20 s */
export async function tapToSound(page: Page): Promise<number> {
  const ms = await page.evaluate<number | null>(`new Promise((resolve) => {
    const end = performance.now() + 20000
    const look = () => {
      if (ear.heardAt !== undefined) resolve(ear.heardAt - ear.tappedAt)
      else if (performance.now() > end) resolve(null)
      else setTimeout(look, 20)
    }
    look()
  })`)
  if (ms === null) throw new Error("A listener heard nothing for 20 s.")
  return ms
}

// Samples as the decoder gives them, ten milliseconds at a time: an AudioContext would add its own start to the time.
const listening = `{
  globalThis.ear = { tappedAt: undefined, heardAt: undefined }
  addEventListener("click", ({ timeStamp }) => { ear.tappedAt ??= timeStamp }, { capture: true })
  const tapped = new WeakSet()
  const listen = async (track) => {
    if (tapped.has(track)) return
    tapped.add(track)
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader()
    for (let read = await reader.read(); !read.done && ear.heardAt === undefined; read = await reader.read()) {
      const samples = new Float32Array(read.value.numberOfFrames)
      read.value.copyTo(samples, { planeIndex: 0, format: "f32-planar" })
      read.value.close()
      if (samples.some((sample) => Math.abs(sample) > ${audible})) ear.heardAt = performance.now()
    }
    await reader.cancel()
  }
  const { set, get, ...rest } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject")
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    ...rest,
    get,
    set(stream) {
      set.call(this, stream)
      for (const track of stream?.getAudioTracks() ?? []) void listen(track)
    },
  })
}`
