import { equal } from "#crypto/base/bytes"
import type { Chain } from "#crypto/room/head"
import { lastDeputyRank, leaderRank } from "#crypto/room/leaders"
import { Actions } from "./actions.ts"
import { Broken } from "./broken.ts"
import type { Device } from "./device.ts"
import { Faults } from "./faults.ts"
import { House, type HouseOptions } from "./house.ts"
import { Weather } from "./weather.ts"

/** What came of one seed. */
export interface SeedReport {
  readonly seed: string
  readonly steps: number
  readonly trace: string
  /** The longest time from the end of the faults until all had one epoch, in virtual ms. */
  readonly slowestMs: number
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
  let failure: Failure | undefined
  try {
    actions.start()
    await house.runFor(house.draws.between(5_000, 20_000))
    while (house.steps < steps) {
      faults.start()
      await house.runFor(house.draws.between(5_000, 60_000))
      faults.stop()
      actions.stop()
      slowestMs = Math.max(slowestMs, await converge(house))
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
  return { seed: options.seed, steps: house.steps, trace, slowestMs, heads, failure }
}

/** Renewals, rotations and silent seats: a quarter of an hour in which little happens. */
async function quietHour(house: House): Promise<void> {
  house.weather.tickFactor = 6
  await house.runFor(house.draws.between(300_000, 1_200_000))
  house.weather.tickFactor = 1
  await house.runFor(2_000)
}

/** Waits until everybody who is here is of one mind. @returns how long it took, in virtual ms */
async function converge(house: House): Promise<number> {
  const { host, agenda, draws } = house
  const began = agenda.now
  // Somebody must be able to lead; at times that is not the host.
  if (!host.device?.lives && (draws.chance(0.5) || !house.devices.some(mayLead))) house.openPage(host)
  while (agenda.now - began <= patienceMs) {
    await house.runFor(lookMs)
    if (!host.device?.lives && !house.devices.some(mayLead)) house.openPage(host)
    if (ofOneMind(house)) return agenda.now - began
  }
  throw new Broken("liveness", `after ${patienceMs} ms: ${house.devices.map((one) => standing(house, one)).join("; ")}`)
}

/** Whether it can lead: somebody who may, and knows the newest secret. */
function mayLead({ state, seatPub }: Device): boolean {
  const { chain, secret } = state
  if (secret?.epoch !== chain?.head?.fields.epoch || secret?.step !== chain?.step) return false
  const entry = chain?.roster.find((one) => equal(one.seatPub, seatPub))
  // Whoever the host has taken the invite from leads no more, whether or not a Head says so yet.
  const revoked = state.noticedPolicy?.policy.fields.revoked ?? []
  return (
    chain !== undefined &&
    entry !== undefined &&
    !revoked.some((id) => equal(id, entry.inviteId)) &&
    leaderRank(chain.policy.fields, chain.roster, entry.index) !== undefined
  )
}

function ofOneMind(house: House): boolean {
  return house.service.up && house.devices.every((device) => standing(house, device) === "")
}

function ledBySpeaker({ policy, roster, head }: Chain): boolean {
  const rank = head && leaderRank(policy.fields, roster, head.fields.signer)
  return rank !== undefined && rank > lastDeputyRank
}

/** What a device still lacks; empty if nothing. */
function standing({ service, devices }: House, { who, state, seatPub, isAsleep }: Device): string {
  const newest = service.room?.state.chain
  const { chain, secret, sending, phase, socket } = state
  const say = (what: string): string => `${who} ${what} (${phase}, ${socket})`
  if (isAsleep) return ""
  if (newest?.head === undefined) return say("has no room yet")
  // A human is asked; that it knocks its own page may have missed.
  const asked = devices
    .flatMap(({ state: { lead } }) => lead?.knocking ?? [])
    .map(({ request }) => request.fields.seatPub)
  if (phase === "joining" && (state.knocking || asked.some((key) => equal(key, seatPub)))) return ""
  // A history that one comes to begins with the host or a deputy, under the policy in force: where there is no such Head
  // any more, newcomers wait for one of them.
  if (phase === "waiting-for-host" && chain?.head === undefined && ledBySpeaker(newest)) return ""
  if (phase !== "seated") return say("has no seat")
  if (chain?.head === undefined || !equal(chain.head.id, newest.head.id)) return say("has an older Head")
  if (secret?.epoch !== newest.head.fields.epoch || secret.step !== newest.step) return say("has no secret")
  if (!chain.roster.some((entry) => equal(entry.seatPub, seatPub))) return ""
  return sending.epoch === newest.head.fields.epoch ? "" : say(`does not send: ${sending.silence ?? "?"}`)
}
