import { wipe, type Bytes } from "../base/bytes.ts"
import { ratchet } from "../media/key-schedule.ts"
import { viewOf } from "../room/head.ts"
import type { AppSecret, Conversation } from "./conversation.ts"
import type { SecretAt } from "./leadership.ts"
import { chainOf, copyOf, patch, type Turn } from "./turn.ts"

/** Replaces parts of the conversation. */
export function patchTalk(turn: Turn, change: Partial<Conversation>): void {
  patch(turn, { conversation: { ...turn.state.conversation, ...change } })
}

/**
 * Keeps the first secret of a new epoch, as the media worker does: a message of an earlier step arrives after the step
 * that followed, and a ratchet goes one way. A copy; it is wiped when the epoch retires.
 */
export function keepAppSecret(turn: Turn, opened: SecretAt): void {
  const { secrets } = turn.state.conversation
  const { head } = chainOf(turn)
  if (head === undefined || secrets.some(({ epoch }) => epoch === opened.epoch)) return
  const { epoch, step, secret } = opened
  const kept = { epoch, step, secret: copyOf(turn, secret), view: viewOf(head), openedAt: turn.world.monotonic }
  patchTalk(turn, { secrets: [...secrets, kept] })
}

/** The newest epoch's first secret, if it has opened. */
export function newestAppSecret(turn: Turn): AppSecret | undefined {
  const epoch = turn.state.chain?.head?.fields.epoch
  return turn.state.conversation.secrets.find((kept) => kept.epoch === epoch)
}

/** Whether the epoch is known, and not yet at this step or with this secret: what is of it has to wait. */
export function isAhead(turn: Turn, epoch: number, step: number): boolean {
  const chain = chainOf(turn)
  const newest = chain.head?.fields.epoch ?? 0
  if (epoch === newest) return newestAppSecret(turn) === undefined || step > chain.step
  return epoch === newest + 1
}

/** A copy of secret(epoch, step), to be wiped by the caller, and V; undefined for what this seat may not open. */
export function appSecretAt(
  turn: Turn,
  epoch: number,
  step: number,
): { readonly secret: Bytes; readonly view: Bytes } | undefined {
  const { p } = turn.world
  const { conversation, secret: newest } = turn.state
  const kept = conversation.secrets.find((candidate) => candidate.epoch === epoch)
  if (kept === undefined || step < kept.step) return undefined
  const from = newest?.epoch === epoch && newest.step <= step ? newest : kept
  let secret = copyOf(turn, from.secret)
  for (let at = from.step; at < step; at++) {
    const next = ratchet(p, secret, kept.view, at + 1)
    wipe(secret)
    secret = next
  }
  return { secret, view: kept.view }
}
