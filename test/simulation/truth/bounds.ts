import type { MemberState } from "#crypto/member/types"
import { Broken } from "../broken.ts"
import type { WatchedRoom } from "../watched.ts"

/** Nobody's state grows with what others send. */
export function checkBounds(who: string, state: MemberState): void {
  const { lead } = state
  const sizes: readonly (readonly [string, number, number])[] = [
    ["asked", state.asked.size, 300],
    ["heads", state.heads.length, 64],
    ["clocks", state.clocks.length, 4],
    ["shownHeads", state.shownHeads.length, 8],
    ["proofs", state.proofs.length, 4],
    ["alarms", state.alarms.length, 16],
    ["retiring", state.retiring.length, 32],
    ["strangeHeads", state.strangeHeads.size, 64],
    ["keks", state.seated?.keks.length ?? 0, 4],
    ["announced", lead?.announced.size ?? 0, 8],
    ["recentHeads", lead?.recentHeads.length ?? 0, 64],
    ["seen", lead?.seen.size ?? 0, 1000],
    ["waiting", lead?.waiting.length ?? 0, 200],
    ["knocking", lead?.knocking.length ?? 0, 64],
    ["knocks", state.conversation.knocks.size, 64],
    ["shown", lead?.shown.size ?? 0, 256],
    ["lead keks", lead?.keks.size ?? 0, 300],
    ["renewals", lead?.renewals.size ?? 0, 300],
  ]
  for (const [name, size, limit] of sizes)
    if (size > limit) throw new Broken("bounds", `${who} keeps ${size} of ${name}, more than ${limit}`)
}

/** Nor does the service's. @param lines - connections that are open */
export function checkRoom({ state }: WatchedRoom): void {
  const sizes: readonly (readonly [string, number, number])[] = [
    ["waiting", state.waiting.size, 200],
    ["headIds", state.headIds.length, 64],
    ["answered", state.answered.size, state.seats.rows.size],
    ["byKey", state.byKey.size, state.seats.rows.size],
  ]
  for (const [name, size, limit] of sizes)
    if (size > limit) throw new Broken("bounds", `the service keeps ${size} of ${name}, more than ${limit}`)
}
