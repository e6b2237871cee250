import { expect, it } from "vitest"

import { webPrimitives as p } from "#crypto/base/web-primitives"
import { createOpener } from "#crypto/media/opener"
import { createSealer } from "#crypto/media/sealer"
import { applyKeys } from "../../web/media/keys-port.ts"
import type { KeysToMedia } from "../../web/media/messages.ts"
import { keysOnly } from "../support/keys-only.ts"

const epoch = (number: number): Extract<KeysToMedia, { kind: "epoch" }> => ({
  kind: "epoch",
  space: new Uint8Array(16),
  view: new Uint8Array(32),
  epoch: number,
  step: 0,
  secret: p.random(32),
  indices: [1],
  seats: [],
  cell: 120,
})
const halves = () => ({
  sealer: createSealer(p, { onCounterLimit: () => undefined }),
  opener: createOpener(p, () => undefined, keysOnly),
})

it("what the keys worker retires leaves both halves of a media worker, whether or not it ever sent", () => {
  for (const sends of [false, true]) {
    const { sealer, opener } = halves()
    const first = epoch(1)
    applyKeys(first, sealer, opener)
    expect(first.secret).toEqual(new Uint8Array(32))
    if (sends) applyKeys({ kind: "send", epoch: 1, step: 0, index: 1 }, sealer, opener)
    applyKeys(epoch(2), sealer, opener)
    expect([sealer.held(), opener.held()]).toEqual([
      [1, 2],
      [2, 1],
    ])
    applyKeys({ kind: "retire", epoch: 1 }, sealer, opener)
    expect([sealer.held(), opener.held()]).toEqual([[2], [2]])
    applyKeys({ kind: "wipe" }, sealer, opener)
    expect([sealer.held(), opener.held()]).toEqual([[], []])
  }
})
