import type { Bytes } from "../base/bytes.ts"
import type { Primitives } from "../base/primitives.ts"
import { tagBytes } from "./aead.ts"
import { createBindings } from "./bindings.ts"
import { decodeCell } from "./cell.ts"
import type { DropReason } from "./drop-reason.ts"
import type { EpochSecret } from "./epoch-secret.ts"
import { createHold, type After } from "./hold.ts"
import { createKeyring, type OpenEpoch, type OpeningKey } from "./keyring.ts"
import { withKey } from "./imported-key.ts"
import { decodeKid, epochTag, type Kid } from "./kid.ts"
import { farAhead } from "./ledger.ts"
import { createSenderPlace, type SenderPlace } from "./sender-place.ts"
import { decodeRoomHeader, type HeaderOf } from "./sframe-header.ts"
import type { Vouching } from "./vouching.ts"

export type Opened =
  | { readonly kind: "packet"; readonly packet: Bytes; readonly index: number; readonly muted: boolean }
  | { readonly kind: "drop"; readonly reason: DropReason }

/** The receiving half of the frame layer: one for all tracks of a worker. */
export interface Opener {
  /** See {@link EpochSecret}; false if the epoch is older than those kept, or retired. */
  install(known: EpochSecret): boolean
  /** Sender indices still seated: all others are dropped from now on, in every epoch. */
  seated(indices: readonly number[]): void
  /** Wipes an epoch, and all before it, for good. */
  retire(epoch: number): void
  /** Epochs whose secret is here. */
  held(): readonly number[]
  /** The track is gone: its sender may come on another at once. */
  forgetTrack(track: string): void
  /** The sender index a track is bound to. */
  indexOf(track: string, now: number): number | undefined
  /** Wipes everything. */
  wipe(): void
  /** The epoch of a sender who may be heard in it. */
  epochOf(kid: Kid): OpenEpoch | undefined
  /**
   * A verified checkpoint names this counter as its sender's newest: a counter or step that somebody else took far away
   * from it shuts its sender out no longer.
   * @param always - Also if what was opened lies near.
   */
  anchor(kid: Kid, counter: number, always: boolean, now: number): void
  /**
   * Opens one frame. Frames of one track or sender may be opened at the same time; at most one AEAD each.
   * @param now - Milliseconds of a monotonic clock.
   */
  open(track: string, frame: Uint8Array, now: number): Promise<Opened>
}

/** A frame on its way in. */
interface Coming {
  readonly track: string
  readonly frame: Uint8Array
  readonly header: HeaderOf<number>
  readonly kid: Kid
  readonly now: number
}

interface Passed {
  readonly epoch: OpenEpoch
  readonly key: OpeningKey
}

/**
 * @param after - The timer of the place this runs in, for frames whose epoch is not known yet.
 * @param vouching - Says of each frame that opened whether it may be heard.
 */
