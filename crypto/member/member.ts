import { equal, wipe, type Bytes } from "../base/bytes.ts"
import { ProtocolError, VerifyError } from "../base/errors.ts"
import { reasons, type Chain } from "../room/head.ts"
import type { ServiceData, ServiceMessage } from "../wire/wire.ts"
import { raise } from "./alarms.ts"
import { answered, takeError, takeOk } from "./asked.ts"
import { forgetConversation, tendConversation } from "./conversing.ts"
import { takeEnd } from "./ending.ts"
import { fromWire, greet, takeState, takeWelcome } from "./greeting.ts"
import { takeApp, takeTail } from "./hearing.ts"
import { sync } from "./hello.ts"
import { obey } from "./hosting.ts"
import { sendRequest, takeAnswer, tickJoining, wantSeat } from "./joining.ts"
import { nameUnheard } from "./saying.ts"
import { retryHeldSeat, takeSeat } from "./seating.ts"
import { isOwnHead, isOwnStep, landed, tickLanding } from "./landing.ts"
import { tickClocks } from "./freshness.ts"
import { lead } from "./leading.ts"
import { takeHead, takeStep, takeWrap, tickListening, wrapsComplete } from "./listening.ts"
import { seeHead, takeNotice, tickNotices, weighFork } from "./notices.ts"
import { change } from "./pending.ts"
import { resume } from "./posts.ts"
import { takeForeignAnswer, takeLeave, takeRequest } from "./requests.ts"
import { takeRows } from "./rows.ts"
import { carryOutOrders } from "./ordering.ts"
import { stall, tickSending } from "./sending.ts"
import { follow, keepReady, standsBy, takeChanges } from "./standby.ts"
import { leadIfNobodyDoes } from "./takeover.ts"
import { acts, chainOf, leaveRoom, newTurn, patch, patchLead, type Turn } from "./turn.ts"
import type { Input, MemberState, TurnResult, World } from "./types.ts"

/**
 * One turn of a member: joining, listening, sending and leading, in one state. The caller passes one input at a time,
 * carries out `out` in order (a `persist` is awaited before what follows it), then wipes `consumed`.
 * A message that is refused changes nothing: the state comes back as it was, with the reason.
 */
export async function step(state: MemberState, input: Input, world: World): Promise<TurnResult> {
  if (state.phase === "gone") return { state, out: [], consumed: [] }
  const turn = newTurn(state, world)
  try {
    await take(turn, input)
    if (inRoom(turn)) {
      keepReady(turn)
      await leadIfNobodyDoes(turn)
      if (acts(turn)) {
        await carryOutOrders(turn)
        await lead(turn)
      }
    }
    await tendConversation(turn)
    return { state: turn.state, out: turn.out, consumed: turn.consumed }
  } catch (error) {
    const { drawn } = turn
    if (!(error instanceof ProtocolError) || error.fault === "us") {
      wipe(...drawn)
      throw error
    }
    if (input.kind === "command") {
      const value = { kind: "failed", code: error.code } as const
      return { state, out: [{ kind: "reply", id: input.id, value }], consumed: drawn }
    }
    if (input.kind !== "message") return { state, out: [{ kind: "refused", code: error.code }], consumed: drawn }
    const after = await refused(state, input.message, error, world)
    return { ...after, consumed: [...drawn, ...after.consumed] }
  }
}

/** After a refused message: a gap is filled, an unfit state ends a member's stay, all else is only counted. */
async function refused(
  state: MemberState,
  message: ServiceMessage,
  error: ProtocolError,
  world: World,
): Promise<TurnResult> {
  const turn = newTurn(state, world)
  turn.out.push({ kind: "refused", code: error.code })
  const needsMore = error.code === "gap" || error.code === "missing-roster" || error.code === "missing-policy"
  if (message.TAG === "head" && needsMore && state.socket === "synced") sync(turn)
  if (error.code === "endless-rows") turn.out.push({ kind: "hang-up" })
  if (message.TAG === "head" && (error.code === "fork" || error.code === "stale-head"))
    await weighFork(turn, message.data.head)
  // What a renewal brought is no better: this is no accident.
  if (message.TAG === "seat" && error.code === "wrong-secret") raise(turn, "wrong-secret", undefined)
  if (message.TAG === "welcome" || message.TAG === "state") leaveRoom(turn, "refused", true)
  if (error.code === "wrong-secret" && state.request === undefined && state.seated !== undefined)
    await sendRequest(turn)
  if (turn.state.phase === "gone") forgetConversation(turn)
  return { state: turn.state, out: turn.out, consumed: turn.consumed }
}

const inRoom = (turn: Turn): boolean => turn.state.phase !== "gone" && turn.state.chain !== undefined

async function take(turn: Turn, input: Input): Promise<void> {
  switch (input.kind) {
    case "online":
      return
    case "offline":
      // An invite that was on its way is none: nobody has been shown its link.
      for (const asked of turn.state.asked.values()) if (asked.kind === "invite") turn.consumed.push(asked.invite.seed)
      nameUnheard(turn)
      return patch(turn, {
        socket: "offline",
        nonce: undefined,
        asked: new Map(),
        ...offlineRequest(turn.state),
        ...offlineLead(turn.state),
      })
    case "message":
      return takeMessage(turn, input.message)
    case "command":
      return obey(turn, input.id, input.command)
    case "counter-limit":
      stall(turn, "counter-limit")
      if (acts(turn)) return change(turn, { rotate: true })
      patch(turn, { noCounters: true })
      return sendRequest(turn)
    case "notice":
      return takeNotice(turn, input.bytes)
    case "head-seen":
      return seeHead(turn, input.index, input.head)
    case "tick":
      tickClocks(turn)
      await tickJoining(turn)
      tickListening(turn)
      tickNotices(turn)
      if (turn.state.lead !== undefined) tickLanding(turn)
      return tickSending(turn)
    default:
      input satisfies never
  }
}

