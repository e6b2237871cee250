import { wipe } from "../base/bytes.ts"
import { UsageError } from "../base/errors.ts"
import { noIndex, type SeatSerial } from "../base/ids.ts"
import { policyFlags } from "../link/policy.ts"
import { sealAppMessage } from "../message/app-seal.ts"
import { padContent, reactions, type Content } from "../message/content.ts"
import { actName } from "../message/order.ts"
import { may, roles, type Role } from "../room/roles.ts"
import { appSecretAt, newestAppSecret, patchTalk } from "./app-secrets.ts"
import type { Say, Unsaid } from "./conversation.ts"
import { newsAge } from "./freshness.ts"
import { ask, chainOf, ownEntry, persist, type Turn } from "./turn.ts"
import { watchOrder } from "./watching.ts"

/** Without a Head for this long nothing is said, as nothing is spoken: somebody may have been removed meanwhile. */
const staleMs = 30_000
/** What may wait for a secret at once. */
const maxOutbox = 16

/** The role one has right now: the stage says it; whoever is not on it listens. */
export function ownRole(turn: Turn): Role {
  if (turn.state.host !== undefined) return roles.host
  return ownEntry(turn)?.role ?? roles.listener
}

/** The role of a seat, as far as this member can know it. */
export function roleOf(turn: Turn, serial: SeatSerial): Role {
  const row = turn.state.lead?.seats?.rows.get(serial)
  return turn.state.chain?.roster.find((entry) => entry.serial === serial)?.role ?? row?.role ?? roles.listener
}

/** Whether the policy and the table let a role write. */
export function mayChat(turn: Turn, role: Role): boolean {
  const open = (chainOf(turn).policy.fields.flags & policyFlags.listenerChat) !== 0
  return may(role, "chat") && (role > roles.listener || open)
}

/**
 * Says something to the room. Answered when the service has taken it.
 * @throws UsageError `offline`, `not-allowed`, `rate-limited`; CodecError `malformed` (text that may not be shown)
 */
export function say(turn: Turn, id: number, what: Say): void {
  const { monotonic, now } = turn.world
  const { own, stageInvite, invited } = turn.state.conversation
  switch (what.kind) {
    case "hand": {
      const inAudience = ownRole(turn) === roles.listener
      if (what.up) introduce(turn)
      const hand = what.up ? (own.hand ?? { since: now, inAudience }) : undefined
      enqueue(turn, { TAG: "hand", data: { up: what.up, since: hand?.since ?? now } }, id)
      return patchTalk(turn, { own: { ...turn.state.conversation.own, hand } })
    }
    case "profile":
      enqueue(turn, { TAG: "profile", data: { name: what.name } }, id)
      patchTalk(turn, { own: { ...own, name: what.name, namedEpoch: newestAppSecret(turn)?.epoch ?? 0 } })
      return persist(turn)
    case "chat":
      if (!mayChat(turn, ownRole(turn))) throw new UsageError("not-allowed", "Listeners do not write here.")
      introduce(turn)
      return enqueue(turn, { TAG: "chat", data: { text: what.text } }, id)
    case "reaction":
      return enqueue(turn, { TAG: "reaction", data: { reaction: reactions[what.reaction] } }, id)
    case "stage-invite": {
      const to = what.serial as SeatSerial
      if (!may(ownRole(turn), "stage-invite", roleOf(turn, to)))
        throw new UsageError("not-allowed", "Moderators invite those below them.")
      enqueue(turn, { TAG: "stageInvite", data: { to } }, id)
      return patchTalk(turn, { invited: new Map(invited).set(to, monotonic) })
    }
    case "stage-answer":
      if (stageInvite === undefined) throw new UsageError("not-allowed", "Nobody asks.")
      enqueue(turn, { TAG: "stageAnswer", data: { to: stageInvite.from, accept: what.accept } }, id)
      return patchTalk(turn, { stageInvite: undefined })
    default:
      what satisfies never
  }
}

/** Says one's name again if nobody who came in this epoch has heard it; the stage says it by itself. */
export function introduce(turn: Turn): void {
  const { own } = turn.state.conversation
  const epoch = newestAppSecret(turn)?.epoch ?? 0
  if (own.name === undefined || own.namedEpoch === epoch) return
  enqueue(turn, { TAG: "profile", data: { name: own.name } })
  patchTalk(turn, { own: { ...own, namedEpoch: epoch } })
}

/** Our name may have reached nobody: it is said again with the next that is to be said. */
export function nameUnheard(turn: Turn): void {
  patchTalk(turn, { own: { ...turn.state.conversation.own, namedEpoch: 0 } })
}

/** Puts something in line. @throws UsageError `offline`, `not-allowed`, `rate-limited`; CodecError `malformed` */
export function enqueue(turn: Turn, content: Content, id?: number): void {
  const { seated, socket, conversation } = turn.state
  if (seated === undefined) throw new UsageError("not-allowed", "Only a seat says something.")
  if (socket !== "synced") throw new UsageError("offline", "The key service is out of reach.")
  if (conversation.outbox.length >= maxOutbox) throw new UsageError("rate-limited", "Too much waits to be said.")
  wipe(padContent(content))
  patchTalk(turn, { outbox: [...turn.state.conversation.outbox, { content, id }] })
}

/**
 * Seals and sends what is in line, if the newest epoch's secret is there and the newest Head is fresh: never under a
 * secret that somebody removed still has.
 */
export async function flushOutbox(turn: Turn): Promise<void> {
  const { conversation } = turn.state
  const { outbox } = conversation
  if (outbox.length === 0) return
  // What was on its way over a socket that broke is said again by whoever asked for it.
  if (turn.state.socket !== "synced") return patchTalk(turn, { outbox: [] })
  if (newestAppSecret(turn) === undefined) return
  // Where a voice would be silent nothing is said either.
  const { sending } = turn.state
  const epoch = chainOf(turn).head?.fields.epoch ?? 0
  if (newsAge(turn) > staleMs || sending.silence === "withheld" || (sending.switchTo?.epoch ?? 0) > epoch) return
  patchTalk(turn, { outbox: [] })
  for (const unsaid of outbox) await send(turn, unsaid)
}

async function send(turn: Turn, { content, id }: Unsaid): Promise<void> {
  const { p, now, monotonic } = turn.world
  const { serial, seatSeed, space, conversation } = turn.state
  const { head, step, roster } = chainOf(turn)
  const at = head && appSecretAt(turn, head.fields.epoch, step)
  if (head === undefined || at === undefined || serial === undefined || seatSeed === undefined) return
  const { epoch } = head.fields
  const n = Math.max(conversation.n + 1, now)
  const message = await sealAppMessage(p, seatSeed, at.secret, at.view, { space, epoch, step, serial, n }, content)
  wipe(at.secret)
  patchTalk(turn, { n })
  if (content.TAG === "order") {
    const { act, target } = content.data
    const onStage = roster.some((entry) => entry.serial === target && entry.index !== noIndex)
    watchOrder(turn, {
      from: serial,
      act: actName(act),
      target,
      request: undefined,
      epoch,
      at: monotonic,
      n,
      onStage,
      alarmedAt: undefined,
    })
  }
  ask(turn, { kind: "app", id, n }, (ref) => ({ TAG: "app", data: { ref, message: message.bytes } }))
}
