import { equal, toHex, type Bytes } from "../base/bytes.ts"
import { VerifyError } from "../base/errors.ts"
import { acceptInvite, hostInviteId, inviteIdOf, memberStatement, type SignedInvite } from "../link/invite.ts"
import type { Chain } from "../room/head.ts"
import { lastDeputyRank } from "../room/leaders.ts"
import { highestOnStage, roles } from "../room/roles.ts"
import { applySeatChanges, seatsHash, type Row, type Seats } from "../room/seats.ts"
import { sealSeat } from "../seat/seat.ts"
import type { ServiceData } from "../wire/wire.ts"
import { raise } from "./alarms.ts"
import { secretsOfLead } from "./secrets.ts"
import { newLeading } from "./start.ts"
import { acts, ask, chainOf, leading, ownEntry, ownRank, patch, patchLead, persist, type Turn } from "./turn.ts"
import type { Announced, Waiting } from "./leadership.ts"
import { keepKeks } from "./wrapping.ts"

/** Heads and Steps whose changes may be announced before they come. */
const maxAnnounced = 8
const rowsAgainMs = 5_000

/** Host and deputies keep the leading half up to date; whoever may not lead any more forgets it. */
export function keepReady(turn: Turn): void {
  const { lead, host, socket } = turn.state
  const rank = ownRank(turn)
  const ready = host !== undefined || (rank !== undefined && rank <= lastDeputyRank)
  if (!ready && lead !== undefined && !lead.wanted && !acts(turn)) dropLead(turn)
  if (ready && lead === undefined) patch(turn, { lead: newLeading(undefined) })
  if (ready && socket === "synced" && turn.state.seated !== undefined) askRows(turn)
}

/** Asks for the rows unless they are here or on their way. */
export function askRows(turn: Turn): void {
  const { monotonic } = turn.world
  const { seats, rowsAskedAt } = leading(turn)
  if (seats !== undefined || monotonic - rowsAskedAt < rowsAgainMs) return
  patchLead(turn, { rowsAskedAt: monotonic, gatheringRows: [], gatheringCounters: [] })
  ask(turn, { kind: "rows" }, (ref) => ({ TAG: "rows", data: { ref } }))
}

function dropLead(turn: Turn): void {
  for (const secret of secretsOfLead(leading(turn))) turn.consumed.push(secret)
  patch(turn, { lead: undefined })
  persist(turn)
}

/** What the service says a Head or Step will change. It is believed when that comes and its hash agrees. */
export async function takeChanges(turn: Turn, data: ServiceData<"changes">): Promise<void> {
  await learnInvites(turn, data.invites)
  const announced = new Map(leading(turn).announced).set(toHex(data.of), {
    changes: data.changes,
    answered: data.answered.map(toHex),
  })
  patchLead(turn, { announced: new Map([...announced].slice(-maxAnnounced)) })
}

/** Host-signed invites, kept to judge requests and rows by. @throws VerifyError if one is not the host's */
export async function learnInvites(turn: Turn, all: readonly Bytes[]): Promise<void> {
  const { p } = turn.world
  const { space, hostPub } = turn.state
  const invites = new Map(leading(turn).invites)
  for (const bytes of all) {
    const invite = await acceptInvite(p, bytes, space, hostPub)
    invites.set(toHex(inviteIdOf(p, invite.fields.invitePub)), invite)
  }
  if (all.length > 0) patchLead(turn, { invites })
}

/**
 * After a Head or Step of somebody else: the rows move by what was announced, if that is what was signed; else they are
 * asked for again. Every new row is traced to a request we saw and an invite of the host.
 * @param of - id of the Head or Step.
 */
export async function follow(turn: Turn, before: Chain, of: Bytes): Promise<void> {
  const { monotonic } = turn.world
  const chain = chainOf(turn)
  const lead = leading(turn)
  patchLead(turn, { heardAt: monotonic })
  const newEpoch = chain.head?.fields.epoch !== before.head?.fields.epoch
  const announced = lead.announced.get(toHex(of))
  const answered = new Set(announced?.answered)
  const shown = [...lead.waiting, ...lead.knocking]
  const done = shown.filter(({ request }) => answered.has(toHex(request.id)))
  // Whether or not the rows are known yet: these wait no more.
  patchLead(turn, {
    waiting: lead.waiting.filter((waiting) => !done.includes(waiting)),
    knocking: lead.knocking.filter((knock) => !done.includes(knock)),
    seen: new Map(
      [...lead.seen, ...done.map(({ request }) => [toHex(request.id), request.fields.head] as const)].filter(
        ([, named]) => turn.state.heads.some((id) => equal(id, named)),
      ),
    ),
  })
  const same = equal(before.seats, chain.seats)
  if (same && done.length === 0) return
  const after = rowsAfter(turn, announced, same)
  if (after === undefined) {
    if (!same) patchLead(turn, { seats: undefined, rowsAskedAt: -Infinity })
    return
  }
  // The service has dropped what a row that is gone asked for: nobody will answer it.
  const gone = new Set(
    [...(lead.seats?.rows.values() ?? [])]
      .filter((row) => !after.rows.has(row.serial))
      .map((row) => toHex(row.seatPub)),
  )
  const stays = ({ request: { fields } }: Waiting): boolean => fields.n === 0 || !gone.has(toHex(fields.seatPub))
  const newRows = announced?.changes.upserted.filter((row) => !lead.seats?.rows.has(row.serial)) ?? []
  // Of one seat key the newest request is kept; an older one may have brought the row.
  const asked = [...shown.map(({ request }) => toHex(request.fields.seatPub)), ...lead.dropped]
  await checkAdmitted(turn, newRows, after, new Set(asked))
  const admitted = new Set(newRows.map(({ seatPub }) => toHex(seatPub)))
  patchLead(turn, {
    seats: after,
    waiting: leading(turn).waiting.filter(stays),
    knocking: leading(turn).knocking.filter(stays),
    dropped: lead.dropped.filter((key) => !admitted.has(key)),
    // What another leader has given out is never given again, whoever leads next.
    nextSerial: Math.max(leading(turn).nextSerial, ...newRows.map((row) => row.serial + 1)),
    announced: new Map([...lead.announced].filter(([id]) => id !== toHex(of))),
    renewals: renewed(turn, after, done),
  })
  keepKeks(turn, after.rows)
  if (lead.standing) await answerBeside(turn, after, done)
  if (newEpoch) persist(turn)
}

