import type { Bytes } from "#crypto/base/bytes"
import { createBudget } from "#crypto/media/budget"

/** The first bytes of what the media server carries beside cells: the protocol's own types. */
const checkpointType = 0x12
const noticeTypes: readonly (number | undefined)[] = [0x02, 0x04]

/** No checkpoint, Head or policy is larger. */
const largest = 8192
/** Packets a second that one participant may bring, and all together: what is beyond is not looked at. */
const perSource = 64
const inAll = 512

export interface DataLineOptions {
  /** To the media worker. `source` numbers participants as the SFU tells them apart. */
  readonly checkpoint: (source: number, bytes: Bytes) => void
  /** A signed Head or policy, if it is one. */
  readonly notice: (bytes: Bytes) => void
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
}

/** Sorts what comes in data packets. It believes nothing of it, the SFU's word for who sent it included. */
export interface DataLine {
  /** @param identity - What the SFU calls the sender. */
  take(identity: string, bytes: Uint8Array): void
}

export function createDataLine(options: DataLineOptions): DataLine {
  const each = createBudget(perSource, perSource)
  const all = createBudget(inAll, inAll)
  const sources = new Map<string, number>()
  let next = 1

  /** Few are remembered: an SFU that makes up identities starts them anew, and shares the work of all. */
  function sourceOf(identity: string): number {
    const known = sources.get(identity)
    if (known !== undefined) return known
    for (const oldest of sources.keys()) {
      if (sources.size < 128) break
      sources.delete(oldest)
    }
    sources.set(identity, next)
    return next++
  }

  return {
    take(identity, bytes) {
      if (bytes.length === 0 || bytes.length > largest) return
      const source = sourceOf(identity)
      if (!each.take(source, options.now()) || !all.take(0, options.now())) return
      const own = Uint8Array.from(bytes)
      if (own[0] === checkpointType) options.checkpoint(source, own)
      else if (noticeTypes.includes(own[0])) options.notice(own)
    },
  }
}
