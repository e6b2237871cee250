import { expect, it } from "vitest"

import { mergePending, noPending } from "#crypto/member/pending"
import { RoomKit } from "../support/room-kit.ts"

it("of two policies that wait for a Head the newer is kept, whichever came last: it holds what the other says", async () => {
  const kit = new RoomKit()
  const [older, newer] = [await kit.policy(), await kit.policy({ serial: 2 })]
  for (const [first, second] of [
    [older, newer],
    [newer, older],
    [undefined, newer],
    [newer, undefined],
  ])
    expect(mergePending({ ...noPending, policy: first }, { ...noPending, policy: second }).policy).toBe(newer)
})
