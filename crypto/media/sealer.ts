import { toHex, wipe, type Bytes } from "../base/bytes.ts"
import { ProtocolError, UsageError } from "../base/errors.ts"
import type { Primitives } from "../base/primitives.ts"
import type { FrameKey } from "./aead.ts"
import { encodeCell } from "./cell.ts"
import { createChain, type Chain } from "./chain.ts"
import { createCounter, type Counter } from "./counter.ts"
import type { EpochSecret } from "./epoch-secret.ts"
import type { SealedPlace } from "./checkpoint-sender.ts"
import { importKey, withKey, type ImportedKey } from "./imported-key.ts"
import { encodeKid } from "./kid.ts"

/** Cell size until a space tells its own: the one of 20 ms rooms. */
const defaultCell = 120
/** 20 ms of Opus silence. */
const silence = Uint8Array.of(0xf8, 0xff, 0xfe)

export interface SealerOptions {
  /** The counter of (epoch, step) is used up: the sealer has stalled, somebody must rotate. */
  readonly onCounterLimit: (epoch: number) => void
  /** Every frame as it leaves, under the place it was sealed for. */
  readonly onSealed?: (place: SealedPlace, counter: number, frame: Bytes) => void
  /** The counter of a key that never sealed. Only tests pass one, to stand near the limit. */
  readonly newCounter?: () => Counter
}

export interface SealCounts {
  /** Frames sealed, those with silence included. */
  readonly sealed: number
  /** Packets that did not fit their cell. */
  readonly lost: number
  /** Packets replaced by silence under a key nobody has. */
  readonly silenced: number
}

/** The sending half of the frame layer: one for the life of a worker, however often senders are made anew. */
export interface Sealer {
  /**
   * Keeps an epoch's secret until `send` names a newer one or it is retired; one that was retired is not taken again.
   * @throws UsageError `other-space` without a `wipe` between
   */
  install(known: EpochSecret): void
  /**
   * Seals with (epoch, step) as `index` from the next packet on and forgets older epochs.
   * @throws UsageError `old-epoch` behind the (epoch, step) sent before (nothing changes); `no-secret` if none reaches the step
   * (the sealer is stalled then: never the old key for new frames)
   */
  send(to: { readonly epoch: number; readonly step: number; readonly index: number }): void
  /** An epoch is over: it and all before it are forgotten, by whoever never sent in them, too; in it no frame is sealed any more. */
  retire(epoch: number): void
  /** Seals silence under a key nobody has, until the next `send`. */
  stall(): void
  /** The muted bit of the cells from now on. */
  setMuted(muted: boolean): void
  /** Exactly one frame for each packet, a DTX packet of length 0 included. Rejects: the packet must then be dropped. */
  seal(packet: Uint8Array): Promise<Bytes>
  counts(): SealCounts
  /** Epochs whose secret is here. */
  held(): readonly number[]
  /** Forgets all secrets and stalls; the counters stay. */
  wipe(): void
}

interface Outgoing {
  readonly place: SealedPlace
  readonly counter: Counter
  readonly key: ImportedKey
}

interface Installed {
  readonly chain: Chain
  readonly cell: number
}

