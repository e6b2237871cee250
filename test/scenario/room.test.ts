import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { hostSpace, joinSpace, openLink, reopen, type Bot } from "../support/bot.ts"
import { startKeyService, type TestService } from "../support/key-service.ts"

let service: TestService
let bots: Bot[] = []

beforeEach(async () => {
  service = await startKeyService()
})

afterEach(async () => {
  for (const bot of bots) bot.stop()
  bots = []
  await service.stop()
})

const here = () => ({ origin: service.url })

async function host(): Promise<Bot> {
  return keep(await hostSpace(here()))
}

function keep(bot: Bot): Bot {
  bots.push(bot)
  return bot
}

const epochOf = (bot: Bot): number => bot.state.secret?.epoch ?? 0
const stepOf = (bot: Bot): number => bot.state.secret?.step ?? -1
const secretOf = (bot: Bot): string => Buffer.from(bot.state.secret?.secret ?? []).toString("hex")
const sends = (bot: Bot) => bot.orders.filter((order) => order.kind === "send")

describe("a room of one host, speakers and listeners on the real key service", () => {
  test("a listener who opens a link gets the secret the host has", async () => {
    const leader = await host()
    const listener = keep(await joinSpace(await leader.invite(), here()))
    await leader.until(() => secretOf(leader) === secretOf(listener), "both hold one secret")
    expect(listener.state.chain?.count).toBe(2)
    expect(listener.state.card?.title).toBe("Bots")
    expect(listener.refusals.size).toBe(0)
    expect(leader.refusals.size).toBe(0)
  })

  test("a speaker's invite leads to the stage, and everybody ends in one epoch", async () => {
    const leader = await host()
    const listener = keep(await joinSpace(await leader.invite(), here()))
    const speaker = keep(await joinSpace(await leader.invite({ role: "speaker", personal: true }), here()))
    await speaker.until(() => sends(speaker).length > 0, "the speaker may send")
    const sent = sends(speaker)[0]
    expect(sent).toMatchObject({ kind: "send", index: 1 })
    await listener.until(() => epochOf(listener) === epochOf(speaker) && secretOf(listener) === secretOf(speaker))
    expect(listener.state.chain?.roster.map((entry) => entry.index)).toEqual([0, 1])
  })

  test("a removed listener learns no later secret, and behind its group's link everybody must knock", async () => {
    const leader = await host()
    const link = await leader.invite()
    const removed = keep(await joinSpace(link, here()))
    const stays = keep(await joinSpace(await leader.invite(), here()))
    await leader.until(() => leader.state.lead?.seats?.rows.size === 3)
    const before = epochOf(stays)
    await leader.command({ kind: "remove", serial: removed.state.serial ?? 0 })
    await stays.until(() => epochOf(stays) > before, "those who stay have the next secret")
    await removed.until(() => removed.state.phase === "gone")
    expect(removed.state.problem).toBe("removed")
    expect(removed.orders.some((order) => order.kind === "epoch" && order.epoch > before)).toBe(false)
    const again = keep(openLink(link, here()))
    await again.until(() => again.state.phase === "card")
    await again.command({ kind: "join" })
    await again.until(() => again.state.knocking)
    expect(again.state.seated).toBeUndefined()
  })

  test("a promoted listener may send in the next epoch, and one moved down falls silent", async () => {
    const leader = await host()
    const person = keep(await joinSpace(await leader.invite(), here()))
    await leader.until(() => leader.state.lead?.seats?.rows.size === 2)
    await leader.command({ kind: "promote", serial: person.state.serial ?? 0 })
    await person.until(() => sends(person).length > 0)
    await leader.command({ kind: "demote", serial: person.state.serial ?? 0 })
    await person.until(
      () => person.orders.at(-1)?.kind !== "send" && person.orders.some((order) => order.kind === "stall"),
    )
    expect(person.state.chain?.roster).toHaveLength(1)
  })

  test("a reloaded listener, speaker and host come back on their own seats, and no sender reuses an epoch", async () => {
    const leader = await host()
    const listener = keep(await joinSpace(await leader.invite(), here()))
    const speaker = keep(await joinSpace(await leader.invite({ role: "speaker" }), here()))
    await speaker.until(() => sends(speaker).length > 0)
    const lastSpoken = Math.max(...sends(speaker).map((order) => order.epoch))

    const { serial } = speaker.state
    const record = speaker.record
    speaker.stop()
    if (record === undefined) throw new Error("The speaker has a record.")
    const speakerBack = keep(reopen(record, here()))
    await speakerBack.until(() => sends(speakerBack).length > 0, "the speaker sends again")
    expect(speakerBack.state.serial).toBe(serial)
    expect(Math.min(...sends(speakerBack).map((order) => order.epoch))).toBeGreaterThan(lastSpoken)

    const listenerRecord = listener.record
    const listenerSerial = listener.state.serial
    listener.stop()
    if (listenerRecord === undefined) throw new Error("The listener has a record.")
    const listenerBack = keep(reopen(listenerRecord, here()))
    await listenerBack.until(() => secretOf(listenerBack) === secretOf(speakerBack) && secretOf(listenerBack) !== "")
    expect(listenerBack.state.serial).toBe(listenerSerial)

    const spokenByHost = Math.max(...sends(leader).map((order) => order.epoch))
    const hostRecord = leader.record
    leader.stop()
    if (hostRecord === undefined) throw new Error("The host has a record.")
    const leaderBack = keep(reopen(hostRecord, here()))
    await leaderBack.until(() => sends(leaderBack).length > 0, "the host sends again")
    expect(Math.min(...sends(leaderBack).map((order) => order.epoch))).toBeGreaterThan(spokenByHost)
    await listenerBack.until(() => secretOf(listenerBack) === secretOf(leaderBack))
    await speakerBack.until(() => secretOf(speakerBack) === secretOf(leaderBack))
    expect(stepOf(leaderBack)).toBe(stepOf(listenerBack))
  })

  test("a restarted key service loses nothing accepted, and the room goes on", async () => {
    const leader = await host()
    const listener = keep(await joinSpace(await leader.invite(), here()))
    const seq = listener.state.chain?.head?.fields.seq ?? 0
    await service.restart()
    await leader.until(() => leader.state.socket === "synced" && leader.state.lead?.seats !== undefined)
    const late = keep(await joinSpace(await leader.invite({ role: "speaker" }), here()))
    await late.until(() => sends(late).length > 0)
    await listener.until(() => secretOf(listener) === secretOf(late))
    expect(listener.state.chain?.head?.fields.seq).toBeGreaterThan(seq)
    expect(listener.refusals.size).toBe(0)
  })

  test("revoking an invite takes all its seats, and its link is shown as revoked", async () => {
    const leader = await host()
    const link = await leader.invite()
    const invite = leader.state.host?.invites[0]?.id ?? ""
    const one = keep(await joinSpace(link, here()))
    await leader.until(() => leader.state.lead?.seats?.rows.size === 2)
    await leader.command({ kind: "revoke", invite })
    await one.until(() => one.state.phase === "gone")
    await leader.until(() => leader.state.chain?.count === 1)
    const again = keep(openLink(link, here()))
    await again.until(() => again.state.phase === "gone")
    expect(again.state.problem).toBe("invite-revoked")
  })

  test("a link for two uses admits two, and says so to the third", async () => {
    const leader = await host()
    const link = await leader.invite({ uses: 2 })
    keep(await joinSpace(link, here()))
    keep(await joinSpace(link, here()))
    await expect(joinSpace(link, here())).rejects.toThrow("invite-used-up")
  })

  test("a personal link opened on a second device moves the seat there", async () => {
    const leader = await host()
    const link = await leader.invite({ personal: true })
    const first = keep(await joinSpace(link, here()))
    const second = keep(await joinSpace(link, here()))
    await first.until(() => first.state.phase === "gone")
    expect(first.state.problem).toBe("moved")
    expect(second.state.phase).toBe("seated")
    await leader.until(() => leader.state.chain?.count === 2)
  })

  test("when the host ends the space everybody is told, and the link leads nowhere", async () => {
    const leader = await host()
    const link = await leader.invite()
    const listener = keep(await joinSpace(link, here()))
    await leader.command({ kind: "end" })
    await listener.until(() => listener.state.phase === "gone")
    expect(listener.state.problem).toBe("ended")
    expect(listener.record).toBeUndefined()
    const late = keep(openLink(link, here()))
    await late.until(() => late.state.phase === "gone")
    expect(late.state.problem).toBe("wrong-or-ended")
  })
})
