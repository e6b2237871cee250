import { setTimeout as pause } from "node:timers/promises"
import { equal } from "#crypto/base/bytes"
import { hostSpace, joinSpace, type Bot, type BotOptions } from "../../../test/support/bot.ts"
import { watchKeys } from "./watch.ts"

const visitMs = 4_000
const speakers = 2
const listeners = 8

/** How somebody was locked out, on the clock of `performance.now()`, from the leave or the kick on. */
export interface LockOut {
  /** Until a Head of an epoch that the leaver was not given was in force. */
  readonly headMs: number
  /** Until everybody on stage sealed in such an epoch. */
  readonly usableMs: number
}

export interface Churn {
  readonly leaves: readonly LockOut[]
  readonly kick: LockOut
  readonly epochs: number
  /** Of everybody together. */
  readonly refusals: number
  /** Longest time for which somebody who stays lacked a key that was in use. */
  readonly behindMs: number
  /** Who stays and does not have the host's secret when all is over. */
  readonly without: number
}

/** Has somebody join and, `visitMs` later, leave every second, with a kick in the middle. @throws Error if somebody is not let in */
export async function churnFor(origin: string, seconds: number, say: (line: string) => void): Promise<Churn> {
  const options: BotOptions = { origin, waitMs: 30_000 }
  const host = await hostSpace(options, "Churn")
  const stage = await host.invite({ role: "speaker" })
  const link = await host.invite()
  const seated = (links: string, many: number): Promise<Bot[]> =>
    Promise.all(Array.from({ length: many }, () => joinSpace(links, options)))
  const talkers = [host, ...(await seated(stage, speakers))]
  const stayers = [...talkers, ...(await seated(link, listeners))]
  for (const bot of talkers) await bot.until(({ state }) => state.sending.epoch !== undefined, "a speaker is on air")
  const before = epochOf(host)
  const watch = watchKeys(talkers, stayers)
  const everybody = [...stayers]

  const visit = async (place: number, invite: string, go: (bot: Bot) => Promise<unknown>): Promise<LockOut> => {
    const bot = await joinSpace(invite, { ...options, localAddress: `127.2.0.${1 + (place % 250)}` })
    everybody.push(bot)
    await pause(visitMs)
    const wentAt = performance.now()
    await go(bot)
    const lockOut = await lockedOut(bot, host, talkers, wentAt)
    bot.stop()
    return lockOut
  }
  const leaving = (bot: Bot): Promise<unknown> => bot.command({ kind: "leave" })
  const kicking = (bot: Bot): Promise<unknown> => host.command({ kind: "remove", serial: bot.state.serial ?? 0 })

  const visits: Promise<PromiseSettledResult<LockOut>>[] = []
  const begin = (place: number, invite: string, go: (bot: Bot) => Promise<unknown>): void => {
    visits.push(Promise.allSettled([visit(place, invite, go)]).then(([result]) => result))
  }
  const startedAt = performance.now()
  for (let second = 0; second < seconds; second++) {
    if (second === Math.floor(seconds / 2)) begin(seconds, await host.invite({ personal: true }), kicking)
    begin(second, link, leaving)
    if (second % 30 === 29) say(`  ${second + 1} s: epoch ${epochOf(host)}`)
    await pause(Math.max(0, startedAt + (second + 1) * 1000 - performance.now()))
  }
  const results = await Promise.all(visits)
  const failed = results.find((result) => result.status === "rejected")
  if (failed !== undefined) throw failed.reason
  const lockOuts = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []))
  // the kick began right before the leave of its second
  const [kick] = lockOuts.splice(Math.floor(seconds / 2), 1)
  if (kick === undefined) throw new Error("Nobody was kicked.")
  await pause(1000)
  const behindMs = watch.end()
  const churn = {
    leaves: lockOuts,
    kick,
    epochs: epochOf(host) - before,
    refusals: everybody.reduce((sum, { refusals }) => sum + [...refusals.values()].reduce((a, b) => a + b, 0), 0),
    behindMs,
    without: stayers.filter((bot) => !hasSecretOf(bot, host)).length,
  }
  for (const { refusals } of everybody) if (refusals.size > 0) say(`  refused: ${JSON.stringify([...refusals])}`)
  for (const bot of everybody) bot.stop()
  return churn
}

async function lockedOut(leaver: Bot, host: Bot, talkers: readonly Bot[], wentAt: number): Promise<LockOut> {
  // what reached the leaver after its goodbye counts as well
  const newest = (): number => Math.max(...leaver.orders.map((order) => (order.kind === "epoch" ? order.epoch : 0)))
  await host.until(() => epochOf(host) > newest(), "a Head without the leaver")
  const headMs = performance.now() - wentAt
  const moved = ({ state }: Bot): boolean => (state.sending.epoch ?? 0) > newest()
  for (const bot of talkers) await bot.until(moved, "a talker left the leaver's epoch")
  return { headMs, usableMs: performance.now() - wentAt }
}

const epochOf = ({ state }: Bot): number => state.chain?.head?.fields.epoch ?? 0

function hasSecretOf({ state: { secret } }: Bot, { state: { secret: wanted } }: Bot): boolean {
  if (secret === undefined || wanted === undefined) return false
  return secret.epoch === wanted.epoch && secret.step === wanted.step && equal(secret.secret, wanted.secret)
}
