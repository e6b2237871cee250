import { concat, toHex, uint, type Bytes } from "#crypto/base/bytes"
import type { Primitives } from "#crypto/base/primitives"
import { decodeCell, encodeCell } from "#crypto/media/cell"
import { decodeKid, encodeKid } from "#crypto/media/kid"
import { createOpener, type Opener } from "#crypto/media/opener"
import { createSealer } from "#crypto/media/sealer"
import { decodeHeader, decodeRoomHeader, encodeHeader } from "#crypto/media/sframe-header"
import { openFrame, sealFrame } from "#crypto/media/sframe"
import { sframeKeys, type SuiteId } from "#crypto/media/sframe-keys"
import { keysOnly } from "../../../test/support/keys-only.ts"
import type { Decoder } from "../decoder.ts"
import { countWork } from "./work.ts"

/** What comes out of the media server: headers, cells, whole frames. */
export async function frameDecoders(p: Primitives): Promise<readonly Decoder[]> {
  const headers = [
    [0, 7],
    [8, 8],
    [0xffff, 256],
    [0x1000, 2 ** 31 - 1],
    [2n ** 64n - 1n, 2n ** 64n - 1n],
  ] as const
  const encoded = headers.map(([kid, counter]) => encodeHeader(kid, counter))
  const cells = [0, 1, 60, 118].map((length) => encodeCell(new Uint8Array(length).fill(7), 120, length === 1).cell)
  const lost = encodeCell(new Uint8Array(500), 120, false).cell

  return [
    {
      ...{ name: "sframe-header", drives: ["decodeHeader"], cost: 1, samples: encoded },
      read(input) {
        const header = decodeHeader(input)
        return header && concat(encodeHeader(header.kid, header.counter), input.subarray(header.length))
      },
    },
    {
      ...{ name: "room-header", drives: ["decodeRoomHeader"], cost: 1, samples: encoded.slice(2, 4) },
      read(input) {
        const header = decodeRoomHeader(input)
        return header && concat(encodeHeader(header.kid, header.counter), input.subarray(header.length))
      },
    },
    {
      ...{ name: "kid", drives: ["decodeKid"], cost: 1, samples: [Uint8Array.of(0xff, 0xff), Uint8Array.of(0x10, 0)] },
      read([high, low, ...more]) {
        if (high === undefined || low === undefined || more.length > 0) return undefined
        const kid = decodeKid(high * 256 + low)
        return kid && uint(encodeKid(kid.tag - 1, kid.index, kid.step), 2)
      },
    },
    {
      ...{ name: "cell", drives: ["decodeCell"], cost: 1, samples: [...cells, lost] },
      read(input) {
        const cell = decodeCell(input)
        return cell && encodeCell(cell.lost ? new Uint8Array(4096) : cell.packet, input.length, cell.muted).cell
      },
    },
    ...([1, 4] as const).map(oneFrame),
    await roomFrames(p),
  ]
}

/** The reference reader, under one suite of each kind. */
function oneFrame(suite: SuiteId): Decoder {
  const keys = sframeKeys(suite, new Uint8Array(32).fill(1), 0x1041)
  const frame = sealFrame(suite, keys, 0x1041, 300, new Uint8Array(0), new Uint8Array(120).fill(3))
  return {
    ...{ name: `sframe-suite-${suite}`, drives: ["openFrame", "aeadOpen"], cost: 1, samples: [frame] },
    read: (input) => openFrame(suite, keys, new Uint8Array(0), input) && frame,
  }
}

/** A new receiver comes after so many frames, so that the genuine ones are not all replays. */
const framesPerOpener = 64
/** Expands of one frame: an epoch's chain once, whatever step is named. */
const maxExpands = 64

/**
 * A whole room's frames: nothing but a frame that was sealed may come out, no frame twice, and none may cost more than
 * one AEAD.
 */
async function roomFrames(p: Primitives): Promise<Decoder> {
  const known = {
    ...{ space: new Uint8Array(16).fill(7), view: new Uint8Array(32).fill(8), secret: new Uint8Array(32).fill(9) },
    ...{ epoch: 1, step: 0, indices: [0, 1, 2, 3, 63], seats: [], cell: 120 },
  }
  const frames: Bytes[] = []
  for (const [index, step] of [
    [0, 0],
    [1, 0],
    [2, 5],
    [63, 63],
  ] as const) {
    const sealer = createSealer(p, { onCounterLimit: () => undefined })
    sealer.install(known)
    sealer.send({ epoch: 1, step, index })
    for (let packet = 1; packet <= 2; packet++) frames.push(await sealer.seal(new Uint8Array(40 * packet)))
  }
  const genuine = new Set(frames.map(toHex))
  const work = countWork(p)
  let opener: Opener | undefined
  let seen = new Set<string>()
  let now = 0
  let left = 0
  // whatever came before, a genuine frame that has not been opened yet opens
  const stillOpens = async (last: Opener): Promise<void> => {
    const frame = frames.find((candidate) => !seen.has(toHex(candidate)))
    if (frame === undefined) return
    now += 1000
    const opened = await last.open("a new track", frame, now)
    if (opened.kind === "drop") throw new Error("Bad frames closed the way for a genuine one.")
  }
  return {
    ...{ name: "room-frame", drives: ["createOpener"], cost: 1, samples: frames },
    async read(input) {
      if (opener === undefined || left-- === 0) {
        const last = opener
        opener = createOpener(work.p, (_ms, run) => queueMicrotask(run), keysOnly)
        opener.install(known)
        left = framesPerOpener
        if (last !== undefined) await stillOpens(last)
        last?.wipe()
        seen = new Set()
      }
      now += 1000
      work.reset()
      const opened = await opener.open(`track ${(input[2] ?? 0) >> 6}`, input, now)
      if (work.aeads() > 1) throw new Error("One frame cost more than one AEAD.")
      if (work.expands() > maxExpands) throw new Error("One frame cost more Expands than an epoch has steps.")
      if (opened.kind === "drop") return undefined
      const name = toHex(input)
      if (!genuine.has(name)) throw new Error("A frame that nobody sealed was opened.")
      if (seen.has(name)) throw new Error("A frame was opened twice.")
      seen.add(name)
      return input
    },
  }
}
