import { challengeStatement } from "../base/challenge.ts"
import { ask, patch, type Turn } from "./turn.ts"
import type { Asked } from "./types.ts"

const nothingKnown = 0xffffffff

export type HelloKind = Extract<Asked["kind"], `hello-${string}`>

/** Says hello with one key. */
export async function hello(turn: Turn, asked: HelloKind, kind: 0 | 1 | 2, seed: Uint8Array): Promise<void> {
  const { p } = turn.world
  const { space, nonce } = turn.state
  if (nonce === undefined) return
  const signature = await p.sign(seed, challengeStatement(space, kind, nonce))
  ask(turn, { kind: asked }, (ref) => ({ TAG: "hello", data: { ref, space, kind, key: p.publicKey(seed), signature } }))
}

/** Asks for everything after the newest Head we have. Whoever is caught up already goes on meanwhile. */
export function sync(turn: Turn): void {
  if (turn.state.socket !== "synced") patch(turn, { socket: "syncing" })
  const since = turn.state.chain?.head?.fields.seq ?? nothingKnown
  ask(turn, { kind: "sync" }, (ref) => ({ TAG: "sync", data: { ref, since } }))
}
