import type { EpochMs } from "#crypto/base/ids"
import { createSpace, startFromLink } from "#crypto/member/start"
import type { MemberCommand, MemberState, VaultRecord } from "#crypto/member/types"
import type { Plant } from "../plants.ts"
import { newKeyBook, symbolicPrimitives } from "../symbolic.ts"
import { Chance } from "./chance.ts"
import { choicesOf } from "./choices.ts"
import { beginning, Machine } from "./machine.ts"
import { Page } from "./page.ts"
import { ServiceTree } from "./service-tree.ts"
import { settle } from "./settle.ts"
import { passTo } from "./time.ts"
import { World } from "./world.ts"

/** A room at rest: the host H, a co-host D who stands by, a listener L; all seated, connected and of one mind. */
export async function openStage(plant?: Plant): Promise<World> {
  const book = newKeyBook()
  const machine = new Machine(book, [16, 32], plant)
  const chance = new Chance()
  const creation = symbolicPrimitives(book, (length) => chance.bytes(length), [32])
  const wish = { title: "A talk", hostName: "Ada", language: "en", kind: "invited" } as const
  const { body, record, state } = await createSpace(creation, beginning as EpochMs, wish)
  const tree = await ServiceTree.open(book, { body })
  const world = new World({ machine, tree })
  enter(world, "H", state, record)
  await settle(world)
  await invite(world, "D", "cohost")
  await invite(world, "L", "listener")
  await passTime(world, 10_000)
  // The service starts again over what it has stored: from there it is quickly brought to any state.
  for (const page of world.pages) world.cut(page)
  await flow(world)
  const image = await tree.imageOf(world.state)
  const later = await ServiceTree.open(book, { image, space: state.space })
  const stage = world.copy({ machine, tree: later })
  await tree.close()
  await settle(stage)
  await passTime(stage, 12_000)
  return stage
}

/** Lets time pass in which nothing goes wrong. */
export async function passTime(world: World, ms: number): Promise<void> {
  const until = world.clock.now + ms
  for (;;) {
    const choices = await choicesOf(world, [], until)
    const next = choices.find(({ kind }) => kind === "flow" || kind === "time")
    if (next === undefined) break
    await next.run(world)
  }
  if (world.clock.now < until) await passTo(world, until)
}

/** Everything that is under way arrives; no time passes. */
async function flow(world: World): Promise<void> {
  await passTime(world, 0)
}

function enter(world: World, who: string, state: MemberState, record?: VaultRecord): Page {
  const page = new Page(world.pages.length + 1, who, world.engine.machine.p, 0, state, world.clock)
  page.record = record
  world.pages.push(page)
  world.dial(page)
  return page
}

async function invite(world: World, who: string, role: "cohost" | "listener"): Promise<void> {
  const host = world.pageOf("H")
  const wish: MemberCommand = {
    kind: "invite",
    label: "",
    role,
    personal: role === "cohost",
    uses: 0,
    lifetimeMs: 86_400_000,
  }
  if (host !== undefined) await world.command(host, wish)
  await flow(world)
  const link = world.replies.flatMap((reply) => (reply.kind === "link" ? [reply.link] : []))[0]
  if (link === undefined) throw new Error("No link was made.")
  // The host stores the policy that names a deputy with its next Head.
  await passTime(world, 1_000)
  const page = enter(world, who, startFromLink(link))
  await flow(world)
  await world.command(page, { kind: "join" })
  await settle(world)
}
