import type { MemberCommand } from "#crypto/member/types"
import type { Budget } from "./choice.ts"
import type { World } from "./world.ts"

/** What somebody asks for some time. */
export interface Order {
  readonly who: string
  command(world: World): MemberCommand
}

/** How often what may go wrong, by kind or by kind and person; mute: the media server carries no notices. */
export type Hazards = Readonly<Partial<Record<Budget | "mute", number>>>

/** A moment from which everything is tried, within bounds. */
export interface Scenario {
  readonly name: string
  /** No time passes beyond this, in virtual ms since it began; whatever is under way then still arrives. */
  readonly lastsMs: number
  /** How often what may go wrong in one way: all that these sets allow is tried, each by itself. */
  readonly hazards: readonly Hazards[]
  /** Each given at any moment, those of one person in their order. */
  readonly orders: readonly Order[]
  /** Brings a room in which nothing is under way to the moment. */
  begin(world: World): Promise<void>
}
