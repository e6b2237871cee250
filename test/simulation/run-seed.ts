import { Actions } from "./actions.ts"
import { Broken } from "./broken.ts"
import { Faults } from "./faults.ts"
import { House, type HouseOptions } from "./house.ts"
import { isLed, knowsNewest, leads, mayLead, ofOneMind, standing } from "./standing.ts"
import { Weather } from "./weather.ts"

/** What came of one seed. */
export interface SeedReport {
  readonly seed: string
  readonly steps: number
  readonly trace: string
  /** The longest time from the end of the faults until all had one epoch, in virtual ms. */
  readonly slowestMs: number
  /**
   * Each time the faults ended: from when everybody was connected again, a leader among them, until all who are seated
   * had one secret, in virtual ms.
   */
  readonly agreedMs: readonly number[]
  /**
   * Each time the faults ended: the longest unbroken while in which everybody was connected, a leader among them, and
   * somebody seated had not the newest secret, in virtual ms. Whose connection has been broken unnoticed, or still
   * carries what the faults have delayed, is not connected, and nobody is whose leader is not.
   */
  readonly apartMs: readonly number[]
  readonly heads: number
  readonly failure: Failure | undefined
}

export interface Failure {
  readonly invariant: string
  readonly text: string
  readonly step: number
  readonly events: readonly string[]
}

/** All must be of one mind this long after the faults end: reconnecting, noticing that nobody leads, taking over. */
const patienceMs = 90_000
const lookMs = 100

/** Storms and calms in one space until `steps` are done. Never throws: what is wrong is in the report. */
export async function runSeed(options: HouseOptions, steps: number): Promise<SeedReport> {
  const house = await House.open(options, new Weather())
  const actions = new Actions(house)
  const faults = new Faults(house)
  let slowestMs = 0
  const agreedMs: number[] = []
  const apartMs: number[] = []
  let failure: Failure | undefined
  try {
    actions.start()
    await house.runFor(house.draws.between(5_000, 20_000))
    while (house.steps < steps) {
      faults.start()
      await house.runFor(house.draws.between(5_000, 60_000))
      faults.stop()
      actions.stop()
      const { wholeMs, agreed, apart } = await converge(house)
      slowestMs = Math.max(slowestMs, wholeMs)
      agreedMs.push(agreed)
      apartMs.push(apart)
      await house.truth.stored()
      actions.start()
      if (house.draws.chance(0.1)) await quietHour(house)
      else await house.runFor(house.draws.between(1_000, 20_000))
    }
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    failure = { invariant: error.invariant, text: error.message, step: house.steps, events: house.events.slice(-30) }
  }
  const { trace } = house
  const heads = house.service.room?.state.chain.head?.fields.seq ?? 0
  await house.close()
  return { seed: options.seed, steps: house.steps, trace, slowestMs, agreedMs, apartMs, heads, failure }
}

/** Renewals, rotations and silent seats: a quarter of an hour in which little happens. */
async function quietHour(house: House): Promise<void> {
  house.weather.tickFactor = 6
  await house.runFor(house.draws.between(300_000, 1_200_000))
  house.weather.tickFactor = 1
  await house.runFor(2_000)
}

interface Calm {
  /** Until all were of one mind. */
  readonly wholeMs: number
  /** From when somebody led to the last time the seated came to one secret. */
  readonly agreed: number
  /** The longest unbroken while without one secret. */
  readonly apart: number
}

/** Waits until everybody who is here is of one mind. @returns how long things took, in virtual ms */
async function converge(house: House): Promise<Calm> {
  const { host, agenda, draws } = house
  const began = agenda.now
  // Somebody must be able to lead; at times that is not the host.
  if (!host.device?.lives && (draws.chance(0.5) || !house.devices.some(mayLead))) house.openPage(host)
  let led: number | undefined
  let agreed: number | undefined
  let apartSince: number | undefined
  let apart = 0
  while (agenda.now - began <= patienceMs) {
    await house.runFor(lookMs)
    led = isLed(house) ? (led ?? agenda.now) : undefined
    const lacking = house.devices.filter((device) => !knowsNewest(house, device))
    if (led === undefined || lacking.length > 0) agreed = undefined
    else agreed ??= agenda.now - led
    if (apartSince !== undefined) apart = Math.max(apart, agenda.now - apartSince)
    const reached = led !== undefined && house.devices.every((device) => !leads(house, device) || device.isReached)
    apartSince = reached && lacking.some((device) => device.isReached) ? (apartSince ?? agenda.now) : undefined
    if (!host.device?.lives && !house.devices.some(mayLead)) house.openPage(host)
    if (ofOneMind(house)) return { wholeMs: agenda.now - began, agreed: agreed ?? 0, apart }
  }
  throw new Broken("liveness", `after ${patienceMs} ms: ${house.devices.map((one) => standing(house, one)).join("; ")}`)
}
