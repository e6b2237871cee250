import { equal, toHex } from "../base/bytes.ts"
import { VerifyError } from "../base/errors.ts"
import { seatsHash, serialLimit, serialsGiven } from "../room/seats.ts"
import type { ServiceData } from "../wire/wire.ts"
import { mergePending, noPending } from "./pending.ts"
import { repost } from "./posts.ts"
import { checkAdmitted, learnInvites } from "./standby.ts"
import { acts, chainOf, leading, patchLead, type Turn } from "./turn.ts"
import type { Leading } from "./leadership.ts"
import { keepKeks } from "./wrapping.ts"

/** What has been gathered, and one chunk more: none may lead nowhere, and all fit into the space. */
function gather(turn: Turn, data: ServiceData<"rows">): Pick<Leading, "gatheringRows" | "gatheringCounters"> {
  const { gatheringRows: before, gatheringCounters } = leading(turn)
  const { rows, counters, more } = data
  const gatheringRows = [...before, ...rows]
  const serials = new Set(gatheringRows.map(({ serial }) => serial))
  const idle = more && (rows.length === 0 || counters.length > 0)
  if (idle || serials.size < gatheringRows.length || serials.size > chainOf(turn).policy.fields.seats)
    throw new VerifyError("endless-rows", "The service shows rows without an end.")
  return { gatheringRows, gatheringCounters: [...gatheringCounters, ...counters] }
}

/**
 * Rows come in chunks, counters with the last one; together they must hash to what the newest Head or Step says, and
 * each is traced to an invite. A leader that is back from a reload rotates.
 * @throws VerifyError `endless-rows`: a serial twice, more rows than seats, or a chunk that brings no row nearer
 */
export async function takeRows(turn: Turn, data: ServiceData<"rows">): Promise<void> {
  const { p, monotonic } = turn.world
  const { gatheringRows, gatheringCounters } = gather(turn, data)
  await learnInvites(turn, data.invites)
  const lead = leading(turn)
  patchLead(turn, { gatheringRows, gatheringCounters })
  if (data.more) {
    turn.state = { ...turn.state, asked: new Map(turn.state.asked).set(data.ref, { kind: "rows" }) }
    return
  }
  const chain = chainOf(turn)
  patchLead(turn, { gatheringRows: [], gatheringCounters: [] })
  if (!equal(seatsHash(p, gatheringRows, gatheringCounters), chain.seats)) {
    turn.out.push({ kind: "refused", code: "bad-rows" })
    return
  }
  const rows = new Map(gatheringRows.map((row) => [row.serial, row]))
  const seats = {
    rows,
    counters: new Map(gatheringCounters.map((counter) => [toHex(counter.inviteId), counter])),
  }
  if (gatheringRows.some(({ serial }) => serial > serialLimit(seats))) {
    turn.out.push({ kind: "refused", code: "bad-rows" })
    return
  }
  patchLead(turn, {
    seats,
    announced: new Map(),
    renewals: new Map(
      gatheringRows.map((row) => [row.serial, lead.renewals.get(row.serial) ?? { at: monotonic, n: 0 }]),
    ),
    nextSerial: Math.max(lead.nextSerial, serialsGiven(seats) + 1, ...gatheringRows.map((row) => row.serial + 1)),
  })
  keepKeks(turn, rows)
  await checkAdmitted(turn, gatheringRows, seats, undefined)
  if (acts(turn))
    patchLead(turn, { pending: mergePending(lead.pending, { ...noPending, rotate: true, since: monotonic }) })
  const unechoed = lead.inflight?.kind === "head" ? lead.inflight : undefined
  if (unechoed !== undefined) repost(turn, unechoed)
}
