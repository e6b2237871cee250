import { equal, type Bytes } from "#crypto/base/bytes"
import type { Primitives } from "#crypto/base/primitives"
import { createCheckpointReceiver } from "#crypto/media/checkpoint-receiver"
import { createCheckpointSender, type Endorsement, type SealedPlace } from "#crypto/media/checkpoint-sender"
import type { Opener } from "#crypto/media/opener"
import type { Vouching } from "#crypto/media/vouching"
import type { KeysToMedia, MediaToKeys, MediaToPage } from "./messages.ts"

/** One checkpoint in this time, from the first frame sealed to the last. */
export const checkpointMs = 500
/** How often it is looked whether a sender's standing changed: doubts grow by time alone. */
export const trustMs = 100
/** The keys worker has this long to sign; after it the checkpoint leaves blind, so that the rhythm stays. */
const endorseMs = 400

/** What a line needs of the worker it runs in. */
export interface CheckpointPorts {
  toKeys(message: MediaToKeys): void
  toPage(message: MediaToPage): void
  /** Calls `run` once after `ms` milliseconds. */
  after(ms: number, run: () => void): void
  /** Milliseconds of a monotonic clock. */
  now(): number
}

/** Our checkpoints on their way out, those of others on their way in. */
export interface CheckpointLine {
  /** To be the sealer's `onSealed`. */
  sealed(place: SealedPlace, counter: number, frame: Uint8Array): void
  /** To be called every {@link checkpointMs}. */
  send(): Promise<void>
  take(source: number, bytes: Bytes): Promise<void>
  /** To be called every {@link trustMs}. */
  tellTrust(): void
  /** Every message of the keys worker. */
  hear(message: KeysToMedia): void
}

export function createCheckpointLine(
  p: Primitives,
  opener: Pick<Opener, "epochOf" | "anchor">,
  vouching: Vouching,
  ports: CheckpointPorts,
): CheckpointLine {
  const asked = new Map<number, (endorsement: Endorsement) => void>()
  const heads = new Map<number, Bytes>()
  let nextId = 1
  let told = ""

  const sender = createCheckpointSender(p, (unsigned) => {
    const id = nextId++
    return new Promise((resolve) => {
      const settle = (endorsement: Endorsement): void => {
        asked.delete(id)
        resolve(endorsement)
      }
      asked.set(id, settle)
      ports.after(endorseMs, () => settle(undefined))
      ports.toKeys({ kind: "endorse", id, ...unsigned })
    })
  })
  const receiver = createCheckpointReceiver(p, opener, vouching)

  return {
    sealed: sender.sealed,
    async send() {
      for (const bytes of await sender.due()) ports.toPage({ kind: "checkpoint", bytes })
    },
    async take(source, bytes) {
      const seen = await receiver.take(source, bytes, ports.now())
      const before = seen && heads.get(seen.index)
      if (seen === undefined || (before !== undefined && equal(before, seen.head))) return
      heads.set(seen.index, seen.head)
      ports.toKeys({ kind: "head-seen", index: seen.index, head: seen.head })
    },
    tellTrust() {
      const senders = [...vouching.trust(ports.now())]
      const text = senders.join()
      if (text === told) return
      told = text
      ports.toPage({ kind: "trust", senders })
    },
    hear(message) {
      if (message.kind === "endorsed") asked.get(message.id)?.(message.endorsement)
      if (message.kind === "retire") sender.retire(message.epoch)
      if (message.kind !== "wipe") return
      sender.wipe()
      heads.clear()
    },
  }
}
