import { hostSerial } from "#crypto/member/start"
import { signerOf } from "#crypto/room/head"
import { hostSpace, joinSpace, reopen, type Bot, type BotOptions } from "../../../test/support/bot.ts"
import { seatCrowd } from "../crowd/crowd.ts"
import { watchSilence } from "./silence.ts"

/** How long after a leader's end things happened, in ms on the clock of `performance.now()`. */
export interface Takeover {
  /** Until the deputy's first Head was in force. */
  readonly headMs: number
  /** From the last news of the leader to that Head. */
  readonly sinceNewsMs: number
  /** From the deputy's first Head until it had a key for everybody who is there; 0: it had them all. */
  readonly keysMs: number
  /** Longest silence of each member on stage. */
  readonly silences: readonly number[]
}

/** The same, with somebody whom a moderator removes right after the leader's end. */
export interface KickTakeover extends Takeover {
  /** From the moderator's click to the Head without the removed one. */
  readonly kickMs: number
  /** From that Head until everybody else, audience included, had the new secret. */
  readonly everybodyMs: number
}

export interface TakeoverRoom {
  /** Ends the leader's process without a goodbye, and lets time pass. */
  quiet(): Promise<Takeover>
  /** The host comes back and leads again; resolves once it does. */
  hostReturns(): Promise<void>
  /** Ends the leader's process, and has a moderator remove a listener. */
  kick(): Promise<KickTakeover>
  close(): void
}

/**
 * A room of `seats`: host, deputy, moderator, a speaker if there are ten, a listener to be removed, and an audience.
 * @param standing - whether the deputy was there before the audience, and so has everybody's key.
 */
export async function openRoom(
  origin: string,
  seats: number,
  network: number,
  standing: boolean,
): Promise<TakeoverRoom> {
  const options: BotOptions = { origin, waitMs: 90_000 }
  let host = await hostSpace(options, "Takeover")
  const cohost = await host.invite({ role: "cohost", personal: true })
  await host.until(({ state }) => state.chain?.policy.fields.deputies.length === 1, "the policy names the deputy")
  const early = standing ? await joinSpace(cohost, options) : undefined
  await early?.until(({ state }) => state.lead?.standing === true, "the deputy stands by")
  const moderator = await joinSpace(await host.invite({ role: "moderator", personal: true }), options)
  const speakers = seats < 10 ? [] : [await joinSpace(await host.invite({ role: "speaker" }), options)]
  const target = await joinSpace(await host.invite({ personal: true }), options)
  const link = await host.invite()
  const crowd = await seatCrowd({ origin, link, network, seats: seats - 4 - speakers.length })
  const deputy = early ?? (await joinSpace(cohost, options))
  const stage = [deputy, moderator, ...speakers]
  for (const bot of stage) await bot.until(({ state }) => state.sending.epoch !== undefined, "the stage is on air")
  await deputy.until(({ state }) => state.lead?.seats?.rows.size === seats, "the deputy has all rows")
  await crowd.reach(epochOf(host))

  const takeover = async (then: () => Promise<void>): Promise<Takeover> => {
    const silence = watchSilence(stage)
    const killedAt = performance.now()
    host.stop()
    let newsAt = deputy.state.headAt ?? killedAt
    const going = then()
    await deputy.until(({ state }) => {
      if (leads(deputy)) return true
      newsAt = state.headAt ?? newsAt
      return false
    }, "the deputy leads")
    const headAt = performance.now()
    const knewAll = hasAllKeys(deputy)
    await deputy.until(hasAllKeys, "the deputy has a key for everybody")
    const keysMs = knewAll ? 0 : performance.now() - headAt
    await going
    return { headMs: headAt - killedAt, sinceNewsMs: headAt - newsAt, keysMs, silences: silence.end() }
  }

  return {
    quiet: () => takeover(() => Promise.resolve()),
    async hostReturns() {
      if (host.record === undefined) throw new Error("A host has a record.")
      host = reopen(host.record, options)
      await host.until(({ state }) => state.phase === "seated" && state.socket === "synced", "the host is back")
      await host.command({ kind: "retake" })
      await host.until(leads, "the host leads again")
      await host.until(({ state }) => state.sending.epoch !== undefined, "the host is on air again")
      const epoch = epochOf(host)
      for (const bot of stage) await bot.until(({ state }) => (state.sending.epoch ?? 0) >= epoch, "the stage follows")
      await crowd.reach(epoch)
    },
    async kick() {
      const { serial } = target.state
      if (serial === undefined) throw new Error("A seated bot has a serial.")
      let kickMs = Infinity
      let everybodyMs = Infinity
      const measured = await takeover(async () => {
        const clickedAt = performance.now()
        const reply = await moderator.command({ kind: "remove", serial })
        if (reply.kind !== "done") throw new Error("The moderator's order was refused.")
        await deputy.until(
          ({ state }) => state.lead?.seats?.rows.has(serial) === false,
          "the Head without the listener",
        )
        const headAt = performance.now()
        kickMs = headAt - clickedAt
        const epoch = epochOf(deputy)
        for (const bot of stage)
          await bot.until(({ state }) => (state.sending.epoch ?? 0) >= epoch, "the stage follows")
        await crowd.reach(epoch)
        everybodyMs = performance.now() - headAt
      })
      return { ...measured, kickMs, everybodyMs }
    },
    close() {
      crowd.leave()
      for (const bot of [host, target, ...stage]) bot.stop()
    },
  }
}

const epochOf = ({ state }: Bot): number => state.chain?.head?.fields.epoch ?? 0

function leads({ state }: Bot): boolean {
  return state.chain !== undefined && signerOf(state.chain)?.serial === state.serial
}

/** Whether a leader can wrap for all but itself and the host, who is not there to ask. */
function hasAllKeys({ state: { lead, serial } }: Bot): boolean {
  const rows = [...(lead?.seats?.rows.keys() ?? [])]
  return lead !== undefined && rows.every((row) => row === serial || row === hostSerial || lead.keks.has(row))
}
