import { describe, expect, it } from "vitest"

import type { Primitives } from "#crypto/base/primitives"
import { webPrimitives } from "#crypto/base/web-primitives"
import { attack, type Loot } from "../support/attacker.ts"
import { withOneSecretForAll } from "../support/broken-primitives.ts"
import { Household } from "../support/household.ts"
import type { Person, SealedFrame } from "../support/person.ts"

interface Evening {
  readonly loot: Loot
  /** Sealed for the member while it was there, and after it was removed. */
  readonly before: readonly SealedFrame[]
  readonly after: readonly SealedFrame[]
  readonly kickEpoch: number
}

/** A talk from which somebody is removed by `leaving`; then the attack with all it ever knew. */
async function evening(
  p: Primitives,
  leaving: (host: Person, member: Person, invite: string) => Promise<unknown>,
): Promise<Evening> {
  const house = await Household.open({ primitives: () => p })
  try {
    const host = await house.host()
    const own = await house.invite(host)
    const speakers = await house.invite(host, { role: "speaker" })
    const others = await house.invite(host)
    const member = await house.join("the removed", own.link)
    const bo = await house.join("bo", speakers.link)
    await house.join("cy", others.link)
    const epochOf = ({ state }: Person): number => state.chain?.head?.fields.epoch ?? 0
    const talk = async (frames: SealedFrame[]): Promise<void> => {
      for (const speaker of [host, bo]) {
        await speaker.untilSending(epochOf(host))
        await speaker.until(({ sending, chain }) => sending.step === chain?.step)
        frames.push(await speaker.speak())
      }
      await house.noteStored()
    }
    const before: SealedFrame[] = []
    await talk(before)
    // an epoch that came by a wrap, a renewed seat, a newcomer's step
    await house.elapse(301_000)
    await talk(before)
    await house.elapse(400_000)
    await house.join("dan", others.link)
    await talk(before)
    for (const frame of before.slice(-2)) expect(await member.hears(frame)).toBe(true)

    const kickEpoch = epochOf(host) + 1
    await leaving(host, member, own.invite)
    await member.until(({ phase }) => phase === "gone")
    await host.until(() => epochOf(host) >= kickEpoch)
    const after: SealedFrame[] = []
    await talk(after)
    await house.join("eve", others.link)
    await talk(after)
    await house.elapse(301_000)
    await talk(after)
    const carried = [...house.carried]
    return {
      loot: await attack(p, member.everKnown, carried, house.dumps, [...before, ...after]),
      before,
      after,
      kickEpoch,
    }
  } finally {
    await house.close()
  }
}

const kick = (host: Person, { serial }: Person) => host.command({ kind: "remove", serial })
const revoke = (host: Person, _member: Person, invite: string) => host.command({ kind: "revoke", invite })
const epochsOf = ({ secrets }: Loot): readonly number[] => [...secrets].map((name) => Number(name.split("/")[0]))

describe("a removed member with everything the service ever held or carried", { timeout: 120_000 }, () => {
  it.each([
    ["kicked", kick],
    ["with its invite revoked", revoke],
  ])("opens what was said to it and nothing after: %s", async (_how, leaving) => {
    const { loot, before, after, kickEpoch } = await evening(webPrimitives, leaving)
    expect(after).toHaveLength(6)
    // its power: all it could hear, it can open, by Seats and by wraps
    expect(loot.frames).toEqual(before)
    expect(Math.min(loot.seats, loot.wraps)).toBeGreaterThan(0)
    expect(Math.max(...epochsOf(loot))).toBe(kickEpoch - 1)
  })

  it("would open all of it if the host kept its secret (the test can fail)", async () => {
    const { loot, before, after } = await evening(withOneSecretForAll(), kick)
    expect(loot.frames).toEqual([...before, ...after])
  })
})
