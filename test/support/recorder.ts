import { subscribe, type Subscription } from "../../audits/gather/sfu-frames.ts"
import type { Bot } from "./bot.ts"

/** A packet as the media server forwarded it. */
export interface RecordedFrame {
  /** Arrival, ms of this process's monotonic clock. */
  readonly at: number
  readonly track: string
  readonly ssrc: number
  readonly sequence: number
  /** The sender's clock, 48 kHz. */
  readonly timestamp: number
  readonly payload: Uint8Array
}

const opusRate = 48
const patienceMs = 60_000
const firstMs = 15_000

/** A subscriber with the media server's token of a seat, and no key: it keeps all it is sent. */
export class Recorder {
  /** Sealed frames in the order of their arrival, each once. */
  readonly frames: RecordedFrame[] = []
  /** How often the media server filled a gap with its own silence. */
  serverSilence = 0
  readonly #known = new Set<string>()
  readonly #waiting = new Set<() => void>()
  #subscription: Subscription | undefined

  /**
   * Takes a seat's token straight to the media server, so that it hears on while the key service is away.
   * @throws Error if either refuses
   */
  static async with(bot: Bot, sfuUrl: string): Promise<Recorder> {
    const recorder = new Recorder()
    // On a busy machine a first connection may come to nothing.
    for (let left = 2; ; left--) {
      await recorder.#subscribe(bot, sfuUrl)
      const heard = await recorder.until(() => recorder.frames.length > 0, "a first frame", firstMs).catch(() => false)
      if (heard || left === 0) return recorder
      await recorder.close()
    }
  }

  async #subscribe(bot: Bot, sfuUrl: string): Promise<void> {
    const reply = await bot.command({ kind: "sfu-token" })
    if (reply.kind !== "sfu") throw new Error(`There is no token: ${JSON.stringify(reply)}.`)
    this.#subscription = await subscribe({
      url: sfuUrl,
      token: reply.token,
      onPacket: ({ ssrc, sequence, timestamp, payload }, track) =>
        this.#take({ at: performance.now(), track, ssrc, sequence, timestamp, payload }),
    })
  }

  /** Resolves once so many more frames have come. @throws Error if they do not come within a minute */
  async more(count: number): Promise<RecordedFrame[]> {
    const from = this.frames.length
    await this.until(() => this.frames.length >= from + count, `${count.toString()} more frames`)
    return this.frames.slice(from)
  }

  /** Resolves once it holds; looked at with each frame. */
  async until(holds: () => boolean, what: string, withinMs = patienceMs): Promise<true> {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!holds()) return
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(look)
        reject(new Error(`In vain: ${what}; ${this.frames.length.toString()} frames in all.`))
      }, withinMs)
      this.#waiting.add(look)
      look()
    })
    return true
  }

  /**
   * When frames were sealed, on this process's clock: the sender's clock, set by the quickest frame of its track that
   * arrived since `from`. What a track stood still before that does not count.
   */
  sealedAt(from: number): (frame: RecordedFrame) => number {
    const offsets = new Map<string, number>()
    const place = ({ track, ssrc }: RecordedFrame): string => `${track}/${ssrc.toString()}`
    for (const frame of this.frames.filter(({ at }) => at >= from)) {
      const offset = frame.at - frame.timestamp / opusRate
      offsets.set(place(frame), Math.min(offset, offsets.get(place(frame)) ?? Infinity))
    }
    return (frame) => frame.timestamp / opusRate + (offsets.get(place(frame)) ?? 0)
  }

  async close(): Promise<void> {
    await this.#subscription?.close()
  }

  #take(frame: RecordedFrame): void {
    if (isServerSilence(frame.payload)) this.serverSilence++
    else {
      const { ssrc, sequence, timestamp } = frame
      const packet = [ssrc, sequence, timestamp].join("/")
      if (this.#known.has(packet)) return
      this.#known.add(packet)
      this.frames.push(frame)
    }
    for (const look of [...this.#waiting]) look()
  }
}

/** LiveKit's own Opus silence at the end of a track: 80 bytes of its making, whatever the track carried. */
function isServerSilence(payload: Uint8Array): boolean {
  const [first, second, third, ...rest] = payload
  const opens = first === 0xf8 && second === 0xff && third === 0xfe
  return payload.length === 80 && opens && rest.every((byte) => byte === 0)
}
