import { describe, expect, it } from "vitest"

import { equal } from "#crypto/base/bytes"
import type { Primitives } from "#crypto/base/primitives"
import { webPrimitives } from "#crypto/base/web-primitives"
import { signerOf } from "#crypto/room/head"
import { attack, type Loot } from "../support/attacker.ts"
import { withoutDerivation } from "../support/broken-primitives.ts"
import { Household } from "../support/household.ts"
import type { Person, SealedFrame } from "../support/person.ts"

interface Evening {
  readonly loot: Loot
  readonly frames: readonly SealedFrame[]
  /** The epoch in which the device was taken. */
  readonly epoch: number
}

/** A renewal after nine to eleven minutes brings a new KEK: a control about one KEK ends before. */
const turnsWithoutRenewal = 1

/** A talk of several epochs, at the end of which a device is taken as it is; then the attack with what is on it. */
async function evening(whose: "host" | "listener" | "speaker", p: Primitives, turns = 3): Promise<Evening> {
  const house = await Household.open({ primitives: () => p })
  try {
    const host = await house.host()
    const listener = await house.join("listener", (await house.invite(host)).link)
    const speaker = await house.join("speaker", (await house.invite(host, { role: "speaker" })).link)
    await speaker.untilSending(2)
    const frames: SealedFrame[] = []
    const talk = async (): Promise<void> => {
      const epoch = host.state.chain?.head?.fields.epoch
      for (const sender of [host, speaker]) {
        await sender.untilSending(epoch)
        await sender.until(({ sending, chain }) => sending.step === chain?.step)
        frames.push(await sender.speak())
      }
      await listener.until(({ secret }) => secret?.epoch === epoch)
      await house.noteStored()
    }
    await talk()
    for (let turn = 0; turn < turns; turn++) {
      await house.elapse(301_000)
      await talk()
    }
    // old epochs are wiped five seconds after the Head that ended them
    await house.elapse(6000)
    const known = { host, listener, speaker }[whose].knowsNow()
    const epoch = host.state.chain?.head?.fields.epoch ?? 0
    return { loot: await attack(p, known, [...house.carried], house.dumps, frames), frames, epoch }
  } finally {
    await house.close()
  }
}

/**
 * A talk in which a deputy leads for an epoch and gives the lead back; two epochs later, with the same rows all the
 * while, a device is taken.
 */
async function changeOfLead(whose: "host" | "deputy"): Promise<Evening> {
  const house = await Household.open()
  try {
    const host = await house.host()
    const deputy = await house.join("deputy", (await house.invite(host, { role: "cohost", personal: true })).link)
    const listener = await house.join("listener", (await house.invite(host)).link)
    const frames: SealedFrame[] = []
    /** Everybody follows somebody, and has a KEK for the wraps to come. */
    const ledBy = async (leader: Person): Promise<void> => {
      for (const person of [host, deputy, listener])
        await person.until(({ chain, seated }) => {
          const signer = chain && signerOf(chain)
          const wrapped = seated?.keks.some((kek) => signer !== undefined && equal(kek.leader, signer.seatPub))
          return signer?.serial === leader.serial && (person === leader || wrapped === true)
        })
    }
    /** Whoever leads makes an epoch that changes no row, in which the deputy speaks. */
    const rotate = async (leader: Person): Promise<void> => {
      const before = leader.epoch
      leader.exhaust()
      await leader.until(() => leader.epoch > before)
      for (const person of [host, deputy, listener]) await person.until(({ secret }) => secret?.epoch === leader.epoch)
      await deputy.untilSending(leader.epoch)
      frames.push(await deputy.speak())
      await house.noteStored()
    }
    await deputy.untilSending(2)
    await rotate(host)
    house.loses = (who) => who === "host"
    await deputy.until(({ chain }) => chain !== undefined && signerOf(chain)?.serial === deputy.serial)
    house.loses = undefined
    await ledBy(deputy)
    await rotate(deputy)
    await host.command({ kind: "retake" })
    await ledBy(host)
    await rotate(host)
    await rotate(host)
    await house.elapse(6000)
    const known = { host, deputy }[whose].knowsNow()
    const loot = await attack(webPrimitives, known, [...house.carried], house.dumps, frames)
    return { loot, frames, epoch: host.epoch }
  } finally {
    await house.close()
  }
}

describe("a seized device with everything the service ever held or carried", { timeout: 120_000 }, () => {
  it.each(["listener", "speaker", "host"] as const)(
    "opens no epoch but the one it was taken in: a %s's",
    async (whose) => {
      const { loot, frames, epoch } = await evening(whose, webPrimitives)
      const current = frames.filter((frame) => frame.epoch === epoch)
      expect(current).toHaveLength(2)
      expect(frames.length).toBeGreaterThan(6)
      expect(loot.frames).toEqual(current)
    },
  )

  it("would open the epochs before if a KEK never changed (the test can fail)", async () => {
    const { loot, frames, epoch } = await evening("listener", withoutDerivation("next"), turnsWithoutRenewal)
    const earlier = loot.frames.filter((frame) => frame.epoch < epoch)
    expect(earlier.length).toBeGreaterThan(0)
    expect(frames).toEqual(expect.arrayContaining(earlier))
  })

  it.each(["host", "deputy"] as const)("opens no epoch that began while another led: a %s's", async (whose) => {
    const { loot, frames, epoch } = await changeOfLead(whose)
    expect(frames).toHaveLength(4)
    expect(loot.frames.map((frame) => frame.epoch)).toEqual([epoch])
  })
})
