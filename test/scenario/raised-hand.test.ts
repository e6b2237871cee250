import { afterEach, beforeEach, expect, test } from "vitest"

import type { EpochMs } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { roomView } from "../../web/keys/view.ts"
import { hostSpace, joinSpace, type Bot } from "../support/bot.ts"
import { startKeyService, type TestService } from "../support/key-service.ts"

let service: TestService
const bots: Bot[] = []
beforeEach(async () => {
  service = await startKeyService()
})
afterEach(async () => {
  for (const bot of bots.splice(0)) bot.stop()
  await service.stop()
})

const keep = async (made: Promise<Bot>): Promise<Bot> => {
  const bot = await made
  bots.push(bot)
  return bot
}
const view = (bot: Bot) => roomView(p, bot.state, Date.now() as EpochMs)
const done = { kind: "done" }

test("a raised hand, an invitation and a yes lead to the stage, by the page's own commands, in real time", async () => {
  const here = { origin: service.url }
  const host = await keep(hostSpace(here))
  const moderator = await keep(joinSpace(await host.invite({ role: "moderator", personal: true }), here))
  const listener = await keep(joinSpace(await host.invite(), here))
  await moderator.until(() => view(moderator).me?.role === "moderator")
  expect(await listener.command({ kind: "say", say: { kind: "hand", up: true } })).toEqual(done)
  for (const bot of [host, moderator]) await bot.until(() => view(bot).hands.length === 1)
  const serial = view(moderator).hands[0]?.person.serial ?? 0
  expect(serial).toBe(view(listener).me?.serial)
  expect(await moderator.command({ kind: "say", say: { kind: "stage-invite", serial } })).toEqual(done)
  await listener.until(() => view(listener).stageInvite?.role === "moderator")
  expect(await listener.command({ kind: "say", say: { kind: "stage-answer", accept: true } })).toEqual(done)
  await listener.until(() => view(listener).me?.index !== undefined)
  await listener.until(() => view(listener).sending.kind === "live")
  expect(view(listener)).toMatchObject({ stageInvite: undefined, handUp: false })
  for (const bot of [host, moderator]) await bot.until(() => view(bot).hands.length === 0)
})
