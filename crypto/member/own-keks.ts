import { stepKek } from "../seat/wrap.ts"
import { chainOf, patch, type Turn } from "./turn.ts"
import type { LeaderKek } from "./types.ts"

/** KEK chains a seat keeps. */
const maxChains = 4

/** The chains with one more, newest last; those beyond the fourth are wiped. */
export function withKek(turn: Turn, chains: readonly LeaderKek[], kek: LeaderKek): readonly LeaderKek[] {
  const all = [...chains, kek]
  for (const old of all.slice(0, -maxChains)) turn.consumed.push(old.key)
  return inNewestEpoch(turn, all.slice(-maxChains))
}

/** One's own chains go on with every epoch, also while one leads and opens no wrap. */
export function stepOwnKeks(turn: Turn): void {
  const { seated } = turn.state
  if (seated !== undefined) patch(turn, { seated: { ...seated, keks: inNewestEpoch(turn, seated.keks) } })
}

/** All moved on to the newest epoch, so that a device seized later opens no wrap of an earlier one. */
function inNewestEpoch(turn: Turn, keks: readonly LeaderKek[]): readonly LeaderKek[] {
  const epoch = chainOf(turn).head?.fields.epoch ?? 0
  return keks.flatMap((kek) => {
    if (kek.epoch >= epoch) return [kek]
    const stepped = stepKek(turn.world.p, kek, epoch)
    turn.consumed.push(kek.key)
    return stepped === undefined ? [] : [{ ...stepped, leader: kek.leader }]
  })
}