/** A request may have arrived or not, and its answer got lost: it is sent again as soon as the service is back. */
function offlineRequest({ request, knocking }: MemberState): Partial<MemberState> {
  const hasHeard = knocking || request?.dropped === true
  return request === undefined || hasHeard ? {} : { request: { ...request, sentAt: -Infinity } }
}

/** What a leader had on its way may have arrived or not: the next sync tells. */
function offlineLead(state: MemberState): Partial<MemberState> {
  if (state.lead === undefined) return {}
  const { wraps: going } = state.lead
  const wraps = going && { ...going, serials: [...(going.sent ?? []), ...going.serials], sent: undefined }
  return {
    lead: { ...state.lead, wraps, standing: false, rowsAskedAt: -Infinity, gatheringRows: [], gatheringCounters: [] },
  }
}

async function takeMessage(turn: Turn, message: ServiceMessage): Promise<void> {
  const { data } = message
  const asked = "ref" in data ? answered(turn, data.ref as number) : undefined
  switch (message.TAG) {
    case "challenge":
      return greet(turn, message.data.nonce)
    case "ok":
      return takeOk(turn, asked)
    case "error":
      return takeError(turn, asked, message.data.code)
    case "welcome":
      return takeWelcome(turn, message.data)
    case "state":
      return caughtUp(turn, message.data)
    case "head": {
      if (isOwnHead(turn, message.data.head)) return landed(turn)
      const before = chainOf(turn)
      await takeHead(turn, fromWire(message.data))
      await followed(turn, before, message.data.head)
      await retryHeldSeat(turn)
      return wantSeat(turn)
    }
    case "step": {
      if (isOwnStep(turn, message.data.step)) return landed(turn)
      const before = chainOf(turn)
      await takeStep(turn, message.data.step)
      await followed(turn, before, message.data.step)
      return retryHeldSeat(turn)
    }
    case "seat":
      return takeSeat(turn, message.data.seat)
    case "wrap":
      return takeWrap(turn, message.data.head, message.data.wrap)
    case "wrapsComplete":
      return wrapsComplete(turn, message.data.head)
    case "request":
      return turn.state.lead === undefined ? undefined : takeRequest(turn, message.data)
    case "changes":
      return turn.state.lead === undefined ? undefined : takeChanges(turn, message.data)
    case "standby":
      return turn.state.lead === undefined ? undefined : patchLead(turn, { standing: message.data.on })
    case "answer":
      if (standsBy(turn)) await takeForeignAnswer(turn, message.data.answer)
      return takeAnswer(turn, message.data.answer)
    case "leave":
      return turn.state.lead === undefined ? undefined : takeLeave(turn, message.data.leave)
    case "presence":
      patch(turn, { hostOnline: message.data.leader })
      if (turn.state.request !== undefined && turn.state.seated === undefined)
        patch(turn, { phase: message.data.leader ? "joining" : "waiting-for-host" })
      return wantSeat(turn)
    case "moved":
      return leaveRoom(turn, "moved", true)
    case "removed": {
      if (turn.state.host !== undefined) throw new VerifyError("unexpected", "Nobody removes the host.")
      // An urgent Head removes people; any other one makes room for the same person's newer seat.
      const urgent = turn.state.chain?.head?.fields.reason === reasons.urgent
      const personal = (turn.state.invite?.fields.seats ?? 1) === 1
      return leaveRoom(turn, personal && !urgent ? "moved" : "removed", false)
    }
    case "ended":
      return takeEnd(turn, message.data)
    case "sfu": {
      const { url, token, identity } = message.data
      if (asked?.kind === "sfu")
        turn.out.push({ kind: "reply", id: asked.id, value: { kind: "sfu", url, token, identity } })
      return
    }
    case "rows":
      return turn.state.lead === undefined || asked?.kind !== "rows" ? undefined : takeRows(turn, message.data)
    case "app":
      return takeApp(turn, message.data)
    default:
      message satisfies never
  }
}

/** Whoever stands by follows what the leader does to the rows. */
async function followed(turn: Turn, before: Chain, object: Bytes): Promise<void> {
  if (chainOf(turn) !== before && standsBy(turn)) await follow(turn, before, turn.world.p.hash(object))
}

async function caughtUp(turn: Turn, data: ServiceData<"state">): Promise<void> {
  const own = data.heads.some((bundle) => isOwnHead(turn, bundle.head))
  const stepped = data.step.some((bytes) => isOwnStep(turn, bytes))
  // It landed while the socket was away; after a reload the rows come first.
  if ((own || stepped) && turn.state.chain !== undefined && turn.state.lead?.seats !== undefined) await landed(turn)
  const before = turn.state.chain?.seats
  await takeState(turn, data)
  if (turn.state.chain !== undefined) await takeTail(turn, data.tail)
  if (turn.state.lead === undefined) return
  const missed = before === undefined || !equal(before, chainOf(turn).seats)
  // All that still waits is shown again after a sync.
  if (!acts(turn)) patchLead(turn, { waiting: [], knocking: [], dropped: [] })
  // A service that was started again has forgotten who is told to wait: as it shows them, they are told again.
  else patchLead(turn, { knocking: turn.state.lead.knocking.map((knock) => ({ ...knock, toldAt: -Infinity })) })
  // A leader, too: another page may have led with its keys while this one was away.
  if (missed) patchLead(turn, { seats: undefined, rowsAskedAt: -Infinity })
  if (acts(turn)) patch(turn, { hostOnline: true })
  resume(turn)
}
