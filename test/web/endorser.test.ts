import { describe, expect, it } from "vitest"

import { concat, type Bytes } from "#crypto/base/bytes"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { checkpointMessage } from "#crypto/media/checkpoint"
import { encodeFrames } from "#crypto/media/checkpoint-body"
import type { MemberState } from "#crypto/member/types"
import { createSpace, startFromRecord } from "#crypto/member/start"
import type { EpochMs } from "#crypto/base/ids"
import { createEndorser } from "../../web/keys/endorser.ts"
import type { EndorseRequest } from "../../web/media/messages.ts"
import { History } from "../support/history.ts"
import { RoomKit } from "../support/room-kit.ts"

const frames = encodeFrames([{ step: 0, counter: 256, hash: new Uint8Array(10).fill(1) }])

/** A member on stage, with a chain of its own. */
async function member(): Promise<MemberState & { readonly seatSeed: Bytes }> {
  const made = await createSpace(p, Date.now() as EpochMs, { title: "t", hostName: "h", language: "en" })
  const { chain } = await History.open(new RoomKit("endorser"))
  const state = startFromRecord(p, made.record)
  if (state.seatSeed === undefined) throw new Error("A host has a seat key.")
  return { ...state, phase: "seated", chain, seatSeed: state.seatSeed }
}

const request = (state: MemberState, given: Partial<EndorseRequest> = {}): EndorseRequest => ({
  kind: "endorse",
  id: 1,
  space: state.space,
  epoch: 1,
  index: 2,
  seq: 0,
  frames,
  ...given,
})

describe("the seat key", () => {
  it("signs the frames that its own media worker was ordered to seal, with the newest Head", async () => {
    const [state, endorser] = [await member(), createEndorser(p)]
    endorser.ordered({ kind: "send", epoch: 1, step: 0, index: 2 }, 0)
    const endorsed = await endorser.endorse(state, request(state), 0)
    const head = state.chain?.head?.id.slice(0, 16)
    expect(endorsed?.head).toEqual(head)
    const place = { space: state.space, epoch: 1, index: 2, seq: 0 }
    const message = checkpointMessage(place, concat(endorsed?.head ?? frames, frames))
    expect(await p.verify(p.publicKey(state.seatSeed), message, endorsed?.signature ?? frames)).toBe(true)
  })

  it("signs for no other space, epoch or index, no number twice, and no bytes that are not frames", async () => {
    const [state, endorser] = [await member(), createEndorser(p)]
    const asks = (given: Partial<EndorseRequest>) => endorser.endorse(state, request(state, given), 0)
    expect(await asks({})).toBeUndefined()
    endorser.ordered({ kind: "send", epoch: 1, step: 0, index: 2 }, 0)
    for (const other of [
      { space: new Uint8Array(16) },
      { epoch: 2 },
      { epoch: 0 },
      { index: 1 },
      { frames: new Uint8Array(frames.length) },
      { frames: Uint8Array.from(frames.subarray(1)) },
    ])
      expect(await asks(other), JSON.stringify(other)).toBeUndefined()
    expect(await asks({ seq: 4 })).toBeDefined()
    expect(await asks({ seq: 4 })).toBeUndefined()
    expect(await asks({ seq: 3 })).toBeUndefined()
    // a step of the same epoch counts on
    endorser.ordered({ kind: "send", epoch: 1, step: 1, index: 2 }, 0)
    expect(await asks({ seq: 4 })).toBeUndefined()
    expect(await asks({ seq: 5 })).toBeDefined()
  })

  it("signs for what was left no longer than two seconds, and for nothing once all is wiped or the member is out", async () => {
    const [state, endorser] = [await member(), createEndorser(p)]
    endorser.ordered({ kind: "send", epoch: 1, step: 0, index: 2 }, 0)
    endorser.ordered({ kind: "send", epoch: 2, step: 0, index: 2 }, 1000)
    expect(await endorser.endorse(state, request(state, { seq: 1 }), 3000)).toBeDefined()
    expect(await endorser.endorse(state, request(state, { seq: 2 }), 3001)).toBeUndefined()
    endorser.ordered({ kind: "stall" }, 4000)
    expect(await endorser.endorse(state, request(state, { epoch: 2, seq: 1 }), 6000)).toBeDefined()
    expect(await endorser.endorse(state, request(state, { epoch: 2, seq: 2 }), 6001)).toBeUndefined()
    endorser.ordered({ kind: "send", epoch: 3, step: 0, index: 2 }, 7000)
    expect(await endorser.endorse({ ...state, phase: "gone" }, request(state, { epoch: 3 }), 7000)).toBeUndefined()
    endorser.ordered({ kind: "wipe" }, 7000)
    expect(await endorser.endorse(state, request(state, { epoch: 3 }), 7000)).toBeUndefined()
  })
})
