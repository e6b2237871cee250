import { afterEach, describe, expect, it, vi } from "vitest"

import { webCrypto } from "#crypto/base/subtle"
import { inWords, sfuBehaviours, type SfuSeen } from "./sfu.ts"
import { frameMs, names, Stage, type Name } from "./stage.ts"

const rows = sfuBehaviours.map((row) => [row.name, inWords(row.seen), row] as const)
const lastMs = 1000

function isSeen(stage: Stage, seen: SfuSeen): boolean {
  if (seen === "nothing changes") return false
  if ("dropped" in seen) return stage.dropsOf(seen.dropped) > 0
  if ("trust" in seen) return stage.trust[seen.of].has(seen.trust)
  return stage.heardOf(seen.silent, lastMs) === 0
}

const withoutGap = (stage: Stage, heard: readonly Name[]): readonly Name[] =>
  heard.filter((name) => stage.heardOf(name, lastMs) >= 1)

describe("a media server that", { timeout: 20_000 }, () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it.each(rows)("%s: %s", async (_name, _outcome, { play, seen, heard, absent = [], untilFoundMs = 0 }) => {
    const decrypt = vi.spyOn(webCrypto().subtle, "decrypt")
    const stage = new Stage()
    await play(stage, (act) => act())
    if (seen !== "nothing changes") expect(isSeen(stage, seen)).toBe(true)
    const falsely = stage.falselyHeard()
    expect(falsely.length * frameMs).toBeLessThanOrEqual(untilFoundMs)
    expect(falsely.filter(({ at }) => at >= stage.now - lastMs)).toEqual([])
    expect(withoutGap(stage, heard)).toEqual(heard)
    expect(absent.filter((name) => stage.heardOf(name, lastMs) > 0)).toEqual([])
    // one AEAD a frame, whatever the frame
    expect(decrypt.mock.calls.length).toBeLessThanOrEqual(stage.delivered)
  })

  it.each(rows)("does all of it but that is not noticed (%s)", async (_name, _outcome, { play, seen, absent = [] }) => {
    const stage = new Stage()
    await play(stage, () => undefined)
    const present = names.filter((name) => !absent.includes(name))
    expect(isSeen(stage, seen)).toBe(false)
    expect(stage.drops.size).toBe(0)
    expect(stage.falselyHeard()).toEqual([])
    expect(withoutGap(stage, present)).toEqual(present)
    for (const name of present)
      expect([...stage.trust[name]].filter((one) => one !== "unverified")).toEqual(["verified"])
  })
})
