import type { Input, TurnResult } from "#crypto/member/types"
import type { Budget, Choice, Hazard } from "./choice.ts"
import { tickMs } from "./machine.ts"
import { messageIn } from "./packets.ts"
import type { Page } from "./page.ts"
import type { Scenario } from "./scenario.ts"
import { nextMoment, passTo } from "./time.ts"
import type { World } from "./world.ts"

/** A page's next run gets a number of its own. */
const nextRun = 10

/** Everything that may happen next. @param until - no time passes beyond this, in virtual ms */
export async function choicesOf(world: World, orders: Scenario["orders"], until: number): Promise<readonly Choice[]> {
  const choices = [...served(world)]
  for (const page of world.pages) if (page.lives) choices.push(...(await ofPage(world, page)))
  const flows = choices.some(({ kind }) => kind === "flow")
  choices.push(...wills(world, orders))
  const ticking = world.pages.some(({ ticks }) => ticks)
  const mayPass = !flows || (!ticking && left(world, "late"))
  const next = mayPass ? await nextMoment(world) : Infinity
  if (next <= until)
    choices.push({
      name: "time",
      kind: flows ? "fault" : "time",
      touches: undefined,
      ...(flows && { spends: "late" }),
      run: (then) => passTo(then, next),
    })
  return choices.map((choice) => spending(choice))
}

function spending(choice: Choice): Choice {
  const { spends } = choice
  if (spends === undefined) return choice
  const run = async (world: World): Promise<void> => {
    world.budget.set(spends, (world.budget.get(spends) ?? 0) - 1)
    await choice.run(world)
  }
  return { ...choice, run }
}

const left = (world: World, what: string): boolean => (world.budget.get(what) ?? 0) > 0

const hazards = ["crash", "drop", "twice", "again", "tab"] as const

/** Whoever comes gets the notices that are sent from then on. */
const opening = (world: World, pages: readonly number[]): Choice["touches"] => (world.isMute ? pages : undefined)

/** What may go wrong for somebody is taken from here. */
function budgetFor(world: World, what: Hazard, who: string): Budget | undefined {
  const own = `${what} ${who}` as Budget
  return left(world, own) ? own : left(world, what) ? what : undefined
}

function served(world: World): Choice[] {
  return [...world.wires].flatMap(([name, { page, up }]): Choice[] => {
    const [first] = up
    const who = world.page(page)?.who ?? ""
    if (first === undefined || (first.kind === "dial" && world.cutOff.has(who))) return []
    return [{ name: `service<${name}`, kind: "flow", touches: ["service", name], run: (then) => then.serve(name) }]
  })
}

async function ofPage(world: World, page: Page): Promise<readonly Choice[]> {
  const { id, who } = page
  const on = (run: (then: World, page: Page) => Promise<void> | void) => async (then: World) => {
    const same = then.page(id)
    if (same !== undefined) await run(then, same)
  }
  const choices: Choice[] = []
  const [crash, drop, twice, again, tab] = hazards.map((what) => budgetFor(world, what, who))
  const add = (
    name: string,
    kind: Choice["kind"],
    run: (then: World, page: Page) => Promise<void> | void,
    spends?: Budget,
    touches: Choice["touches"] = [id],
  ) => choices.push({ name: `${who}${id} ${name}`, kind, touches, ...(spends && { spends }), run: on(run) })
  /** Something a page takes, and its death between two of the outputs. */
  const takes = async (
    name: string,
    input: Input | undefined,
    run: (then: World, page: Page, upTo?: number) => Promise<void>,
  ) => {
    add(name, "flow", (then, same) => run(then, same))
    if (input === undefined || crash === undefined) return
    const turn = await world.engine.machine.turn(page, input, world.clock.now)
    for (const at of crashPoints(turn)) add(`${name} †${at}`, "fault", (then, same) => run(then, same, at), crash)
  }
  const next = page.wire === undefined ? undefined : world.wires.get(page.wire)?.down[0]
  if (next !== undefined) {
    const input: Input | undefined = next.kind === "message" ? { kind: "message", message: messageIn(next) } : undefined
    await takes("hears", input, (then, same, upTo) => then.hear(same, upTo))
    if (again !== undefined && input !== undefined)
      add("hears, and will again", "fault", (then, same) => then.hear(same, undefined, true), again)
  }
  for (const from of world.pages) {
    const notice = world.notices.get(`${from.id} ${id}`)?.[0]
    if (notice === undefined) continue
    const input: Input = { kind: "notice", bytes: notice.bytes }
    await takes(`notice ${from.id}`, input, (then, same, upTo) => then.notice(from.id, same, upTo))
    if (twice !== undefined)
      add(`notice ${from.id} twice`, "fault", (then, same) => then.notice(from.id, same, undefined, true), twice)
    if (drop !== undefined) add(`notice ${from.id} lost`, "fault", (then, same) => then.lose(from.id, same), drop)
  }
  if (page.ticks) await takes("tick", { kind: "tick" }, (then, same, upTo) => then.tick(same, upTo))
  const dialsAt = page.dialAt === undefined ? Infinity : Math.ceil(page.dialAt / tickMs) * tickMs
  if (dialsAt <= world.clock.now) add("dials", "flow", (then, same) => then.dial(same))
  if (crash !== undefined) add("†", "fault", (then, same) => then.die(same), crash)
  if (drop !== undefined && page.online && page.wire !== undefined)
    add("cut", "fault", (then, same) => then.cut(same), drop, [id, page.wire])
  if (tab !== undefined && page.record !== undefined)
    add("second tab", "fault", (then, same) => then.openTwice(same, id + nextRun), tab, opening(world, [id]))
  return choices
}

/** Deaths that differ: after something that lasts was done, before something else of that kind. */
function crashPoints({ out }: TurnResult): readonly number[] {
  const lasting = [...out.entries()].flatMap(([at, { kind }]) => (kind === "media" || kind === "refused" ? [] : [at]))
  return lasting.slice(0, -1).map((at) => at + 1)
}

function wills(world: World, orders: Scenario["orders"]): Choice[] {
  const choices: Choice[] = []
  const people = new Set(world.pages.map(({ who }) => who))
  for (const who of people) {
    const page = world.pageOf(who)
    const ids = world.pages.flatMap((one) => (one.who === who ? [one.id] : []))
    if (page?.dead === true && page.record !== undefined)
      choices.push({
        name: `${who} opens`,
        kind: "will",
        touches: opening(world, ids),
        run: async (then) => then.open(page, page.id + nextRun),
      })
    if (world.cutOff.has(who))
      choices.push({
        name: `${who} back`,
        kind: "will",
        touches: opening(world, ids),
        run: async (then) => void then.cutOff.delete(who),
      })
    const given = world.given.get(who) ?? 0
    const order = orders.filter((one) => one.who === who)[given]
    if (order === undefined || page?.lives !== true) continue
    choices.push({
      name: `${who} order ${given}`,
      kind: "will",
      touches: [page.id],
      run: async (then) => {
        const same = then.pageOf(who)
        then.given.set(who, given + 1)
        if (same !== undefined) await then.command(same, order.command(then))
      },
    })
  }
  return choices
}
