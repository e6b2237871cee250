import { roles } from "../room/roles.ts"
import { newestAppSecret, patchTalk } from "./app-secrets.ts"
import { noConversation, type RaisedHand } from "./conversation.ts"
import { retryHeld } from "./hearing.ts"
import { tellKnocks, tendKnocks } from "./knocks.ts"
import { enqueue, flushOutbox, introduce, ownRole } from "./saying.ts"
import type { Turn } from "./turn.ts"
import { tendOrders } from "./watching.ts"

/** A hand that its owner has not repeated this long into a new epoch is down: whoever left cannot lower it. */
const handGraceMs = 10_000
/** An invitation on stage that got no answer is over. */
const invitationMs = 120_000
/** Names on stage are repeated for newcomers at most this often. */
const repeatMs = 10_000

/** What a conversation needs at the end of every turn, in order: secrets that are over, what waited for one, repeats, what waits to be said. */
export async function tendConversation(turn: Turn): Promise<void> {
  const { state } = turn
  if (state.phase === "gone" || state.seated === undefined || state.chain?.head === undefined) {
    forgetConversation(turn)
    return
  }
  retireSecrets(turn)
  if (turn.state.conversation.held.length > 0) await retryHeld(turn)
  dropOverdue(turn)
  tendOrders(turn)
  tendKnocks(turn)
  repeatOwnWords(turn)
  tellKnocks(turn)
  await flushOutbox(turn)
}

/** Wipes all of it: nothing said outlives the seat. */
export function forgetConversation(turn: Turn): void {
  const { conversation } = turn.state
  if (conversation === noConversation || conversation.secrets.length === 0) return
  for (const { secret } of conversation.secrets) turn.consumed.push(secret)
  for (const { id } of conversation.outbox)
    if (id !== undefined) turn.out.push({ kind: "reply", id, value: { kind: "failed", code: "offline" } })
  const { n, own } = conversation
  patchTalk(turn, { ...noConversation, n, own: { ...own, saidEpoch: 0 } })
}

/** The secrets, lines and numbers of an epoch go with it. */
function retireSecrets(turn: Turn): void {
  const { conversation, retiring, chain } = turn.state
  const newest = chain?.head?.fields.epoch
  const lives = (epoch: number): boolean => epoch === newest || retiring.some((old) => old.epoch === epoch)
  const over = conversation.secrets.filter(({ epoch }) => !lives(epoch))
  if (over.length === 0) return
  for (const { secret } of over) turn.consumed.push(secret)
  patchTalk(turn, {
    secrets: conversation.secrets.filter(({ epoch }) => lives(epoch)),
    talk: conversation.talk.filter(({ epoch }) => lives(epoch)),
    floors: new Map([...conversation.floors].filter(([, { epoch }]) => lives(epoch))),
  })
}

function dropOverdue(turn: Turn): void {
  const { monotonic } = turn.world
  const { hands, invited, stageInvite } = turn.state.conversation
  const fresh = (at: number): boolean => monotonic - at < invitationMs
  if (stageInvite !== undefined && !fresh(stageInvite.at)) patchTalk(turn, { stageInvite: undefined })
  if ([...invited.values()].some((at) => !fresh(at)))
    patchTalk(turn, { invited: new Map([...invited].filter(([, at]) => fresh(at))) })
  const current = newestAppSecret(turn)
  if (current === undefined || monotonic - current.openedAt < handGraceMs) return
  const isUp = (hand: RaisedHand): boolean => hand.epoch >= current.epoch
  if ([...hands.values()].some((hand) => !isUp(hand)))
    patchTalk(turn, { hands: new Map([...hands].filter(([, hand]) => isUp(hand))) })
}

/**
 * Newcomers open nothing that was sealed before them, so a raised hand and the name that goes with it (and every name
 * on stage) are said again in each epoch; names on stage also after a step, which let somebody in.
 */
function repeatOwnWords(turn: Turn): void {
  const { monotonic } = turn.world
  const { chain, conversation, socket, seated } = turn.state
  const { own, outbox } = conversation
  const current = newestAppSecret(turn)
  if (current === undefined || chain === undefined || socket !== "synced" || seated === undefined) return
  const inAudience = ownRole(turn) === roles.listener
  const isNew = own.saidEpoch !== current.epoch
  const steppedOn = !inAudience && chain.step > own.saidStep && monotonic - own.saidAt >= repeatMs
  if ((!isNew && !steppedOn) || outbox.length > 0) return
  const namedEpoch = steppedOn ? 0 : own.namedEpoch
  patchTalk(turn, { own: { ...own, namedEpoch, saidEpoch: current.epoch, saidStep: chain.step, saidAt: monotonic } })
  const { hand } = own
  if (!inAudience || hand !== undefined) introduce(turn)
  if (!isNew || hand === undefined) return
  const up = inAudience || !hand.inAudience
  if (!up) patchTalk(turn, { own: { ...turn.state.conversation.own, hand: undefined } })
  enqueue(turn, { TAG: "hand", data: { up, since: hand.since } })
}