/** Starts stalled: until the first `send` every packet leaves as sealed silence, so that size and rhythm never change. */
export function createSealer(p: Primitives, options: SealerOptions): Sealer {
  const newCounter = options.newCounter ?? (() => createCounter())
  const epochs = new Map<number, Installed>()
  // Never emptied: senders come and go with every reconnection, a nonce must not come back.
  const counters = new Map<string, Counter>()
  /** By space: the newest (epoch, step) sent, as `position`. */
  const newestSent = new Map<string, number>()
  let space: string | undefined
  /** Every epoch before it is over. */
  let oldest = 0
  let cell = defaultCell
  let kid = encodeKid(0, 0, 0)
  let epoch = 0
  let kidCounter: Counter = newCounter()
  let live: Outgoing | undefined
  let mute: Outgoing | undefined
  let muted = false
  /** The cell being filled: buffers cost a frame more than AES does. */
  let scratch = new Uint8Array(cell)
  const counts = { sealed: 0, lost: 0, silenced: 0 }

  // The KID and counter go on as they were, so that a stalled sender looks like any other.
  function nobodysKey(counter: Counter): Outgoing {
    const base = p.random(32)
    return { place: { space, epoch, kid, check: undefined }, counter, key: importKey(base, kid) }
  }

  function stall(): void {
    live = undefined
    mute = undefined
  }

  function forget(older: number): void {
    for (const [known, { chain }] of epochs)
      if (known < older) {
        chain.wipe()
        epochs.delete(known)
      }
  }

  /** Takes key and counter before any await: frames sealed at the same time never share one. */
  function take(): { readonly key: ImportedKey; readonly counter: number; readonly place: SealedPlace } {
    if (live !== undefined) {
      try {
        return { key: live.key, counter: live.counter.next(), place: live.place }
      } catch (error) {
        if (!(error instanceof ProtocolError && error.code === "counter-exhausted")) throw error
        const full = live.place.epoch
        stall()
        options.onCounterLimit(full)
      }
    }
    mute ??= nobodysKey(kidCounter)
    try {
      return { key: mute.key, counter: mute.counter.next(), place: mute.place }
    } catch {
      // The KID's own counter is used up. A new random key starts a new one, far enough on for headers of the same size.
      mute = nobodysKey(createCounter(2 ** 30))
      return { key: mute.key, counter: mute.counter.next(), place: mute.place }
    }
  }

  return {
    install(known) {
      const name = toHex(known.space)
      if (space !== undefined && space !== name)
        throw new UsageError("other-space", "Another space's secrets are here.")
      const newest = newestSent.get(name)
      if (known.epoch < oldest || (newest !== undefined && known.epoch < Math.floor(newest / 64))) return
      space = name
      const before = epochs.get(known.epoch)
      if (before !== undefined && before.chain.firstStep <= known.step) return
      before?.chain.wipe()
      epochs.set(known.epoch, { chain: createChain(p, known.view, known.step, known.secret), cell: known.cell })
      if (newest !== undefined || known.epoch < epoch) return
      // nothing was sent yet: silence already looks like the newest epoch's cells
      cell = known.cell
      epoch = known.epoch
      kid = encodeKid(known.epoch, 0, known.step)
      mute = undefined
    },
    send(to) {
      const name = space
      if (name === undefined) throw new UsageError("no-secret", "No secret of this epoch is here.")
      const position = to.epoch * 64 + to.step
      if (position < (newestSent.get(name) ?? 0)) throw new UsageError("old-epoch", "This key is over for sending.")
      // before anything below can throw: a key that should have been left is never used again
      stall()
      const next = encodeKid(to.epoch, to.index, to.step)
      const installed = epochs.get(to.epoch)
      const base = installed?.chain.base(to.step)
      const check = installed?.chain.check(to.step, to.index)
      if (installed === undefined || base === undefined || check === undefined)
        throw new UsageError("no-secret", "No secret of this epoch reaches this step.")
      kid = next
      epoch = to.epoch
      cell = installed.cell
      const place = [name, to.epoch, to.step, to.index].join("/")
      kidCounter = counters.get(place) ?? newCounter()
      counters.set(place, kidCounter)
      newestSent.set(name, position)
      forget(to.epoch)
      live = { place: { space: name, epoch, kid, check }, counter: kidCounter, key: importKey(base, kid) }
    },
    retire(over) {
      oldest = Math.max(oldest, over + 1)
      if (live !== undefined && live.place.epoch <= over) stall()
      forget(oldest)
    },
    stall,
    setMuted(on) {
      muted = on
    },
    seal(packet) {
      const { key, counter, place } = take()
      const real = place.check !== undefined
      const [size, isMuted] = [cell, muted]
      const sealWith = (ready: FrameKey): Promise<Bytes> => {
        // filled and handed over without a pause between: the next packet's cell is the same bytes
        if (scratch.length !== size) scratch = new Uint8Array(size)
        const filled = encodeCell(real ? packet : silence, size, isMuted, scratch)
        const sealing = ready.seal(counter, filled.cell)
        wipe(scratch)
        return sealing.then((frame) => {
          counts.sealed++
          if (filled.lost) counts.lost++
          if (!real) counts.silenced++
          options.onSealed?.(place, counter, frame)
          return frame
        })
      }
      return withKey(key, sealWith)
    },
    counts: () => ({ ...counts }),
    held: () => [...epochs.keys()],
    wipe() {
      stall()
      forget(Infinity)
      space = undefined
      oldest = 0
    },
  }
}
