import type { Bytes } from "#crypto/base/bytes"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { createCheckpointReceiver } from "#crypto/media/checkpoint-receiver"
import type { DropReason } from "#crypto/media/drop-reason"
import type { EpochSecret } from "#crypto/media/epoch-secret"
import { createOpener } from "#crypto/media/opener"
import type { Trust } from "#crypto/media/standing"
import { createVouching } from "#crypto/media/vouching"
import { Speaker, stageSecret } from "../crypto/vouching-room.ts"

export const frameMs = 20
const checkpointMs = 500

export const names = ["ada", "bo"] as const
export type Name = (typeof names)[number]
/** Their places on stage. */
export const indexOf = { ada: 1, bo: 2 } as const satisfies Record<Name, number>
const sourceOf = indexOf

/** A frame as the media server hands it on. */
export interface Delivery {
  readonly track: string
  readonly frame: Bytes
  /** How much later than it came. */
  readonly afterMs?: number
}

/** What a media server does with what it is sent; what is left out it does honestly. */
export interface Forwarding {
  frame?(from: Name, frame: Bytes, now: number): readonly Delivery[]
  checkpoint?(
    from: Name,
    checkpoint: Bytes,
    now: number,
  ): readonly { readonly bytes: Bytes; readonly afterMs?: number }[]
}

/** A packet that was played. */
interface Heard {
  readonly index: number
  readonly track: string
  readonly packet: Bytes
  readonly at: number
}

/** Two people on air, the media server between, and a listener's real frame layer: sealers, checkpoints, opener, vouching. */
export class Stage {
  readonly heard: Heard[] = []
  /** By track and reason. */
  readonly drops = new Map<string, Map<DropReason, number>>()
  /** Every standing that each speaker ever had. */
  readonly trust: Record<Name, Set<Trust>> = { ada: new Set(), bo: new Set() }
  readonly known: EpochSecret
  forwarding: Forwarding = {}
  now = 0
  /** Frames given to the listener. */
  delivered = 0
  readonly #speakers: Record<Name, Speaker>
  readonly #vouching = createVouching()
  // what is not known yet waits for nothing here: every epoch is known before its frames come
  readonly #opener = createOpener(p, (_ms, run) => void setImmediate(run), this.#vouching)
  readonly #receiver = createCheckpointReceiver(p, this.#opener, this.#vouching)
  #queue: { readonly at: number; readonly run: () => Promise<unknown> }[] = []
  #tick = 0

  constructor(known = stageSecret()) {
    this.known = known
    this.#opener.install(known)
    this.#opener.seated([1, 2])
    this.#speakers = { ada: new Speaker(known, indexOf.ada), bo: new Speaker(known, indexOf.bo) }
  }

  /** Everybody moves to another epoch or step. */
  move(known: EpochSecret, step = known.step): void {
    this.#opener.install(known)
    for (const name of names) this.#speakers[name].sendIn(known, step)
  }

  /** The newest Head seats these alone. */
  seat(...seated: readonly Name[]): void {
    this.#opener.seated(seated.map((name) => indexOf[name]))
  }

  /** Lets time pass: a frame of each speaker every 20 ms, a checkpoint of each every half second. */
  async run(ms: number): Promise<void> {
    for (const end = this.now + ms; this.now < end; this.now += frameMs) {
      this.#tick++
      for (const name of names) await this.#say(name)
      if (this.now % checkpointMs === 0) for (const name of names) await this.#vouch(name)
      await this.#deliver()
      for (const name of names) {
        const trust = this.#vouching.trust(this.now).get(indexOf[name])
        if (trust !== undefined) this.trust[name].add(trust)
      }
    }
  }

  /** Share of what somebody said in the last so many ms that was played. */
  heardOf(name: Name, ms: number): number {
    const since = this.now - ms
    const played = this.heard.filter(({ index, at }) => index === indexOf[name] && at >= since).length
    return played / (ms / frameMs)
  }

  dropsOf(reason: DropReason): number {
    return [...this.drops.values()].reduce((sum, one) => sum + (one.get(reason) ?? 0), 0)
  }

  /** Played, though its speaker never said it, or a second time. */
  falselyHeard(): readonly Heard[] {
    const seen = new Set<string>()
    return this.heard.filter(({ index, packet }) => {
      const name = packet.slice(0, 3).join("/")
      const again = seen.has(name)
      seen.add(name)
      const said =
        packet.length === packetBytes && packet[0] === index && packet.slice(3).every((byte) => byte === filling)
      return again || !said
    })
  }

  async #say(name: Name): Promise<void> {
    const packet = new Uint8Array(packetBytes).fill(filling)
    packet.set([indexOf[name], this.#tick >> 8, this.#tick & 255])
    const frame = await this.#speakers[name].sealer.seal(packet)
    const forwarded = this.forwarding.frame?.(name, frame, this.now) ?? [{ track: name, frame }]
    for (const { track, frame: bytes, afterMs = 0 } of forwarded)
      this.#queue.push({ at: this.now + afterMs, run: () => this.#open(track, bytes) })
  }

  async #vouch(name: Name): Promise<void> {
    for (const checkpoint of await this.#speakers[name].checkpoints.due())
      for (const { bytes, afterMs = 0 } of this.forwarding.checkpoint?.(name, checkpoint, this.now) ?? [
        { bytes: checkpoint },
      ])
        this.#queue.push({
          at: this.now + afterMs,
          run: () => this.#receiver.take(sourceOf[name], bytes, this.now),
        })
  }

  async #deliver(): Promise<void> {
    const due = this.#queue.filter(({ at }) => at <= this.now)
    this.#queue = this.#queue.filter(({ at }) => at > this.now)
    for (const { run } of due) await run()
  }

  async #open(track: string, frame: Bytes): Promise<void> {
    this.delivered++
    const opened = await this.#opener.open(track, frame, this.now)
    if (opened.kind === "packet") {
      this.heard.push({ index: opened.index, track, packet: opened.packet, at: this.now })
      return
    }
    const drops = this.drops.get(track) ?? new Map<DropReason, number>()
    this.drops.set(track, drops.set(opened.reason, (drops.get(opened.reason) ?? 0) + 1))
  }
}

const packetBytes = 60
const filling = 0x5a
