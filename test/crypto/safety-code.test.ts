import { beforeAll, describe, expect, it } from "vitest"

import { safetyCode } from "#crypto/room/safety-code"
import { safetyWords } from "#crypto/room/safety-words"
import { acceptHead, codePeriod, startChain, type Chain } from "#crypto/room/head"
import { History } from "../support/history.ts"
import { RoomKit } from "../support/room-kit.ts"

describe("the safety code", () => {
  const kit = new RoomKit("codes")
  let history: History
  beforeAll(async () => {
    history = await History.open(kit)
  })
  const code = (chain: Chain) => JSON.stringify(safetyCode(kit.p, chain))

  it("is thirty digits in six groups, and six words of the list", () => {
    const made = safetyCode(kit.p, history.chain)
    expect(made?.digits).toHaveLength(6)
    for (const group of made?.digits ?? []) expect(group).toMatch(/^\d{5}$/)
    expect(made?.words).toHaveLength(6)
    for (const word of made?.words ?? []) expect(safetyWords).toContain(word)
  })

  it("has 256 words to choose from, each once, all easy to type", () => {
    expect(safetyWords).toHaveLength(256)
    expect(new Set(safetyWords).size).toBe(256)
    for (const word of safetyWords) expect(word).toMatch(/^[a-z]{3,10}$/)
  })

  it("is not there before the room was opened", () => {
    expect(safetyCode(kit.p, startChain(kit.space, kit.hostPub, history.chain.policy))).toBeUndefined()
  })

  it("is the same for whoever was there from the start and whoever came later", async () => {
    while ((history.chain.head?.fields.seq ?? 0) < codePeriod - 1) await history.next()
    // the joiner fetches back to the Head that the code covers
    const covered = await history.next({ whole: true })
    const joiner = startChain(kit.space, kit.hostPub, history.chain.policy)
    const later = await history.next()
    const caughtUp = await acceptHead(kit.p, await acceptHead(kit.p, joiner, covered), later)
    expect(safetyCode(kit.p, caughtUp)).toBeDefined()
    expect(code(caughtUp)).toBe(code(history.chain))
  })

  it("differs between spaces, hosts and histories", async () => {
    const other = await History.open(new RoomKit("other codes"))
    const codes = [
      code(history.chain),
      code(other.chain),
      code({ ...history.chain, space: other.kit.space }),
      code({ ...history.chain, hostPub: other.kit.hostPub }),
      code({ ...history.chain, codeHead: other.chain.codeHead }),
    ]
    expect(new Set(codes).size).toBe(codes.length)
  })

  it("stays through the Heads that are not its own", async () => {
    const before = code(history.chain)
    await history.next()
    expect(code(history.chain)).toBe(before)
  })
})
