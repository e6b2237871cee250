import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"

describe("members around a real key service", () => {
  let house: Household
  let host: Person
  beforeEach(async () => {
    house = await Household.open()
    host = await house.host()
  })
  afterEach(async () => {
    for (const person of house.people) expect([person.who, person.broken]).toEqual([person.who, false])
    await house.close()
  })

  it("hear a host who opened the room", async () => {
    await host.untilSending()
    const { link } = await house.invite(host)
    const ada = await house.join("ada", link)
    expect(ada.state.phase).toBe("seated")
    await host.until(({ sending, chain }) => sending.step === chain?.step && sending.silence === undefined)
    expect(await ada.hears(await host.speak())).toBe(true)
  })
})
