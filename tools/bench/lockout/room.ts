import { setTimeout as pause } from "node:timers/promises"
import { hostSpace, joinSpace, type BotOptions } from "../../../test/support/bot.ts"
import { seatCrowd } from "../crowd/crowd.ts"
import { hoarder, type ExMember } from "./ex-member.ts"
import { frameMs, startTalking, type Hear, type Talker } from "./talker.ts"

/** How long an ex-member is watched after the last talker left its epoch: what it opened then would count. */
const tailMs = 15 * frameMs

export interface Kick {
  /** From the host's click to the seal of the last frame that the ex-member's keys open. */
  readonly lockoutMs: number
  /** From the host's click until all talkers sealed in an epoch that the ex-member was not given. */
  readonly switchedMs: number
}

export interface LockoutRoom {
  /** Lets one more listener in and removes it. @throws Error if it could not even open what came before the kick */
  kick(): Promise<Kick>
  close(): void
}

/** A room of `seats`, the listener that is going to be removed included: host, speakers, audience. */
export async function openRoom(origin: string, seats: number, network: number): Promise<LockoutRoom> {
  const options: BotOptions = { origin, waitMs: 60_000 }
  let listener: ExMember | undefined
  const hear: Hear = (talker, frame, sealedAt) => listener?.hear(talker, frame, sealedAt)
  const host = await hostSpace(options, "Lockout")
  const speakers = seats < 10 ? 1 : 4
  const stage = await host.invite({ role: "speaker" })
  const speaking = await Promise.all(Array.from({ length: speakers }, () => joinSpace(stage, options)))
  const link = await host.invite()
  const crowd = await seatCrowd({ origin, link, network, seats: seats - speakers - 2 })
  const talkers: readonly Talker[] = [host, ...speaking].map((bot) => startTalking(bot, hear))
  for (const bot of speaking) await bot.until(({ state }) => state.sending.epoch !== undefined, "a speaker is on air")

  return {
    async kick() {
      const bot = await joinSpace(await host.invite(), options)
      try {
        listener = hoarder(bot)
        const { serial } = bot.state
        if (serial === undefined) throw new Error("A seated bot has a serial.")
        await openedAll(listener, talkers)
        // the click falls anywhere between two frames, two ticks and two Heads
        await pause(200 + Math.random() * 400)
        const epoch = host.state.secret?.epoch ?? 0
        const clickedAt = performance.now()
        const reply = await host.command({ kind: "remove", serial })
        if (reply.kind !== "done") throw new Error("The host could not remove a listener.")
        const moved = ({ bot: { state } }: Talker): boolean => (state.sending.epoch ?? 0) > epoch
        for (const talker of talkers) await talker.bot.until(() => moved(talker), "a talker left the old epoch")
        const switchedMs = performance.now() - clickedAt
        await pause(tailMs)
        return { lockoutMs: Math.max(0, listener.lastOpened - clickedAt), switchedMs }
      } finally {
        listener = undefined
        bot.stop()
      }
    },
    close() {
      crowd.leave()
      for (const talker of talkers) talker.stop()
    },
  }
}

/** Resolves once frames of every talker were opened. @throws Error if that takes five seconds */
async function openedAll({ opened }: ExMember, talkers: readonly Talker[]): Promise<void> {
  const until = performance.now() + 5000
  while (talkers.some((talker) => (opened.get(talker) ?? 0) < 3)) {
    if (performance.now() > until) throw new Error("A listener could not open the frames it was let in for.")
    await pause(frameMs)
  }
}