export function createOpener(
  p: Primitives,
  after: After,
  vouching: Pick<Vouching, "install" | "enter" | "retire" | "wipe">,
): Opener {
  const keyring = createKeyring(p)
  const bindings = createBindings()
  const hold = createHold(after)
  const places = new Map<number, SenderPlace>()
  let stillSeated: ReadonlySet<number> | undefined

  const maySpeak = (epoch: OpenEpoch, index: number): boolean =>
    epoch.indices.has(index) && stillSeated?.has(index) !== false

  /** All that a frame can be judged by without its AEAD; asked again after it, for the world may have moved on. */
  function gate({ track, frame, header, kid, now }: Coming): Passed | DropReason {
    const epoch = keyring.find(kid.tag)
    if (epoch === undefined) return "unknown-epoch"
    if (frame.length !== header.length + epoch.cell + tagBytes) return "malformed"
    if (!maySpeak(epoch, kid.index)) return "not-seated"
    if (!bindings.allows(track, kid.index, now)) return "other-sender"
    if (places.get(kid.index)?.isOver(epoch.epoch, kid.step, now) === true) return "old-step"
    const key = epoch.keyOf(kid)
    if (key === undefined) return "old-step"
    return key.window.peek(header.counter) ? { epoch, key } : "replayed"
  }

  /** One AEAD for a frame that may open. */
  function openAt(coming: Coming): Promise<Opened> {
    const before = gate(coming)
    if (typeof before === "string") return Promise.resolve(drop(before))
    const { frame, header } = coming
    return withKey(before.key.key, (ready) => ready.open(header.counter, header.length, frame)).then((plaintext) =>
      plaintext === undefined ? drop("bad-tag") : enter(coming, before, plaintext),
    )
  }

  /** What opened takes its place: whether it may be heard, its window, its track. */
  function enter(coming: Coming, before: Passed, plaintext: Bytes): Opened {
    const { track, frame, header, kid, now } = coming
    const passed = gate(coming)
    if (typeof passed === "string") return drop(passed)
    if (passed.key !== before.key) return drop("replayed")
    const verdict = vouching.enter(passed.epoch.epoch, kid, header.counter, frame, now)
    // uncommitted: the one its sender sealed may still come in its place
    if (verdict === "refused") return drop("unvouched")
    passed.key.window.commit(header.counter)
    const place = places.get(kid.index) ?? createSenderPlace()
    places.set(kid.index, place)
    place.verified(passed.epoch.epoch, kid.step, now)
    if (verdict === "silenced") {
      // whoever holds this track may not be who it says: its sender may come on another
      bindings.forget(track)
      return drop("unvouched")
    }
    bindings.bind(track, kid.index, now)

    const cell = decodeCell(plaintext)
    if (cell === undefined) return drop("bad-cell")
    if (cell.lost) return drop("lost-cell")
    return { kind: "packet", packet: cell.packet, index: kid.index, muted: cell.muted }
  }

  return {
    install(known) {
      const kept = keyring.install(known)
      if (kept) vouching.install(known)
      hold.release(epochTag(known.epoch))
      return kept
    },
    seated(indices) {
      stillSeated = new Set(indices)
    },
    retire(epoch) {
      keyring.retire(epoch)
      vouching.retire(epoch)
    },
    held: () => keyring.held(),
    forgetTrack(track) {
      bindings.forget(track)
    },
    indexOf: (track, now) => bindings.indexOf(track, now),
    wipe() {
      keyring.wipe()
      vouching.wipe()
      bindings.clear()
      places.clear()
      stillSeated = undefined
      hold.releaseAll()
    },
    epochOf(kid) {
      const epoch = keyring.find(kid.tag)
      return epoch !== undefined && maySpeak(epoch, kid.index) ? epoch : undefined
    },
    anchor(kid, counter, always, now) {
      const epoch = keyring.find(kid.tag)
      const window = epoch?.keyOf(kid)?.window
      if (epoch === undefined || window === undefined) return
      if (always || window.isFarFrom(counter, farAhead)) window.anchor(counter)
      if (places.get(kid.index)?.isOver(epoch.epoch, kid.step, now) !== true) return
      const place = createSenderPlace()
      place.verified(epoch.epoch, kid.step, now)
      places.set(kid.index, place)
    },
    open(track, frame, now) {
      if (isServerSilence(frame)) return Promise.resolve(drop("sfu-silence"))
      const header = decodeRoomHeader(frame)
      const kid = header === undefined ? undefined : decodeKid(header.kid)
      if (header === undefined || kid === undefined) return Promise.resolve(drop("malformed"))
      const place = { track, frame, header, kid, now }
      if (keyring.find(kid.tag) !== undefined) return openAt(place)
      return hold.wait(kid.tag, track, now).then(() => openAt(place))
    },
  }
}

function drop(reason: DropReason): Opened {
  return { kind: "drop", reason }
}

/** The SFU fills gaps with 80 bytes of Opus silence in clear: never played, only told apart from attacks. */
function isServerSilence(frame: Uint8Array): boolean {
  if (frame.length !== 80 || frame[0] !== 0xf8 || frame[1] !== 0xff || frame[2] !== 0xfe) return false
  for (let i = 3; i < 80; i++) if (frame[i] !== 0) return false
  return true
}
