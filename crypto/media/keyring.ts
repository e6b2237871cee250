import { equal, toHex, type Bytes } from "../base/bytes.ts"
import { UsageError } from "../base/errors.ts"
import type { Primitives } from "../base/primitives.ts"
import { createChain, type Chain } from "./chain.ts"
import type { EpochSecret } from "./epoch-secret.ts"
import { importKey, type ImportedKey } from "./imported-key.ts"
import { encodeKid, epochTag, tagPeriod, type Kid } from "./kid.ts"
import { createReplayWindow, type ReplayWindow } from "./replay-window.ts"

/** The newest epoch and at most two before it. */
const keptEpochs = 3

/** A sender's key at one step, with what was opened under it. */
export interface OpeningKey {
  readonly key: ImportedKey
  readonly window: ReplayWindow
}

/** An epoch whose frames can be opened. */
export interface OpenEpoch {
  readonly epoch: number
  /** 16 B. */
  readonly space: Bytes
  /** Plaintext bytes of its cells. */
  readonly cell: number
  /** Sender indices of its roster. */
  readonly indices: ReadonlySet<number>
  /** Derived at most once; undefined for a step before the first this seat may open. */
  keyOf(kid: Kid): OpeningKey | undefined
  /** check(e, r, index), 32 B, to be wiped by the caller; undefined on the same terms. */
  checkOf(kid: Kid): Bytes | undefined
  /** The seat key of a sender. */
  seatOf(index: number): Bytes | undefined
}

/** The secrets of the epochs that frames may come from; a KID's tag names at most one of them. */
export interface Keyring {
  /**
   * Adds an epoch, or an earlier step of a known one; false if it is older than what is kept or was retired.
   * @throws UsageError `other-space` without a `wipe` between, `other-view` for a known epoch
   */
  install(known: EpochSecret): boolean
  find(tag: number): OpenEpoch | undefined
  retire(epoch: number): void
  /** Epochs whose secret is here. */
  held(): readonly number[]
  wipe(): void
}

interface Held extends OpenEpoch {
  readonly view: Bytes
  readonly chain: Chain
  readonly keys: Map<number, OpeningKey>
}

export function createKeyring(p: Primitives): Keyring {
  let epochs: Held[] = []
  let space: string | undefined
  // a retired epoch's windows are gone: its frames must stay shut even if its secret came again
  let oldest = 0

  const drop = (over: (held: Held) => boolean): void => {
    for (const held of epochs)
      if (over(held)) {
        held.chain.wipe()
        held.keys.clear()
        oldest = Math.max(oldest, held.epoch + 1)
      }
    epochs = epochs.filter((held) => !over(held))
  }

  return {
    install(known) {
      const name = toHex(known.space)
      if (space !== undefined && space !== name)
        throw new UsageError("other-space", "Another space's secrets are here.")
      const before = epochs.find((held) => held.epoch === known.epoch)
      if (before !== undefined && !equal(before.view, known.view))
        throw new UsageError("other-view", "This epoch has another history here.")
      const newest = Math.max(known.epoch, ...epochs.map((held) => held.epoch))
      if (known.epoch < oldest || known.epoch <= newest - tagPeriod) return false
      space = name
      const later = before !== undefined && before.chain.firstStep <= known.step
      const chain = later ? before.chain : createChain(p, known.view, known.step, known.secret)
      if (!later) before?.chain.wipe()
      const held = makeEpoch(known, chain, before?.keys ?? new Map<number, OpeningKey>())
      epochs = [...epochs.filter((other) => other !== before), held].sort((a, b) => b.epoch - a.epoch)
      const last = epochs[keptEpochs - 1]?.epoch ?? 0
      drop((other) => other.epoch < last || other.epoch <= newest - tagPeriod)
      return epochs.includes(held)
    },
    find: (tag) => epochs.find((held) => epochTag(held.epoch) === tag),
    retire(epoch) {
      drop((held) => held.epoch <= epoch)
    },
    held: () => epochs.map((held) => held.epoch),
    wipe() {
      drop(() => true)
      space = undefined
      oldest = 0
    },
  }
}

function makeEpoch(known: EpochSecret, chain: Chain, keys: Map<number, OpeningKey>): Held {
  const seats = new Map(known.seats.map(({ index, seatPub }) => [index, Uint8Array.from(seatPub)]))
  return {
    epoch: known.epoch,
    space: Uint8Array.from(known.space),
    cell: known.cell,
    indices: new Set(known.indices),
    view: Uint8Array.from(known.view),
    chain,
    keys,
    checkOf: ({ index, step }) => chain.check(step, index),
    seatOf: (index) => seats.get(index),
    keyOf({ index, step }) {
      const kid = encodeKid(known.epoch, index, step)
      const ready = keys.get(kid)
      if (ready !== undefined) return ready
      const base = chain.base(step)
      if (base === undefined) return undefined
      const made = { key: importKey(base, kid), window: createReplayWindow() }
      keys.set(kid, made)
      return made
    },
  }
}
