import { equal, fromHex, toHex } from "../base/bytes.ts"
import { VerifyError } from "../base/errors.ts"
import type { ObjectId, SeatSerial } from "../base/ids.ts"
import { knockPages, knocksPerPage, type Content } from "../message/content.ts"
import { signerOf } from "../room/head.ts"
import { may } from "../room/roles.ts"
import { newestAppSecret, patchTalk } from "./app-secrets.ts"
import { nothingTold, type HeardKnock } from "./conversation.ts"
import { enqueue, ownRole } from "./saying.ts"
import { acts, chainOf, leading, type Turn } from "./turn.ts"

/** The list is said at most this often, whoever knocks how often. All in ms. */
const tellMs = 1_000
/** Somebody who knocks waits two minutes at the leader; what is on its way may take a little longer. */
const lifetimeMs = 125_000
/** What a leader does not say again so long into a new epoch is over. */
const graceMs = 10_000
/** An answer that had no effect by then may be given again. */
const orderedMs = 10_000

/**
 * Whoever leads tells those who may let people in who knocks: each page of the list whole, when it has changed, and in
 * every new epoch, for those who came with it. The service cannot add to it, and hides no more than it could before.
 */
export function tellKnocks(turn: Turn): void {
  const { serial, socket, conversation } = turn.state
  const { toldKnocks: told, outbox } = conversation
  if (!acts(turn)) return told === nothingTold ? undefined : patchTalk(turn, { toldKnocks: nothingTold })
  if (socket !== "synced") return forgetTold(turn)
  const current = newestAppSecret(turn)
  const { monotonic } = turn.world
  if (current === undefined || outbox.length > 0 || monotonic - told.at < tellMs) return
  if (!chainOf(turn).roster.some((entry) => entry.serial !== serial && may(entry.role, "admit"))) return
  const ids = leading(turn).knocking.map(({ request }) => request.id)
  const pages = knockPages.map((page) => ids.slice(page * knocksPerPage, (page + 1) * knocksPerPage))
  const isNew = told.epoch !== current.epoch
  const due = knockPages.filter(
    (page) => !same(pages[page], told.pages[page]) || (isNew && (pages[page]?.length ?? 0) > 0),
  )
  if (due.length === 0) return
  for (const page of due) enqueue(turn, { TAG: "knocks", data: { page, requests: pages[page] ?? [] } })
  patchTalk(turn, { toldKnocks: { pages, epoch: current.epoch, at: monotonic } })
}

/** What was said may have been lost: all of it is said again. */
export function forgetTold(turn: Turn): void {
  const { toldKnocks: told } = turn.state.conversation
  if (told.at === -Infinity || told.pages.every((page) => page === undefined)) return
  patchTalk(turn, { toldKnocks: { ...told, pages: knockPages.map(() => undefined) } })
}

function same(left: readonly ObjectId[] = [], right: readonly ObjectId[] | undefined): boolean {
  return right?.length === left.length && left.every((id, at) => equal(id, right[at] ?? noId))
}
const noId = new Uint8Array(0)

/**
 * Takes one page of the leader's list; {@link tendKnocks} drops it where nobody may let people in.
 * @throws VerifyError `not-allowed`: of anybody but whoever leads
 */
export function hearKnocks(
  turn: Turn,
  from: SeatSerial,
  epoch: number,
  { page, requests }: Extract<Content, { TAG: "knocks" }>["data"],
): void {
  if (signerOf(chainOf(turn))?.serial !== from)
    throw new VerifyError("not-allowed", "Only whoever leads says who knocks.")
  if (from === turn.state.serial) return
  const { knocks } = turn.state.conversation
  const heard = new Map(
    requests.map((id): [string, HeardKnock] => {
      const { since, orderedAt } = knocks.get(toHex(id)) ?? { since: turn.world.monotonic, orderedAt: undefined }
      return [toHex(id), { by: from, page, epoch, since, orderedAt }]
    }),
  )
  // Whoever moved up from the other page stands on this one from now on.
  const rest = [...knocks].filter(([id, knock]) => knock.page !== page && !heard.has(id))
  patchTalk(turn, { knocks: new Map(page === 0 ? [...heard, ...rest] : [...rest, ...heard]) })
}

/** Drops what is not for this seat, or over: another leads, its two minutes have passed, or it was not said again in a new epoch. */
export function tendKnocks(turn: Turn): void {
  const { knocks } = turn.state.conversation
  if (knocks.size === 0) return
  const { monotonic } = turn.world
  const leader = signerOf(chainOf(turn))?.serial
  const current = newestAppSecret(turn)
  const oldest = current !== undefined && monotonic - current.openedAt >= graceMs ? current.epoch : 0
  const mayAnswer = may(ownRole(turn), "admit")
  const lives = ({ by, epoch, since }: HeardKnock): boolean =>
    mayAnswer && by === leader && epoch >= oldest && monotonic - since < lifetimeMs
  const isWaiting = ({ orderedAt }: HeardKnock): boolean => orderedAt === undefined || monotonic - orderedAt < orderedMs
  if ([...knocks.values()].every((knock) => lives(knock) && isWaiting(knock))) return
  const kept = [...knocks].filter(([, knock]) => lives(knock))
  patchTalk(turn, {
    knocks: new Map(kept.map(([id, knock]) => [id, isWaiting(knock) ? knock : { ...knock, orderedAt: undefined }])),
  })
}

/** A person here has answered: the order is on its way. @param request - its id in hex */
export function markOrdered(turn: Turn, request: string): void {
  const { knocks } = turn.state.conversation
  const id = toHex(fromHex(request))
  const knock = knocks.get(id)
  if (knock !== undefined)
    patchTalk(turn, { knocks: new Map(knocks).set(id, { ...knock, orderedAt: turn.world.monotonic }) })
}
