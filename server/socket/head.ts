import { equal, toHex } from "#crypto/base/bytes"
import { VerifyError } from "#crypto/base/errors"
import { acceptHead, headKind, signerOf, type Chain } from "#crypto/room/head"
import type { Seats } from "#crypto/room/seats"
import type { ClientData } from "#crypto/wire/wire"
import { Refusal } from "../errors.ts"
import { hasHead, insertHead, moveChain, positionOf } from "../head/head.store.ts"
import { dropStep } from "../head/step.store.ts"
import { sliceWraps } from "../head/wrap.rules.ts"
import { putWraps, type SeatWrap } from "../head/wrap.store.ts"
import { dropMessages } from "../message/message.store.ts"
import { lastDeputyRank, leaderRank } from "#crypto/room/leaders"
import { recentHeads, takeSeats } from "../room/room-state.ts"
import type { Room } from "../room/room.ts"
import { deleteRequests } from "../seat/request.store.ts"
import { seatsAfter } from "../seat/seat.rules.ts"
import { dropLeaves, writeSeatChanges } from "../seat/seat.store.ts"
import type { Service } from "../service.ts"
import { denySeats } from "../sfu/admission.ts"
import { checkPolicyTime } from "../space/space.rules.ts"
import { ok, requireMayLead, roomOf, type Handler } from "./handler.ts"
import { publishHead } from "./publish-head.ts"
import { pushWaiting } from "./sync.ts"

/** The next Head, checked as every member will check it, with the rows it signs; then everybody hears of it. */
export const head: Handler<"head"> = async (service, connection, data) => {
  const room = roomOf(connection)
  return room.run(async () => {
    requireMayLead(room, connection)
    const { p, db } = service
    const { chain: before, seats: rowsBefore } = room.state
    const { fields, id } = headKind.decode(p, data.bundle.head)
    if (equal(fields.space, before.space) && (await hasHead(db, before.space, fields.seq, id))) return ok(data.ref)
    const next = await checked(service, room, data)
    const denied = await store(service, room, data, next)
    connection.send(ok(data.ref))
    if (takesOver(before, next.chain)) {
      room.state.waiting.forgetPending()
      pushWaiting(service, room, connection).catch(() => undefined)
    }
    publishHead(service, room, {
      before,
      rowsBefore: rowsBefore.rows,
      changes: data.changes,
      denied,
      leader: connection,
      ...next,
    })
    return undefined
  })
}

/** Another leader than before: what waits is new to it. */
function takesOver(before: Chain, after: Chain): boolean {
  const [was, is] = [signerOf(before), signerOf(after)]
  return was !== undefined && is !== undefined && !equal(was.seatPub, is.seatPub)
}

/** A speaker takes over only where nobody leads: somebody's word for that is the time since the last Head came. */
function checkSilence(chain: Chain, before: Chain, leaderless: boolean): void {
  if (chain.head === undefined || !takesOver(before, chain)) return
  const rank = leaderRank(chain.policy.fields, chain.roster, chain.head.fields.signer)
  if (rank !== undefined && rank > lastDeputyRank && !leaderless) throw new Refusal("conflict")
}

interface Next {
  readonly chain: Chain
  readonly seats: Seats
  readonly wraps: readonly SeatWrap[]
}

async function checked(
  { p, clock }: Service,
  room: Room,
  { bundle, changes, wraps }: ClientData<"head">,
): Promise<Next> {
  const { chain: before, seats } = room.state
  const stored = new Set([...before.invites.values()].map((invite) => toHex(invite.id)))
  const chain = await acceptHead(p, before, {
    head: bundle.head,
    policy: bundle.policy[0],
    roster: bundle.roster[0],
    invites: bundle.invites.filter((bytes) => !stored.has(toHex(p.hash(bytes)))),
  })
  if (chain.head === undefined || chain === before) throw new Refusal("conflict")
  if (before.head === undefined && chain.head.fields.seq !== 0)
    throw new VerifyError("gap", "The first Head of a space has seq 0.")
  checkSilence(chain, before, room.leaderless)
  if (chain.policy !== before.policy) checkPolicyTime(chain.policy, clock())
  const newEpoch = chain.head.fields.epoch !== before.head?.fields.epoch
  if (!newEpoch && changes.removed.length > 0) throw new VerifyError("bad-rows", "A seat that goes needs a new epoch.")
  const after = await seatsAfter(p, chain, seats, changes, chain.head.fields)
  const sliced = sliceWraps(wraps, after.rows)
  if (!newEpoch && sliced.length > 0) throw new Refusal("bad-wraps")
  return { chain, seats: after, wraps: sliced }
}

/** One transaction, then the state in memory. @returns the SFU identities of the seats that are gone */
async function store(
  { p, db, clock }: Service,
  room: Room,
  { changes }: ClientData<"head">,
  { chain, seats, wraps }: Next,
): Promise<readonly string[]> {
  const { state } = room
  const { space, head: newest } = chain
  if (newest === undefined) return []
  // A renewal of a seat that is gone renews nothing, and would keep the door open to its key.
  const pointless = changes.removed
    .flatMap((serial) => state.seats.rows.get(serial) ?? [])
    .flatMap(({ seatPub }) => state.waiting.ofSeat(toHex(seatPub)))
    .filter(({ n }) => n > 0)
    .map(({ id }) => id)
  const fresh = [...chain.invites].flatMap(([id, invite]) => (state.chain.invites.has(id) ? [] : [invite]))
  const denied = await db.transaction().execute(async (tx) => {
    await moveChain(tx, space, positionOf(state.chain), positionOf(chain))
    const identities = await denySeats(tx, space, changes.removed, clock())
    await writeSeatChanges(tx, space, changes)
    await deleteRequests(tx, space, pointless)
    await insertHead(tx, p, chain, fresh)
    await dropStep(tx, space)
    await dropLeaves(
      tx,
      space,
      [signerOf(chain)?.serial].flatMap((serial) => serial ?? []),
    )
    if (newest.fields.epoch !== state.chain.head?.fields.epoch) await dropMessages(tx, space)
    await putWraps(tx, space, newest.fields.epoch, wraps)
    return identities
  })
  state.chain = chain
  takeSeats(state, seats, changes)
  for (const id of pointless) state.waiting.delete(id)
  state.headCameAt = clock()
  state.headIds = [...state.headIds, toHex(newest.id)].slice(-recentHeads)
  state.step = undefined
  return denied
}
