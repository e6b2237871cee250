/** Page → worker, with a port for the answer. */
export interface RoundWish {
  readonly frames: number
}

/** What one round took. */
export interface Round {
  readonly sealMs: number
  readonly openMs: number
  /** Bytes by which sealed frames were longer than what was sealed: each value once. */
  readonly added: readonly number[]
}

/** One packet of 20 ms at 24 kbit/s, as both workers see it (RTCEncodedAudioFrame). */
export interface TimedFrame {
  data: ArrayBuffer
  readonly timestamp: number
  getMetadata(): { readonly synchronizationSource: number; readonly payloadType: number }
}

/** The two ends of an encoded transform. */
export interface Ends {
  readonly readable: ReadableStream<TimedFrame>
  readonly writable: WritableStream<TimedFrame>
}

/** A worker's own way through: reads frames from one end and writes what becomes of them to the other. */
export interface Subject {
  /** Bytes that are sealed for each packet. */
  readonly sealedBytes: number
  seal(ends: Ends): Promise<void> | void
  open(ends: Ends): Promise<void> | void
}

const packetBytes = 60
const metadata = { synchronizationSource: 1, payloadType: 111 }
let timestamp = 0

function packet(): TimedFrame {
  timestamp += 960
  const data = Uint8Array.from({ length: packetBytes }, (_, i) => (i * 7 + timestamp) & 255)
  return { data: data.buffer, timestamp, getMetadata: () => metadata }
}

/** Answers every wish of the page with a round of this subject. */
export function serveRounds(subject: Subject | Promise<Subject>): void {
  addEventListener("message", ({ data, ports: [port] }: MessageEvent<RoundWish>) => {
    if (port === undefined) return
    timedRound(data, subject).then(
      (round) => port.postMessage(round),
      (error: unknown) => port.postMessage({ failed: String(error) }),
    )
  })
}

async function timedRound({ frames }: RoundWish, promised: Subject | Promise<Subject>): Promise<Round> {
  const subject = await promised
  const packets = Array.from({ length: frames }, packet)
  const before = packets.map(({ data }) => data.slice(0))
  const sealed = await through(packets, (ends) => subject.seal(ends))
  const added = new Set(sealed.frames.map(({ data }) => data.byteLength - subject.sealedBytes))
  const opened = await through(sealed.frames, (ends) => subject.open(ends))
  for (const [i, { data }] of opened.frames.entries())
    if (!same(data, before[i])) throw new Error("A frame came out as another one.")
  return { sealMs: sealed.ms, openMs: opened.ms, added: [...added] }
}

/** Sends a burst of frames and waits for the last. @throws Error if one was dropped */
async function through(
  frames: readonly TimedFrame[],
  attach: (ends: Ends) => Promise<void> | void,
): Promise<{ readonly ms: number; readonly frames: readonly TimedFrame[] }> {
  let source: ReadableStreamDefaultController<TimedFrame> | undefined
  const readable = new ReadableStream<TimedFrame>({
    start(controller) {
      source = controller
    },
  })
  const out: TimedFrame[] = []
  const { promise: ended, resolve: end } = Promise.withResolvers<undefined>()
  const writable = new WritableStream<TimedFrame>({
    write(frame) {
      out.push(frame)
    },
    close() {
      end(undefined)
    },
  })
  await attach({ readable, writable })
  await new Promise((resolve) => setTimeout(resolve, 0))
  const from = performance.now()
  for (const frame of frames) source?.enqueue(frame)
  source?.close()
  await ended
  const ms = performance.now() - from
  if (out.length !== frames.length) throw new Error(`Of ${frames.length} frames ${out.length} came out.`)
  return { ms, frames: out }
}

function same(a: ArrayBuffer, b: ArrayBuffer | undefined): boolean {
  const [left, right] = [new Uint8Array(a), new Uint8Array(b ?? new ArrayBuffer(0))]
  return left.length === right.length && left.every((byte, i) => byte === right[i])
}
