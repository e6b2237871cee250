import { describe, expect, it } from "vitest"

import type { Primitives } from "#crypto/base/primitives"
import { webPrimitives } from "#crypto/base/web-primitives"
import { attack, type Loot } from "../support/attacker.ts"
import { withoutDerivation } from "../support/broken-primitives.ts"
import { Household } from "../support/household.ts"
import type { Person, SealedFrame } from "../support/person.ts"

interface Evening {
  readonly loot: Loot
  readonly before: readonly SealedFrame[]
  readonly after: readonly SealedFrame[]
}

/** A talk that somebody joins late, in the middle of an epoch; then the attack with all it ever knew. */
async function evening(p: Primitives): Promise<Evening> {
  const house = await Household.open({ primitives: () => p })
  try {
    const host = await house.host()
    const { link } = await house.invite(host)
    const lines: string[] = []
    const talk = async (frames: SealedFrame[]): Promise<void> => {
      // Whoever has just come may be a Step ahead of the host.
      await host.until(({ lead }) => lead?.inflight === undefined)
      await host.untilSending(host.state.chain?.head?.fields.epoch)
      await host.until(({ sending, chain }) => sending.step === chain?.step)
      frames.push(await host.speak())
      await host.command({ kind: "say", say: { kind: "chat", text: `${lines.length}` } })
      lines.push(`${lines.length}`)
      await house.noteStored()
    }
    const before: SealedFrame[] = []
    await talk(before)
    await house.join("ada", link)
    await talk(before)
    await house.elapse(301_000)
    await talk(before)
    await house.join("bo", link)
    await talk(before)

    const late: Person = await house.join("the late one", link)
    const after: SealedFrame[] = []
    await talk(after)
    expect(after[0]?.epoch).toBe(before.at(-1)?.epoch)
    await house.join("cy", link)
    await talk(after)
    await house.elapse(301_000)
    await talk(after)
    await late.until(({ secret }) => secret?.epoch === after.at(-1)?.epoch)
    return {
      loot: await attack(p, late.everKnown, [...house.carried], house.dumps, [...before, ...after]),
      before,
      after,
    }
  } finally {
    await house.close()
  }
}

describe("a late joiner with everything the service ever held or carried", { timeout: 120_000 }, () => {
  it("opens what was said since it came, to the step, and nothing before", async () => {
    const { loot, before, after } = await evening(webPrimitives)
    expect([before.length, after.length]).toEqual([4, 3])
    expect(loot.frames).toEqual(after)
    expect(loot.lines).toEqual(["4", "5", "6"])
    expect(Math.min(loot.seats, loot.wraps)).toBeGreaterThan(0)
  })

  it("would open the epoch it came in from its start if steps did not ratchet (the test can fail)", async () => {
    const { loot, before, after } = await evening(withoutDerivation("ratchet"))
    const epoch = after[0]?.epoch
    const ofItsEpoch = before.filter((frame) => frame.epoch === epoch)
    expect(ofItsEpoch.length).toBeGreaterThan(0)
    expect(loot.frames).toEqual([...ofItsEpoch, ...after])
    const linesBefore = ["0", "1", "2", "3"].slice(4 - ofItsEpoch.length)
    expect(loot.lines).toEqual([...linesBefore, "4", "5", "6"])
  })
})
