import type { MemberCommand } from "#crypto/member/types"
import { passTime } from "./stage.ts"
import type { Hazards, Order, Scenario } from "./scenario.ts"
import type { World } from "./world.ts"

const serialOf = (world: World, who: string): number => world.pageOf(who)?.state.serial ?? 0

const asks = (who: string, command: (world: World) => MemberCommand): Order => ({ who, command })
const removes = (who: string, whom: string): Order =>
  asks(who, (world) => ({ kind: "remove", serial: serialOf(world, whom) }))
const promotes = (who: string, whom: string): Order =>
  asks(who, (world) => ({ kind: "promote", serial: serialOf(world, whom) }))

/** A page that dies anywhere, while the media server carries no notices: with them the worlds are too many. */
const dies = (who: "H" | "D" | "L"): Hazards => ({ mute: 1, [`crash ${who}`]: 1 })

/** The network of the host is gone for so long that nobody has heard of it. */
async function hostGone(world: World, forMs: number): Promise<void> {
  world.cutOff.add("H")
  for (const page of world.pages) if (page.who === "H") world.cut(page)
  await passTime(world, forMs)
}

/** The moments from which everything is tried; of each the first set of hazards is quickly through. */
export const scenarios: readonly Scenario[] = [
  {
    name: "the host removes the listener",
    lastsMs: 1_000,
    hazards: [dies("D"), { drop: 1 }, { twice: 1 }, dies("H"), dies("L")],
    orders: [removes("H", "L")],
    begin: async () => undefined,
  },
  {
    name: "the host removes the listener, and three things go wrong",
    lastsMs: 500,
    hazards: [
      { ...dies("H"), "drop D": 1, "again L": 1 },
      { ...dies("H"), "drop H": 1, "again D": 1 },
      { ...dies("D"), "drop L": 1, "again L": 1 },
    ],
    orders: [removes("H", "L")],
    begin: async () => undefined,
  },
  {
    name: "the host promotes the listener",
    lastsMs: 1_000,
    hazards: [{ drop: 1 }, { twice: 1 }, dies("H"), dies("D"), dies("L")],
    orders: [promotes("H", "L")],
    begin: async () => undefined,
  },
  {
    name: "the host is away, comes back and leads again",
    lastsMs: 2_000,
    hazards: [{ mute: 1 }, { mute: 1, "drop D": 1 }],
    orders: [asks("H", () => ({ kind: "retake" }))],
    begin: (world) => hostGone(world, 18_000),
  },
  {
    name: "the deputy has the listener removed while the host is out of reach",
    lastsMs: 1_000,
    hazards: [{}, dies("H"), dies("D")],
    orders: [removes("D", "L")],
    begin: (world) => hostGone(world, 0),
  },
  {
    name: "the host leaves while the deputy has the listener removed",
    lastsMs: 500,
    hazards: [{ twice: 1 }, { drop: 1 }, dies("H")],
    orders: [asks("H", () => ({ kind: "leave" })), removes("D", "L")],
    begin: async () => undefined,
  },
  {
    name: "host and deputy both decide about the listener",
    lastsMs: 500,
    hazards: [{ twice: 1 }, dies("H")],
    orders: [promotes("H", "L"), removes("D", "L")],
    begin: async () => undefined,
  },
]
