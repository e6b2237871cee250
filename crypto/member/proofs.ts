import { equal, type Bytes } from "../base/bytes.ts"
import type { SignedPolicy } from "../link/policy.ts"
import { reasons, signerOf, type SignedHead } from "../room/head.ts"
import { chainOf, patch, type Turn } from "./turn.ts"
import type { Proof } from "./alarms.ts"

/** Heads that are kept to be compared with one of another history, and pairs that are kept of what contradicts. */
const keptHeads = 8
const maxProofs = 4
const signatureBytes = 64

/** Notes the Head just accepted, so that another one of the same key can be shown beside it. */
export function rememberHead(turn: Turn): void {
  const { shownHeads } = turn.state
  const chain = chainOf(turn)
  const signer = signerOf(chain)?.seatPub
  if (chain.head !== undefined && signer !== undefined)
    patch(turn, { shownHeads: [...shownHeads, { head: chain.head, signer }].slice(-keptHeads) })
}

/** Keeps a Head, whose signature has been checked, with one of ours by the same key that it contradicts, if there is one. */
export function proveFork(turn: Turn, other: SignedHead, signer: Bytes): void {
  for (const { head, signer: by } of turn.state.shownHeads) {
    if (!equal(by, signer)) continue
    const [a, b] = head.fields.seq <= other.fields.seq ? [head, other] : [other, head]
    if (contradict(a, b)) return keep(turn, { kind: "fork", signer, a: a.bytes, b: b.bytes })
  }
}

/** Keeps two policies of the host, whose signatures have been checked, with one serial. */
export function proveTwins(turn: Turn, known: SignedPolicy, other: Bytes): void {
  if (saysTheSame(known.bytes, other)) return
  keep(turn, { kind: "host-key-twice", signer: chainOf(turn).hostPub, a: known.bytes, b: other })
}

/**
 * Whether one key contradicts itself: two Heads for one place, or one for the next place that follows another of its
 * own. After a takeover it may well follow somebody else's: a Head of its own lost its place then.
 * A service that refuses a Head for no reason brings an honest leader to sign another one, too.
 */
function contradict(a: SignedHead, b: SignedHead): boolean {
  if (a.fields.seq === b.fields.seq) return !saysTheSame(a.bytes, b.bytes)
  const isNext = b.fields.seq === a.fields.seq + 1
  return isNext && b.fields.reason !== reasons.takeover && !equal(b.fields.prev, a.id)
}

/** Two signatures under the same words contradict nothing. */
function saysTheSame(a: Bytes, b: Bytes): boolean {
  return equal(a.subarray(0, -signatureBytes), b.subarray(0, -signatureBytes))
}

/** One pair of a kind and key says it all: whoever signs a hundred of them pushes out nobody else's. */
function keep(turn: Turn, proof: Proof): void {
  const { proofs } = turn.state
  const known = proofs.some(({ kind, signer }) => kind === proof.kind && equal(signer, proof.signer))
  if (!known && proofs.length < maxProofs) patch(turn, { proofs: [...proofs, proof] })
}