/** The rows under the newest Head or Step, if they are what was announced, or the same as before. */
function rowsAfter(turn: Turn, announced: Announced | undefined, same: boolean): Seats | undefined {
  const { seats } = leading(turn)
  if (seats === undefined || announced === undefined) return same ? seats : undefined
  const after = changed(seats, announced)
  const hash = after && seatsHash(turn.world.p, after.rows.values(), after.counters.values())
  return hash !== undefined && equal(hash, chainOf(turn).seats) ? after : undefined
}

function changed(seats: Seats, { changes }: Announced): Seats | undefined {
  try {
    return applySeatChanges(seats, changes)
  } catch (error) {
    if (error instanceof VerifyError) return undefined
    throw error
  }
}

function renewed(turn: Turn, seats: Seats, done: readonly Waiting[]) {
  const { monotonic } = turn.world
  const { renewals } = leading(turn)
  const byKey = new Map(done.map(({ request }) => [toHex(request.fields.seatPub), request.fields.n]))
  return new Map(
    [...seats.rows.values()].map((row) => {
      const n = byKey.get(toHex(row.seatPub))
      const old = renewals.get(row.serial)
      return [row.serial, n === undefined ? (old ?? { at: monotonic, n: 0 }) : { at: monotonic, n }] as const
    }),
  )
}

/**
 * Traces rows to the host key: signed invite, its proof, its role, its seats, its counter, and as they are admitted the
 * request they came with. One that cannot be traced is an alarm: only leader and service together can make it.
 * @param asked - seat keys in hex of the requests that were shown; undefined for rows that were here before.
 */
export async function checkAdmitted(
  turn: Turn,
  rows: readonly Row[],
  seats: Seats,
  asked: ReadonlySet<string> | undefined,
): Promise<void> {
  const { p } = turn.world
  const { space, hostPub } = turn.state
  const { invites } = leading(turn)
  const held = new Map<string, number>()
  for (const row of seats.rows.values()) held.set(toHex(row.inviteId), (held.get(toHex(row.inviteId)) ?? 0) + 1)
  for (const row of rows) {
    const isHost = equal(row.inviteId, hostInviteId)
    const id = toHex(row.inviteId)
    const invite = invites.get(id)
    const prover = isHost ? hostPub : invite?.fields.invitePub
    const proven = prover !== undefined && (await p.verify(prover, memberStatement(space, row.seatPub), row.proof))
    const allowed = isHost
      ? row.role === roles.host
      : invite !== undefined && within(invite, row, seats, held.get(id) ?? 0)
    const wanted = isHost || asked === undefined || asked.has(toHex(row.seatPub))
    if (!proven || !allowed || !wanted) raise(turn, "admitted-without-invite", row.serial)
  }
}

function within(invite: SignedInvite, row: Row, seats: Seats, live: number): boolean {
  const { role, seats: places, uses } = invite.fields
  const used = seats.counters.get(toHex(row.inviteId))?.used ?? 0
  const inUses = places === 1 || uses === 0 || used <= uses
  return row.role <= highestOnStage(role) && live <= places && inUses && used >= live
}

/** The deputy that stands by answers the requests of a Step as well, so that it has everybody's KEK when it must lead. */
async function answerBeside(turn: Turn, seats: Seats, done: readonly Waiting[]): Promise<void> {
  const { p, now } = turn.world
  const { secret, space, seatSeed } = turn.state
  const { head, step } = chainOf(turn)
  const own = ownEntry(turn)
  if (head === undefined || own === undefined || seatSeed === undefined || done.length === 0) return
  if (secret?.epoch !== head.fields.epoch || secret.step !== step) return
  const byKey = new Map([...seats.rows.values()].map((row) => [toHex(row.seatPub), row]))
  const keks = new Map(leading(turn).keks)
  const sealed: Bytes[] = []
  for (const { request } of done) {
    const row = byKey.get(toHex(request.fields.seatPub))
    if (row === undefined || row.serial === own.serial) continue
    const terms = {
      space,
      request: request.id,
      serial: row.serial,
      head: head.id,
      epoch: head.fields.epoch,
      step,
      time: now,
      signer: own.index,
    }
    const made = await sealSeat(p, seatSeed, request.fields.kemPub, terms, secret.secret)
    if (made === undefined) continue
    sealed.push(made.seat.bytes)
    const old = keks.get(row.serial)
    if (old !== undefined) turn.consumed.push(old.key)
    keks.set(row.serial, { key: made.kek, epoch: head.fields.epoch })
  }
  if (sealed.length === 0) return
  patchLead(turn, { keks })
  persist(turn)
  ask(turn, { kind: "quiet" }, (ref) => ({ TAG: "standby", data: { ref, seats: sealed } }))
}

/** Whether the rows are kept here by somebody who does not lead. */
export const standsBy = (turn: Turn): boolean => turn.state.lead !== undefined && !acts(turn)
