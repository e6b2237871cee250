import { concat, type Bytes } from "#crypto/base/bytes"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { frameKey } from "#crypto/media/aead"
import { encodeCell } from "#crypto/media/cell"
import { checkpointMessage, headBytes } from "#crypto/media/checkpoint"
import { createCheckpointReceiver, type HeadSeen } from "#crypto/media/checkpoint-receiver"
import { createCheckpointSender, type CheckpointSender } from "#crypto/media/checkpoint-sender"
import type { EpochSecret } from "#crypto/media/epoch-secret"
import { encodeKid } from "#crypto/media/kid"
import { ratchet, sframeBase } from "#crypto/media/key-schedule"
import { createOpener, type Opener } from "#crypto/media/opener"
import { createSealer, type Sealer } from "#crypto/media/sealer"
import type { Trust } from "#crypto/media/standing"
import { createVouching } from "#crypto/media/vouching"
import { epochSecret, packet } from "./frame-room.ts"

/** The seat keys of a stage. */
export const seats = [0, 1, 2, 3].map((index) => {
  const seed = p.random(32)
  return { index, seed, seatPub: p.publicKey(seed) }
})

export function stageSecret(given: Partial<EpochSecret> = {}): EpochSecret {
  return epochSecret({
    indices: [0, 1, 2, 3],
    seats: seats.map(({ index, seatPub }) => ({ index, seatPub })),
    ...given,
  })
}

/** Somebody on air with a seat key: a frame every 20 ms, a checkpoint every 0.5 s. */
export class Speaker {
  readonly sealer: Sealer
  readonly checkpoints: CheckpointSender
  readonly index: number
  head: Bytes = new Uint8Array(headBytes).fill(3)
  /** Whether its keys worker signs. */
  signs = true

  constructor(known: EpochSecret, index: number, seed = seats[index]?.seed ?? p.random(32)) {
    this.index = index
    this.checkpoints = createCheckpointSender(p, async ({ space, epoch, index, seq, frames }) => {
      if (!this.signs) return undefined
      const message = checkpointMessage({ space, epoch, index, seq }, concat(this.head, frames))
      return { head: this.head, signature: await p.sign(seed, message) }
    })
    this.sealer = createSealer(p, {
      onCounterLimit: () => undefined,
      onSealed: (place, counter, frame) => this.checkpoints.sealed(place, counter, frame),
    })
    this.sendIn(known)
  }

  sendIn(known: EpochSecret, step = known.step): void {
    this.sealer.install(known)
    this.sealer.send({ epoch: known.epoch, step, index: this.index })
  }

  async frames(count: number): Promise<Bytes[]> {
    const made: Bytes[] = []
    for (let i = 0; i < count; i++) made.push(await this.sealer.seal(packet(i % 60)))
    return made
  }
}

/** A listener with a clock of its own. */
export class Listener {
  readonly opener: Opener
  readonly #receiver: ReturnType<typeof createCheckpointReceiver>
  readonly #vouching = createVouching()
  now = 0

  constructor(...known: readonly EpochSecret[]) {
    this.opener = createOpener(p, () => undefined, this.#vouching)
    this.#receiver = createCheckpointReceiver(p, this.opener, this.#vouching)
    for (const one of known) this.opener.install(one)
  }

  /** What became of a frame, in a word. */
  async hears(frame: Bytes, track = "a"): Promise<string> {
    const opened = await this.opener.open(track, frame, this.now)
    return opened.kind === "packet" ? "packet" : opened.reason
  }

  take(checkpoint: Bytes, source = 1): Promise<HeadSeen | undefined> {
    return this.#receiver.take(source, checkpoint, this.now)
  }

  trust(index: number): Trust | undefined {
    return this.#vouching.trust(this.now).get(index)
  }

  /** Half a second of somebody's sound and the checkpoints after it; gives what became of the frames. */
  async halfSecond(
    speaker: Speaker,
    change: (frame: Bytes, i: number) => Bytes | undefined = (f) => f,
  ): Promise<string[]> {
    const outcomes: string[] = []
    for (const [i, frame] of (await speaker.frames(25)).entries()) {
      const came = change(frame, i)
      if (came !== undefined) outcomes.push(await this.hears(came))
      this.now += 20
    }
    for (const checkpoint of await speaker.checkpoints.due()) await this.take(checkpoint)
    return outcomes
  }
}

/** A frame an insider makes: everybody seated has the key. */
export async function forge(known: EpochSecret, index: number, counter: number, step = known.step): Promise<Bytes> {
  let secret = Uint8Array.from(known.secret)
  for (let at = known.step; at < step; at++) secret = ratchet(p, secret, known.view, at + 1)
  const key = await frameKey(sframeBase(p, secret, known.view), encodeKid(known.epoch, index, step))
  return key.seal(counter, encodeCell(packet(33), known.cell, false).cell)
}
