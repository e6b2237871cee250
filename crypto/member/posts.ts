import { equal, toHex } from "../base/bytes.ts"
import type { ObjectId } from "../base/ids.ts"
import { headKind } from "../room/head.ts"
import { noSeats } from "../room/seats.ts"
import { stepKind } from "../seat/step.ts"
import { postBatch } from "./admitting.ts"
import { sync } from "./hello.ts"
import { mergePending } from "./pending.ts"
import { postHead } from "./rotating.ts"
import { dropPost, keyOf } from "./secrets.ts"
import { askRows } from "./standby.ts"
import { acts, chainOf, leading, patchLead, persist, type Turn } from "./turn.ts"
import type { BatchPost, HeadPost, PendingChanges } from "./leadership.ts"

const keptHeads = 64

/** Caught up: open the room, go on where the socket broke, or (after a reload) ask for the rows first. */
export function resume(turn: Turn): void {
  const lead = leading(turn)
  const head = chainOf(turn).head
  const post = lead.inflight
  if (head === undefined) {
    if (!acts(turn)) return
    patchLead(turn, { seats: noSeats })
    // The very same first Head: two of them would prove that the host key was used twice.
    if (post?.kind === "head") postHead(turn, post)
    return
  }
  if (lead.seats !== undefined) {
    if (post !== undefined) repost(turn, post)
    return
  }
  if (post?.kind === "head" && equal(post.id, head.id)) {
    if (lead.secret !== undefined && lead.secret.secret !== post.secret.secret) turn.consumed.push(lead.secret.secret)
    patchLead(turn, { inflight: undefined, secret: post.secret })
  }
  if (post?.kind === "batch") {
    turn.consumed.push(post.secret.secret)
    for (const serial of post.keks.keys()) turn.consumed.push(...keyOf(lead, serial))
    patchLead(turn, { inflight: undefined, keks: new Map([...lead.keks, ...post.keks]) })
  }
  patchLead(turn, { rowsAskedAt: -Infinity })
  if (acts(turn)) askRows(turn)
}

/** What was on its way when the socket broke is sent again if it still follows the newest Head. */
export function repost(turn: Turn, post: HeadPost | BatchPost): void {
  const { p } = turn.world
  const newest = chainOf(turn).head?.id
  const follows =
    post.kind === "head" ? headKind.decode(p, post.bundle.head).fields.prev : stepKind.decode(p, post.step).fields.head
  if (newest === undefined || !equal(follows, newest)) {
    postRefused(turn)
    // The requests that came since the last sync went with it.
    sync(turn)
    return
  }
  if (post.kind === "head") postHead(turn, post)
  else postBatch(turn, post)
}

/** The service took our POST: our own chain moves by the same functions as everybody's. */
export function remember(turn: Turn, head: ObjectId): void {
  const { recentHeads: before, seen } = leading(turn)
  const recentHeads = [...before, head].slice(-keptHeads)
  const recent = new Set(recentHeads.map(toHex))
  patchLead(turn, {
    recentHeads,
    // A request that names an older Head is stale anyway.
    seen: new Map([...seen].filter(([, named]) => recent.has(toHex(named)))),
    lastHeadAt: turn.world.monotonic,
  })
}

/**
 * The service refused our POST: what a Head carried comes back, and the rows are asked for again. Requests are shown
 * again after the sync, those that still wait: one that is gone there would spoil every batch it is in.
 */
export function postRefused(turn: Turn): void {
  const { inflight, pending, secret } = leading(turn)
  // Who lost the lead leaves what it had in hand to the next leader; a host wants it still.
  const keeps = acts(turn) || turn.state.host !== undefined
  if (secret !== undefined && !acts(turn)) {
    turn.consumed.push(secret.secret)
    patchLead(turn, { secret: undefined })
  }
  if (inflight !== undefined) dropPost(turn, inflight)
  patchLead(turn, {
    inflight: undefined,
    seats: undefined,
    rowsAskedAt: -Infinity,
    pending: inflight?.kind === "head" && keeps ? mergePending(stillNew(turn, inflight.made), pending) : pending,
    waiting: [],
    knocking: [],
    lastRotationAt: turn.world.monotonic,
    lastBatchAt: turn.world.monotonic,
  })
  persist(turn)
}

/** A policy that has been overtaken can be named by no Head any more. */
function stillNew(turn: Turn, made: PendingChanges): PendingChanges {
  const newest = chainOf(turn).policy.fields.serial
  return (made.policy?.fields.serial ?? 0) > newest ? made : { ...made, policy: undefined }
}
